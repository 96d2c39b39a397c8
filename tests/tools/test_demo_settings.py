"""The demo's settings, read by the programs they are for."""

import pytest

from cloud.settings import CloudSettings, load_settings
from tools import demo


@pytest.fixture
def place(tmp_path):
    ports = {"home": 1001, "shop": 1002, "mail": 1003, "pay": 1004}
    url = "postgresql+asyncpg://scent@/scent?host=/somewhere"
    return demo.Place(tmp_path, ports, smtp_port=1005, broker_port=1006, database_url=url)


def test_cloud_understands_its_environment(place, monkeypatch):
    for name, value in demo.cloud_environment(place).items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert settings.demo
    assert settings.public_url == "http://127.0.0.1:1002"
    assert settings.stripe_api_base == "http://127.0.0.1:1004"


def test_cloud_knows_every_name_in_its_environment(place):
    known = {f"SCENT_{name.upper()}" for name in CloudSettings.model_fields}

    assert set(demo.cloud_environment(place)) <= known
