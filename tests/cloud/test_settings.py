"""The cloud's settings: typed, checked at start, explained."""

import re

import pytest

from cloud.foundation.mail import SmtpSecurity
from cloud.settings import CloudSettings, SettingsWrong, load_settings
from tests.shape.tree import ROOT

NEEDED = {
    "SCENT_DATABASE_URL": "postgresql:///shop",
    "SCENT_PUBLIC_URL": "https://shop.example.org",
    "SCENT_SESSION_SECRET": "s" * 32,
}


@pytest.fixture
def environment(monkeypatch):
    """The environment of the process, with what is needed and nothing else of ours."""

    def set_up(**more: str | None) -> None:
        for name, value in {**NEEDED, **more}.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)

    return set_up


def test_what_is_needed_is_enough(environment):
    environment()

    settings = load_settings()

    assert settings.is_secure is True
    assert settings.demo is False
    assert settings.smtp_server.security is SmtpSecurity.NONE


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(environment, name):
    environment(**{name: None})

    with pytest.raises(SettingsWrong, match=f"{name}: is missing") as refused:
        load_settings()

    assert "config/cloud.example.env" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SCENT_SESSION_SECRET", "short", "at least 32 characters"),
        ("SCENT_DATABASE_URL", "sqlite:///x", "must begin with postgresql"),
        ("SCENT_PUBLIC_URL", "shop.example.org", "must look like"),
        ("SCENT_PUBLIC_URL", "https://shop.example.org/path", "must not have a path"),
        ("SCENT_PUBLIC_URL", "http://shop.example.org", "must be https"),
        ("SCENT_SMTP_PORT", "many", "valid integer"),
        ("SCENT_LOG_LEVEL", "LOUD", "match pattern"),
        ("SCENT_DEMO", "perhaps", "valid boolean"),
    ],
)
def test_what_cannot_be_is_named_with_the_reason_and_without_the_value(
    environment, name, value, reason
):
    environment(**{name: value})

    with pytest.raises(SettingsWrong, match=f"{name}: .*{reason}") as refused:
        load_settings()

    assert "SECRET" not in name or value not in refused.value.message


def test_mail_in_clear_stays_on_this_machine(environment):
    environment(SCENT_SMTP_HOST="mail.example.org", SCENT_SMTP_SECURITY="none")

    with pytest.raises(SettingsWrong, match="on this machine only"):
        load_settings()


def test_mail_to_elsewhere_is_encrypted_unless_told_otherwise(environment):
    environment(SCENT_SMTP_HOST="mail.example.org")

    assert load_settings().smtp_server.security is SmtpSecurity.STARTTLS


def test_a_secret_may_be_a_file_of_the_service_manager(environment, tmp_path):
    (tmp_path / "scent_session_secret").write_text("f" * 40 + "\n")
    environment(SCENT_SESSION_SECRET=None, CREDENTIALS_DIRECTORY=str(tmp_path))

    assert load_settings().session_secret.get_secret_value() == "f" * 40


def test_secrets_do_not_show_when_the_settings_are_printed(environment):
    environment(SCENT_STRIPE_SECRET_KEY="sk_live_abc", SCENT_SMTP_PASSWORD="hunter2")

    printed = repr(load_settings())

    assert "sk_live_abc" not in printed
    assert "hunter2" not in printed
    assert "s" * 32 not in printed


def test_the_example_file_shows_every_setting_and_no_other():
    shown = set(
        re.findall(
            r"^#?SCENT_([A-Z_]+)=", (ROOT / "config/cloud.example.env").read_text(), re.MULTILINE
        )
    )

    assert shown == {name.upper() for name in CloudSettings.model_fields}
