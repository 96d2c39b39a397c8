"""What is found of real definitions, out of the converters Zigbee2MQTT itself uses.

`node tools/bake_exposes.mjs` writes them down anew; it names the version in each.
"""

import json

import pytest

from adapters.diffusers.strengths import modes_of, numbers_of, strengths_of
from adapters.diffusers.zigbee2mqtt.exposes import Feature
from scentd.model.diffuser import Capabilities, DeviceType, Mode
from tests.adapters.zigbee import EXPOSES, ID, definition, entry, found, one

PLUGS = {
    "ts011f-plug-1": (
        "Tuya TS011F_plug_1",
        Capabilities(energy=True, timer=True, identify=True),
        {"state": ""},
    ),
    "aqara-sp-euc01": ("Aqara SP-EUC01", Capabilities(energy=True), {"state": ""}),
    "innr-sp-120": (
        "Innr SP 120",
        Capabilities(energy=True),
        dict.fromkeys(("state", "power", "voltage", "current", "energy"), ""),
    ),
    "ikea-e160x": ("IKEA E160x/E170x/E190x", Capabilities(identify=True), {"state": ""}),
}


@pytest.mark.parametrize("name", PLUGS)
def test_a_real_plug_is_found_with_what_it_can_do(name: str) -> None:
    called, can, asked = PLUGS[name]

    plug = one(definition(name))

    assert f"{plug.maker} {plug.model}" == called
    assert plug.capabilities == can
    assert plug.device_type is DeviceType.PLUG_DIFFUSER
    assert plug.needs_profile
    assert json.loads(plug.facts["get"]) == asked


def test_each_socket_of_a_strip_is_found_by_itself() -> None:
    sockets = found([entry(definition("tuya-ts011f-2-gang-power"), name="strip")])

    assert {name: one.name for name, one in sockets.items()} == {
        f"{ID}-left": "strip left",
        f"{ID}-right": "strip right",
    }
    # It measures both together, which says nothing of one of them.
    assert not any(one.capabilities.energy for one in sockets.values())


def test_an_air_purifier_is_found_with_the_strengths_of_its_fan() -> None:
    purifier = one(definition("ikea-e2007"))

    assert purifier.device_type is DeviceType.AIR_PURIFIER
    assert not purifier.needs_profile
    assert purifier.capabilities.steps == (11, 22, 33, 44, 56, 67, 78, 89, 100)


@pytest.mark.parametrize("file", sorted(EXPOSES.glob("*.json")), ids=lambda file: file.stem)
def test_every_file_says_where_its_facts_are_from(file) -> None:
    record = json.loads(file.read_text())

    assert "zigbee-herdsman-converters 26." in record["origin"]
    assert "description" not in str(record["definition"]["exposes"])


@pytest.mark.parametrize(
    ("values", "strengths"),
    [
        (("low", "medium", "high"), {"low": 33, "medium": 67, "high": 100}),
        (("high", "off", "low"), {"low": 50, "high": 100}),
        (("off", "auto", "1", "2", "3", "4"), {"1": 25, "2": 50, "3": 75, "4": 100}),
        (("level_2", "level_1"), {"level_1": 50, "level_2": 100}),
        (("Small", "Big"), {"Small": 50, "Big": 100}),
        (("on", "off", "restore"), {}),
        (("low", "weak"), {}),
        (("continuous", "interval"), {}),
    ],
)
def test_strengths_are_read_by_their_names(values, strengths) -> None:
    read = strengths_of(values)

    assert read == strengths
    assert list(read.values()) == sorted(read.values())


@pytest.mark.parametrize(
    ("low", "high", "step", "numbers"),
    [
        (0, 3, 1, {33: 1, 67: 2, 100: 3}),
        (1, 2, None, {50: 1, 100: 2}),
        (0, 100, 25, {25: 25, 50: 50, 75: 75, 100: 100}),
        (1, 254, 1, {10: 25, 50: 127, 100: 254}),
        (20, 100, 1, {20: 20, 60: 60, 100: 100}),
        (0, 1, 0.5, {50: 0.5, 100: 1}),
        (5, 5, 1, {}),
        (-3, 0, 1, {}),
        (0, 1, None, {}),
        (None, 10, None, {}),
    ],
)
def test_numbers_are_strengths_by_their_share_of_the_greatest(low, high, step, numbers) -> None:
    feature = Feature("numeric", "speed", "speed", 7, low=low, high=high, step=step)

    read = numbers_of(feature.low, feature.high, feature.step)

    assert numbers.items() <= read.items()
    assert bool(numbers) == bool(read)
    assert len(read) <= 10
    assert list(read) == sorted(read)


def test_modes_are_read_by_their_names_one_value_for_each() -> None:
    assert modes_of(("Continuous", "intermittent", "interval", "party")) == {
        "Continuous": Mode.CONTINUOUS,
        "intermittent": Mode.INTERVAL,
    }
