"""A recording of a device, taken from what was heard: whole, readable, and without secrets."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.corpus.announced import Announced
from adapters.corpus.recording import Message, as_recording, as_written, read_recording
from adapters.corpus.taking import Taken, take_all, take_device, words_of
from adapters.registry import load_dialects
from adapters.simulator.household import things
from adapters.simulator.thing import Thing
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Ask
from scentd.model.topics import matches
from scentd.ports import Malformed, Publish

DIALECTS = load_dialects()
FILES = sorted((Path(__file__).parents[1] / "diffusers" / "messages").glob("*.json"))
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def taken_of(heard: list[Message], device: str, profile: str | None = None) -> Taken:
    dialect = DIALECTS[device.partition("-")[0]]
    diffuser = found_in(dialect.name, heard)[device]
    return take_device(dialect, diffuser, heard, profile=profile, date="2026-11-28", by="a test")


def read_again(body: dict[str, Any]) -> None:
    """Read a recording as the tests of dialects do; fails when it is read otherwise."""
    recording, dialect = as_recording(json.loads(json.dumps(body))), DIALECTS[body["dialect"]]
    found = Announced(dialect).hear(recording.announcements).diffusers
    assert found.keys() == recording.devices.keys()
    for name, device in recording.devices.items():
        diffuser = found[name]
        if device.profile is not None:
            diffuser = dialect.with_profile(diffuser, device.profile)
        read = [[as_written(r) for r in dialect.decode(diffuser, *m)] for m in device.messages]
        assert read == [message["readings"] for message in body["devices"][name]["messages"]]


@pytest.mark.parametrize("number", range(14))
def test_every_simulated_device_is_recorded_and_read_again(number: int) -> None:
    thing = things(14, now=lambda: NOW, speed=1.0, seed=3)[number]
    heard = [*said(thing.connected()), *answers(thing)]
    heard += [*said(thing.pass_time(90.0)), *said(thing.press())]
    device = next(name for dialect in DIALECTS for name in found_in(dialect, heard))

    taken = taken_of(heard, device)

    assert taken.misread == 0
    read_again(taken.body)


def answers(thing: Thing) -> Iterator[Message]:
    """What a thing says when a dialect asks around, and then asks it for more, each once."""
    for dialect in DIALECTS.values():
        announced = Announced(dialect)
        asked: set[tuple[str, bytes]] = set()
        waiting = list(said(thing.connected()))
        asks: list[Ask | Publish] = list(dialect.discovery_asks())
        while waiting or asks:
            for message in waiting:
                with suppress(Malformed):
                    announced.hear([message])
            asks, waiting = [*asks, *announced.asks], []
            announced.asks.clear()
            for topic, payload in {(ask.topic, ask.payload) for ask in asks} - asked:
                asked.add((topic, payload))
                if any(matches(one, topic) for one in thing.subscriptions):
                    waiting += said(thing.hear(topic, payload))
            asks = []
            yield from waiting


def said(messages: Iterable[Any]) -> list[Message]:
    return [Message(message.topic, message.payload) for message in messages]


def found_in(dialect: str, heard: list[Message]) -> dict[str, Diffuser]:
    announced = Announced(DIALECTS[dialect])
    for message in heard:
        with suppress(Malformed):
            announced.hear([message])
    return announced.diffusers


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_recording_can_be_recorded_anew(file: Path) -> None:
    recording = read_recording(file)
    heard = list(recording.messages())
    for name, device in recording.devices.items():
        taken = taken_of(heard, name, device.profile)

        assert taken.misread == 0
        assert len(taken.body["devices"]) >= 1
        read_again(taken.body)


def test_the_mac_of_a_device_and_the_network_it_is_in_are_replaced_everywhere() -> None:
    recording = read_recording(next(file for file in FILES if file.stem == "tasmota-plug-15"))
    heard = list(recording.messages())

    taken = taken_of(heard, "tasmota-5ccf7f49a3bc", "plug")

    written = json.dumps(taken.body)
    assert "49a3bc" not in written.lower()
    assert "home" not in written
    assert "192.0.2.7" not in written
    assert "tasmota_a00001" in written.lower()
    assert list(taken.body["devices"]) == ["tasmota-020000a00001"]
    assert {kind.name for kind in taken.removed} >= {"HARDWARE", "NETWORK", "ADDRESS", "HOST"}


def test_announcements_of_other_devices_are_left_out() -> None:
    heard = [
        Message("scent/1/mine/description", b'{"name":"Mine"}'),
        Message("scent/1/other/description", b'{"name":"Other"}'),
        Message("scent/1/mine/state", b'{"power":true}'),
        Message("scent/1/other/state", b'{"power":true}'),
    ]

    taken = taken_of(heard, "native-mine")

    assert "other" not in json.dumps(taken.body)


def test_other_devices_are_left_out_of_a_bridge_s_list() -> None:
    recording = read_recording(next(file for file in FILES if file.stem == "zigbee2mqtt-2"))
    device = next(name for name in recording.devices if "-" not in name.partition("-")[2])
    listed = max((len(one.payload) for one in recording.announcements), default=0)

    taken = taken_of(list(recording.messages()), device)

    assert len(recording.devices) > 1
    assert len(taken.body["devices"]) == 1
    assert all(len(one["payload"]) < listed / 2 for one in taken.body["announcements"])


def test_what_nobody_reads_is_recorded_for_whoever_will() -> None:
    heard = [Message("puffer/5ccf7f49a3bc/state", b'{"ssid":"HomeNet"}'), Message("p/x", b"\xff")]

    taken = take_all(heard, words_of(DIALECTS.values()), date="2026-11-28", by="a test")

    recording = as_recording(json.loads(json.dumps(taken.body)))
    assert [m.topic for m in recording.unread] == ["puffer/020000a00001/state", "p/x"]
    assert b"HomeNet" not in recording.unread[0].payload
    assert recording.unread[1].payload == b"\xff"
