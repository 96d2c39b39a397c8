"""`scentd capture` on a real broker: a file that can be read, and words where there is none."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from adapters.corpus.recording import read_recording
from scentd.cli import app
from tests.fakes.said import say_retained
from tools.broker import Broker

HELLO = {"name": "Hall", "intensity_steps": [50, 100]}
STATE = {"power": True, "intensity": 50, "ssid": "HomeNet"}
MESSAGES = [
    ("scent/1/5ccf7f49a3bc/description", json.dumps(HELLO).encode()),
    ("scent/1/5ccf7f49a3bc/state", json.dumps(STATE).encode()),
    ("scent/1/other/description", b"{}"),
    ("puffer/5ccf7f49a3bc/state", b'{"wifi_ssid":"HomeNet"}'),
]


def capture(folder: Path, broker: Broker, *words: str) -> Result:
    settings = folder / "hub.toml"
    settings.write_text(f"[mqtt]\nport = {broker.port}\n")
    out = ["-o", str(folder / "out.json"), "--config", str(settings), "--seconds", "0.5"]
    return CliRunner().invoke(app, ["capture", *words, *out])


def test_a_device_is_recorded_by_its_name_without_secrets(tmp_path, own_broker) -> None:
    say_retained(own_broker, MESSAGES)

    told = capture(tmp_path, own_broker, "Hall")

    assert told.exit_code == 0, told.exception
    assert "announcements 1, messages 1" in told.stdout
    assert "1 of network name" in told.stdout
    recording = read_recording(tmp_path / "out.json")
    (name,) = recording.devices
    assert name == "native-020000a00001"
    assert "HomeNet" not in (tmp_path / "out.json").read_text()
    body = json.loads((tmp_path / "out.json").read_text())
    (message,) = body["devices"][name]["messages"]
    assert ["PowerRead", {"on": True}] in message["readings"]


def test_topics_nobody_understands_are_recorded_too(tmp_path, own_broker) -> None:
    say_retained(own_broker, MESSAGES)

    told = capture(tmp_path, own_broker, "--topic", "puffer/#")

    assert told.exit_code == 0, told.exception
    (message,) = read_recording(tmp_path / "out.json").unread
    assert message.topic == "puffer/020000a00001/state"
    assert b"HomeNet" not in message.payload


def test_without_a_message_or_a_device_to_record_the_next_step_is_told(
    tmp_path, own_broker
) -> None:
    assert (
        "use the device" in capture(tmp_path, own_broker, "--topic", "a/#").exception.hint.lower()
    )
    assert "--topic" in capture(tmp_path, own_broker).exception.message
    assert "--topic" in capture(tmp_path, own_broker, "--topic", "a/#/b").exception.message
    assert not (tmp_path / "out.json").exists()


def test_a_device_that_is_not_there_is_told(tmp_path, own_broker) -> None:
    refused = capture(tmp_path, own_broker, "absent", "--within", "0.5")

    assert "No device “absent” announced itself." in refused.exception.message
