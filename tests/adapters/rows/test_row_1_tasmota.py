"""Row 1: a household with Tasmota, as its hub sees it.

TuyaMCU with the profiles GD-30W, KCL and XD800W; one relay and several; a custom full topic;
changed words of availability; SetOption4; a retained command; energy in kilowatt-hours. What Home
Assistant's own reader makes of the same devices stands in test_row_1_hatasmota.py.
"""

import random
from typing import Any

import pytest

from adapters.simulator.boards import GD_30W, KCL_M1801C, XD800W, Board
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.tasmota_console import TasmotaConsole
from adapters.simulator.tasmota_plug import TasmotaPlug
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.diffuser import Availability, Capabilities
from scentd.model.errors import DiffuserUnknown
from tests.fakes.devices import Devices

MAC = "5CCF7F1A2B3C"
ID = "tasmota-5ccf7f1a2b3c"


def vial() -> Vial:
    return Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000)


def tuya(devices: Devices, board: Board, **set_up: object) -> TasmotaThing:
    chance = random.Random(1)
    return TasmotaThing(
        MAC, "Bedroom", board, vial(), now=devices.clock.now, chance=chance, **set_up
    )


def plug(devices: Devices, relays: int = 1, *, lamp: bool = False, **set_up: object) -> TasmotaPlug:
    console = TasmotaConsole(MAC, **set_up)
    chance = random.Random(1)
    return TasmotaPlug(
        console, "Desk", vial(), now=devices.clock.now, chance=chance, relays=relays, lamp=lamp
    )


async def plugged(devices: Devices, relays: int = 1, **set_up: Any) -> TasmotaPlug:
    """A plug of which the household has said that a bowl is in it."""
    thing = plug(devices, relays, **set_up)
    devices.plug_in(thing)
    for diffuser in devices.registry.all():
        await devices.registry.choose_profile(diffuser.id, "ultrasonic-small")
    return thing


@pytest.mark.parametrize(
    ("board", "profile", "step"),
    [(GD_30W, "gd-30w", 100), (KCL_M1801C, "kcl-m1801c", 100), (XD800W, "xd800w", 100)],
    ids=["GD-30W", "KCL", "XD800W"],
)
async def test_a_tuya_model_is_recognised_and_does_as_wished(
    devices: Devices, board: Board, profile: str, step: int
) -> None:
    thing = tuya(devices, board)
    devices.plug_in(thing)
    assert devices.registry.get(ID).profile == profile

    devices.ask(ID, power=True, intensity_percent=step)

    assert thing.is_running
    reported = devices.state(ID).reported
    assert (reported.power, reported.intensity_percent) == (True, step)
    assert not devices.state(ID).unconfirmed


async def test_an_unknown_tuya_model_waits_for_the_households_word(devices: Devices) -> None:
    thing = tuya(devices, Board("MistMaker", {1: 1, 2: 5, 4: 4}, 1, 4, 2, {0: 1, 1: 2}))
    devices.plug_in(thing)
    waiting = devices.registry.get(ID)
    refused = devices.ask(ID, power=True)

    await devices.registry.choose_profile(ID, "xd800w")
    devices.broker.deliver()
    devices.ask(ID, power=True, intensity_percent=100)

    assert (waiting.needs_profile, waiting.capabilities) == (True, Capabilities())
    assert refused.answer is Answer.REFUSED
    assert devices.state(ID).reported.intensity_percent == 100


async def test_one_relay_is_power_without_a_number(devices: Devices) -> None:
    thing = await plugged(devices)

    devices.ask(ID, power=True)

    assert devices.commands("cmnd/tasmota_1A2B3C/POWER") == [b"ON"]
    assert thing.relays == [True]
    assert devices.state(ID).reported.power is True


async def test_each_of_several_relays_is_a_diffuser_of_its_own(devices: Devices) -> None:
    thing = await plugged(devices, relays=3)

    devices.ask(f"{ID}-2", power=True)

    assert [d.id for d in devices.registry.all()] == [f"{ID}-1", f"{ID}-2", f"{ID}-3"]
    assert thing.relays == [False, True, False]
    assert [devices.state(f"{ID}-{n}").reported.power for n in (1, 2, 3)] == [False, True, False]


