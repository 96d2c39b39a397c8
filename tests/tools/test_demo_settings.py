"""The demo's settings, read by the programs they are for."""

import pytest

from cloud.settings import CloudSettings, load_settings
from scentd.settings import read_settings
from tools.demo.place import Place
from tools.demo.programs import as_toml, cloud_environment, hub_settings


@pytest.fixture
def place(tmp_path):
    ports = {"home": 1001, "shop": 1002, "mail": 1003, "pay": 1004}
    url = "postgresql+asyncpg://scent@/scent?host=/somewhere"
    return Place(tmp_path, ports, smtp_port=1005, broker_port=1006, database_url=url)


def test_cloud_understands_its_environment(place, monkeypatch):
    for name, value in cloud_environment(place).items():
        monkeypatch.setenv(name, value)

    settings = load_settings()

    assert settings.demo
    assert settings.public_url == "http://127.0.0.1:1002"
    assert settings.stripe_api_base == "http://127.0.0.1:1004"


def test_cloud_knows_every_name_in_its_environment(place):
    known = {f"SCENT_{name.upper()}" for name in CloudSettings.model_fields}

    assert set(cloud_environment(place)) <= known


def test_hub_understands_its_settings(place):
    place.hub_file.write_text(as_toml(hub_settings(place)))

    settings = read_settings(place.hub_file)

    assert settings.demo
    assert settings.zone == "Europe/Berlin"
    assert settings.sync.cloud_url == "http://127.0.0.1:1002"


def test_hub_keeps_everything_in_the_demos_own_folder(place):
    place.hub_file.write_text(as_toml(hub_settings(place)))

    settings = read_settings(place.hub_file)

    assert settings.store.path.is_relative_to(place.folder)
    assert settings.sync.key_folder.is_relative_to(place.folder)
