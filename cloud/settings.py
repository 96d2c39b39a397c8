"""What the cloud must be told, from the environment, checked before anything starts.

Variables are called SCENT_<NAME>. A secret may instead be a file of that name (lower case) in the
folder that systemd's LoadCredential= names, so that it never stands in an environment.
"""

import os
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloud.foundation.errors import CloudError
from cloud.foundation.mail import SmtpSecurity, SmtpServer
from cloud.foundation.sealing import Sealer, key_from

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SHORTEST_SECRET = 32


class SettingsWrong(CloudError):
    """The environment lacks something, or holds something that cannot be."""

    code = "settings_wrong"


class CloudSettings(BaseSettings):
    """All settings of the cloud. Only the composition roots and the commands read them."""

    model_config = SettingsConfigDict(env_prefix="SCENT_", extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        description="PostgreSQL, as libpq URI or SQLAlchemy URL. Holds a password: a secret."
    )
    public_url: str = Field(
        description="Where people reach the shop, without a path: https://shop.example.org"
    )
    session_secret: SecretStr = Field(
        description="Signs form tokens. At least 32 characters of chance; a new one only makes "
        "open forms stale."
    )
    token_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Seal the secrets of others at rest: Fernet keys with commas, the newest "
        "first. Empty: one key drawn from the session secret.",
    )
    google_client_id: str = Field(
        default="", description="Sign-in by Google (OpenID Connect). Empty: no button for it."
    )
    google_client_secret: SecretStr = Field(default=SecretStr(""), description="Goes with it.")
    google_issuer: str = Field(
        default="https://accounts.google.com",
        description="Where that provider is. Another address for tests and the demo.",
    )
    demo: bool = Field(
        default=False, description="Shows the demo badge. Off: nobody should doubt a real shop."
    )
    smtp_host: str = Field(default="127.0.0.1", description="The mail server.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="587: submission (RFC 6409).")
    smtp_security: SmtpSecurity | None = Field(
        default=None,
        description="none, starttls or tls. None: starttls, or none for a server on this machine.",
    )
    smtp_user: str | None = Field(default=None, description="None: the server wants no sign-in.")
    smtp_password: SecretStr | None = None
    mail_from: str = Field(
        default="The Scent <shop@localhost>", description="The From line of every mail."
    )
    stripe_secret_key: SecretStr = Field(
        default=SecretStr(""), description="Empty: the shop takes no payments."
    )
    stripe_publishable_key: str = Field(
        default="",
        description="Begins with pk_; programs of buyers confirm payments with it. Public. Empty: "
        "buyers pay on Stripe's page alone.",
    )
    stripe_webhook_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Checks the signature of Stripe's webhooks; two with a comma while one is "
        "being replaced.",
    )
    stripe_api_base: str | None = Field(
        default=None, description="None: Stripe itself. Another address for tests and the demo."
    )
    reorder_cancel_window_s: int = Field(
        default=86_400,
        ge=0,
        description="Seconds in which an automatic reorder can be called back before it is "
        "charged. A day: long enough to see the notice.",
    )
    reorder_settling_s: int = Field(
        default=3_600,
        ge=0,
        description="Seconds after a cartridge was fitted in which its readings order nothing. An "
        "hour: a device on its side or half pushed in is put right by then.",
    )
    webhook_private_hosts: bool = Field(
        default=False,
        description="Lets webhooks lead to this machine and private networks, over http too. Off: "
        "nobody who may make a webhook shall reach what only we can reach.",
    )
    vies_url: str = Field(
        default="https://ec.europa.eu/taxation_customs/vies/rest-api",
        description="The REST API of VIES, which knows the VAT numbers of firms in the EU. Empty: "
        "nobody is asked, and firms pay tax like everybody.",
    )
    files: str = Field(
        default="/var/lib/scent-cloud/files",
        description="Where uploaded files lie: a folder that all processes see, or a bucket "
        "(s3://bucket/prefix, with AWS_… variables for its credentials).",
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="Lets another machine read /metrics. None: this machine only."
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses whose X-Forwarded-For is believed, with commas.",
    )
    database_pool: int = Field(
        default=10,
        ge=2,
        le=100,
        description="Connections per process for work, and as many for short reads; twice "
        "as many at a peak.",
    )
    database_wait_s: float = Field(
        default=10.0,
        gt=0,
        le=120,
        description="Seconds that a request or a job waits for a free connection before it is "
        "told that all are busy.",
    )
    password_memory_kib: int = Field(
        default=65_536,
        ge=8,
        description="Memory of one argon2id hash. 64 MiB: RFC 9106, second recommendation.",
    )
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("session_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters")
        return secret

    @field_validator("token_keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        listed = [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]
        try:
            Sealer(listed or [key_from("")])
        except ValueError:
            raise ValueError("must be Fernet keys: 32 bytes each, in URL-safe base64") from None
        return keys

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("postgresql", "postgres:")):
            raise ValueError("must begin with postgresql://")
        return url

    @field_validator("google_issuer")
    @classmethod
    def _is_issuer(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("must be https, except on this machine itself")
        return url.rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must look like https://shop.example.org")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must not have a path")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("must be https, except on this machine itself")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _plain_mail_stays_here(self) -> "CloudSettings":
        if self.smtp_security is SmtpSecurity.NONE and self.smtp_host not in _LOOPBACK:
            raise ValueError("SCENT_SMTP_SECURITY=none is for a mail server on this machine only")
        return self

    @property
    def is_secure(self) -> bool:
        """Tell whether people come over https, so that cookies must never go another way."""
        return self.public_url.startswith("https://")

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        """Return the secrets that may have signed a webhook."""
        listed = self.stripe_webhook_secret.get_secret_value().split(",")
        return tuple(secret.strip() for secret in listed if secret.strip())

    @property
    def sealing_keys(self) -> tuple[str, ...]:
        """Return the keys that seal what must be read again, the newest first."""
        listed = [key.strip() for key in self.token_keys.get_secret_value().split(",")]
        given = tuple(key for key in listed if key)
        return given or (key_from(self.session_secret.get_secret_value()),)

    @property
    def form_targets(self) -> tuple[str, ...]:
        """Return the origins that a form of ours may lead to by redirect."""
        return (
            self.payment_page,
            self.cards_page,
            *((self.google_issuer,) if self.google_client_id else ()),
        )

    @property
    def cards_page(self) -> str:
        """Return the origin of the page on which a customer looks after their cards."""
        return self.stripe_api_base or "https://billing.stripe.com"

    @property
    def payment_page(self) -> str:
        """Return the origin of the payment page, which a form of ours may lead to."""
        return self.stripe_api_base or "https://checkout.stripe.com"

    @property
    def _usual_security(self) -> SmtpSecurity:
        return SmtpSecurity.NONE if self.smtp_host in _LOOPBACK else SmtpSecurity.STARTTLS

    @property
    def smtp_server(self) -> SmtpServer:
        """Return where mails go."""
        password = self.smtp_password.get_secret_value() if self.smtp_password else None
        return SmtpServer(
            host=self.smtp_host,
            port=self.smtp_port,
            sender=self.mail_from,
            security=self.smtp_security or self._usual_security,
            user=self.smtp_user,
            password=password,
        )


def load_settings() -> CloudSettings:
    """Return the settings of this process; SettingsWrong names every variable that is wrong."""
    try:
        return CloudSettings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"))
    except ValidationError as error:
        raise _in_words(error) from None


def _in_words(error: ValidationError) -> SettingsWrong:
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        name = "SCENT_" + str(problem["loc"][0]).upper() if problem["loc"] else "The settings"
        reason = "is missing" if problem["type"] == "missing" else problem["msg"].lower()
        problems.append(f"{name}: {reason.removeprefix('value error, ')}")
    return SettingsWrong(
        "; ".join(problems),
        hint="Set it in the environment; config/cloud.example.env shows every variable.",
    )
