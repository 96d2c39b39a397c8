"""What the API offers of devices beside switching them: the light, searching, leaving alone."""

import pytest

from scentd.api.access import Scope
from scentd.model.diffuser import Advice, Capabilities, DiffuserState, LevelQuality, ReportedState
from scentd.model.events import Reported
from scentd.model.readings import ButtonRead
from tests.fakes.furniture import a_diffuser, a_state

GLOW = Capabilities(
    light=True, light_dims=True, light_colours=True, light_effects=("candle",), timer=True
)
HERE = "/api/v1/diffusers/zigbee2mqtt-e5"


@pytest.fixture
def lamp(rig, clock):
    """A device with a light of its own behind a bridge, with advice and a ghost."""
    state = DiffuserState(
        reported=ReportedState(light_rgb="ff8800", timer_s=1800),
        availability_source="bridge",
        extras={"buzzer": "on"},
    )
    known = a_diffuser(
        "zigbee2mqtt-e5",
        "Glow",
        "Study",
        capabilities=GLOW,
        bridge="zigbee2mqtt",
        advice=(Advice.AVAILABILITY_OFF.value,),
    )
    rig.devices.add(known, state)
    rig.devices.kept_commands[known.id] = ("zigbee2mqtt/Glow/set",)
    return known


async def test_a_device_is_shown_with_all_it_can_and_tells(program, lamp):
    _, shown = await (await program(Scope.READ)).ask("GET", HERE)

    can, state = shown["capabilities"], shown["state"]
    assert (can["light_dims"], can["light_colours"], can["light_effects"]) == (
        True,
        True,
        ["candle"],
    )
    assert (can["timer"], can["pulsed"], can["level"]) == (True, False, None)
    assert (state["reported"]["light_rgb"], state["reported"]["timer_s"]) == ("ff8800", 1800)
    assert (state["availability_source"], state["extras"]) == ("bridge", {"buzzer": "on"})
    assert (shown["bridge"], shown["advice"]) == ("zigbee2mqtt", ["availability_off"])
    assert shown["ghosts"] == ["zigbee2mqtt/Glow/set"]


async def test_the_last_press_of_a_button_is_shown(program, rig, lamp):
    at, client = rig.clock.now(), await program(Scope.READ)
    for button, is_old in (("single", False), ("double", False), ("hold", True)):
        rig.house.bus.publish(Reported(at, lamp.id, (ButtonRead(button),), is_old))

    _, shown = await client.ask("GET", HERE)
    _, other = await client.ask("GET", "/api/v1/diffusers/native-a1")

    assert shown["state"]["last_press"] == {"button": "double", "at": "2026-03-06T20:10:00Z"}
    assert other["state"]["last_press"] is None


async def test_a_level_tells_its_quality(program, rig, clock):
    can = Capabilities(level=LevelQuality.MEASURED, low_flag=True, energy=True)
    rig.devices.add(a_diffuser("native-f6", "Cup", "", capabilities=can), a_state(clock.now()))

    _, shown = await (await program(Scope.READ)).ask("GET", "/api/v1/diffusers/native-f6")

    can = shown["capabilities"]
    assert (can["level"], can["low_flag"], can["energy"]) == ("measured", True, True)


@pytest.mark.parametrize(
    "body",
    [
        {"light_percent": 0},
        {"light_percent": 101},
        {"light_rgb": "#00ff00"},
        {"light_rgb": "00FF00"},
        {"light_rgb": "00ff00\n"},
        {"light_effect": "x" * 65},
        {"timer_s": -1},
        {"timer_s": 86_401},
    ],
)
async def test_a_light_that_cannot_be_is_refused(program, rig, lamp, body):
    status, told = await (await program(Scope.CONTROL)).ask("POST", f"{HERE}/state", body)

    assert (status, told["field"]) == (422, next(iter(body)))
    assert not rig.devices.wishes


async def test_nothing_is_searched_without_a_broker(program, rig):
    rig.broker.is_connected = False

    status, told = await (await program(Scope.CONFIGURE)).ask("POST", "/api/v1/diffusers/search")

    assert (status, told["code"], rig.devices.searches) == (503, "broker_away", 0)


async def test_what_was_never_found_cannot_be_left_alone(program):
    client = await program(Scope.CONFIGURE)

    status, told = await client.ask("PUT", "/api/v1/diffusers/none/ignored", {"is_ignored": True})

    assert (status, told["code"]) == (404, "diffuser_unknown")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/diffusers/search"),
        ("PUT", "/api/v1/diffusers/native-a1/ignored"),
        ("DELETE", "/api/v1/diffusers/native-a1/ghosts"),
    ],
)
async def test_who_may_only_switch_may_not_change_what_there_is(program, method, path):
    client = await program(Scope.READ, Scope.CONTROL)

    status, told = await client.ask(method, path, {"is_ignored": True})

    assert (status, told["code"]) == (403, "scope_missing")
