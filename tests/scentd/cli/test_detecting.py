"""`scentd detect` on a real broker: what it shows, and that it leaves nothing there."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scentd.cli import app
from tests.fakes.said import say_retained
from tools.broker import Broker

GREETING = ("scent/1/det-1/description", b'{"name":"Hall","intensity_steps":[50,100]}')
PLUG = (
    "tasmota/discovery/5CCF7F49A3BC/config",
    json.dumps(
        {
            "t": "plug",
            "ft": "%prefix%/%topic%/",
            "tp": ["cmnd", "stat", "tele"],
            "state": ["OFF", "ON"],
            "rl": [1],
            "dn": "Hall plug",
        }
    ).encode(),
)
STRANGE = ("frigate/\u202eevents", b"1")


def detect(folder: Path, broker: Broker, *words: str, **mqtt: object) -> Result:
    settings = folder / "hub.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in mqtt.items()]
    settings.write_text("\n".join(["[mqtt]", f"port = {broker.port}", *lines]))
    command = ["detect", "--config", str(settings), "--seconds", "0.5", *words]
    return CliRunner().invoke(app, command)


def test_devices_and_what_nobody_understands_are_shown(tmp_path, own_broker) -> None:
    say_retained(own_broker, [GREETING, PLUG, STRANGE])

    shown = detect(tmp_path, own_broker).stdout

    assert "native-det-1" in shown
    assert "on/off, 2 steps" in shown
    assert "choose that on its page" in shown
    assert "frigate/�events" in shown
    assert "\u202e" not in shown


def test_programs_get_all_of_it_as_json(tmp_path, own_broker) -> None:
    say_retained(own_broker, [GREETING, PLUG, STRANGE])

    shown = json.loads(detect(tmp_path, own_broker, "--json").stdout)

    found = {one["id"]: one for one in shown["devices"]}
    assert found["native-det-1"]["can"]["steps"] == [50, 100]
    assert found["tasmota-5ccf7f49a3bc"]["needs_profile"]
    assert found["tasmota-5ccf7f49a3bc"]["profiles"]
    assert shown["not_understood"][0]["level"] == "frigate"
    assert shown["problems"] == []


def test_an_empty_broker_is_told_with_the_next_step(tmp_path, own_broker) -> None:
    shown = detect(tmp_path, own_broker)

    assert shown.exit_code == 0
    assert "Switch one on" in shown.stdout


def test_nothing_is_left_on_the_broker(tmp_path, own_broker) -> None:
    before = detect(tmp_path, own_broker, "--json")

    after = detect(tmp_path, own_broker, "--json")

    assert [json.loads(one.stdout)["topics"] for one in (before, after)] == [0, 0]


def test_a_broker_that_is_not_there_is_told_in_words(tmp_path, own_broker) -> None:
    own_broker.stop()

    refused = detect(tmp_path, own_broker)

    assert "Nothing listens at" in str(refused.exception)


@pytest.mark.needs_broker
def test_a_wrong_password_is_told_in_words(tmp_path) -> None:
    broker = Broker(passwords={"hub": "right"})
    try:
        broker.start()
        refused = detect(tmp_path, broker, username="hub", password="wrong")
        let_in = detect(tmp_path, broker, username="hub", password="right")
    finally:
        broker.close()

    assert "refuses user “hub”" in str(refused.exception)
    assert let_in.exit_code == 0