@pytest.mark.parametrize(
    "full_topic",
    ["%topic%/%prefix%/", "home/%topic%/%prefix%", "scent/%id%/%prefix%/%topic%/", "nook/%topic%"],
)
async def test_a_full_topic_of_the_households_own(devices: Devices, full_topic: str) -> None:
    thing = await plugged(devices, full_topic=full_topic, topic="desk")

    devices.ask(ID, power=True)

    assert thing.is_running
    assert devices.state(ID).availability is Availability.ONLINE
    assert devices.state(ID).reported.power is True


async def test_changed_words_of_availability(devices: Devices) -> None:
    thing = plug(devices, words=("here", "gone"))
    devices.plug_in(thing)
    there = devices.state(ID).availability

    devices.broker.pull_out(thing)
    devices.broker.deliver()

    assert there is Availability.ONLINE
    assert devices.state(ID).availability is Availability.OFFLINE


async def test_set_option_4_moves_the_answers_and_nothing_is_lost(devices: Devices) -> None:
    thing = await plugged(devices, relays=2, own_topics=True)

    devices.ask(f"{ID}-1", power=True)

    assert thing.relays == [True, False]
    assert devices.state(f"{ID}-1").reported.power is True
    assert not devices.state(f"{ID}-1").unconfirmed


async def test_set_option_4_on_a_tuya_diffuser(devices: Devices) -> None:
    devices.plug_in(tuya(devices, GD_30W, own_topics=True))

    devices.ask(ID, power=True, intensity_percent=100)

    reported = devices.state(ID).reported
    assert (reported.power, reported.intensity_percent) == (True, 100)


async def test_a_retained_command_is_told_moves_nothing_and_can_be_dropped(
    devices: Devices,
) -> None:
    topic = "cmnd/tasmota_1A2B3C/POWER"
    devices.broker.say(topic, b"ON", retain=True)
    await plugged(devices)

    told = devices.registry.ghosts(ID)
    power = devices.state(ID).reported.power
    devices.registry.clear_ghosts(ID)

    assert told == (topic,)
    assert power is False
    assert topic not in devices.broker.retained


@pytest.mark.parametrize("own_topics", [False, True])
async def test_its_own_lamp_shines_beside_the_relay(devices: Devices, own_topics: bool) -> None:
    thing = await plugged(devices, lamp=True, own_topics=own_topics)

    devices.ask(ID, light=True, light_percent=30)
    reported = devices.state(ID).reported
    devices.ask(ID, power=True, light=False)

    assert (reported.light, reported.light_percent, reported.power) == (True, 30, False)
    assert (thing.is_running, thing.is_lit) == (True, False)
    assert devices.state(ID).reported.light is False
    assert not devices.state(ID).unconfirmed


async def test_energy_is_told_in_watt_hours(devices: Devices) -> None:
    thing = await plugged(devices)
    devices.ask(ID, power=True)

    devices.broker.let(thing.pass_time(3600))

    reported = devices.state(ID).reported
    assert (reported.watts, reported.volts) == (11.0, 231.0)
    assert reported.energy_wh == pytest.approx(1211, abs=1)


async def test_a_device_that_is_renamed_stays_the_same(devices: Devices) -> None:
    thing = await plugged(devices)
    await devices.registry.rename(ID, name="My bowl")

    thing.console.rename("elsewhere")
    devices.plug_in(thing)
    devices.ask(ID, power=True)

    assert devices.registry.get(ID).name == "My bowl"
    assert devices.commands("cmnd/elsewhere/POWER") == [b"ON"]
    assert devices.state(ID).reported.power is True


async def test_a_device_that_leaves_is_gone(devices: Devices) -> None:
    devices.plug_in(plug(devices))

    devices.broker.say(f"tasmota/discovery/{MAC}/config", b"", retain=True)
    devices.broker.deliver()

    with pytest.raises(DiffuserUnknown):
        devices.registry.get(ID)
