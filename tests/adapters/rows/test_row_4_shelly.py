"""Row 4: a household with Shelly devices, as its hub sees it.

Status, RPC replies matched by id, what a change leaves out, control disabled, watt-hours.
"""

import json
import random

import pytest

from adapters.simulator.shelly import ShellySettings, ShellyThing
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.diffuser import Advice, Availability
from scentd.model.events import CommandConfirmed, CommandUnconfirmed
from scentd.model.readings import AnswerRead, EnergyRead
from tests.fakes.devices import Devices

MAC, PLUG, PREFIX = "3CE90E010203", "shelly-3ce90e010203", "flat/study"
OFF_BUT_TOLD = {"enable_rpc": False, "enable_control": False}


def plug(devices: Devices, prefix: str = PREFIX, *, vials: int = 1, **set_up: bool) -> ShellyThing:
    return ShellyThing(
        MAC,
        "Study",
        tuple(Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000) for _ in range(vials)),
        now=devices.clock.now,
        chance=random.Random(1),
        prefix=prefix,
        settings=ShellySettings(**set_up),
    )


async def living_with(devices: Devices, thing: ShellyThing) -> None:
    devices.plug_in(thing)
    await devices.pass_time(1)
    for diffuser in devices.registry.all():
        await devices.registry.choose_profile(diffuser.id, "wick-warmer")
    await devices.pass_time(1)


async def say(devices: Devices, topic: str, body: object) -> None:
    devices.broker.say(topic, json.dumps(body).encode())
    devices.broker.deliver()
    await devices.pass_time(1)


def changed(**parts: object) -> dict[str, object]:
    return {"method": "NotifyStatus", "params": {"ts": 1.0, "switch:0": {"id": 0, **parts}}}


async def test_a_plug_is_found_by_asking_it_with_its_name_and_what_it_measures(
    devices: Devices,
) -> None:
    await living_with(devices, plug(devices))

    found = devices.registry.get(PLUG)
    assert (found.name, found.address, found.maker) == ("Study", PREFIX, "Shelly")
    assert (found.capabilities.energy, found.capabilities.timer) == (True, True)
    assert found.advice == ()


async def test_one_that_was_there_before_the_hub_is_found_by_its_retained_word(
    devices: Devices,
) -> None:
    thing = plug(devices, enable_control=False)
    await devices.end()
    devices.plug_in(thing)
    await devices.begin()

    await devices.pass_time(1)

    assert devices.registry.get(PLUG).name == "Study"


async def test_the_status_of_a_switch_is_the_state(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)

    devices.broker.let(thing.press())

    state = devices.state(PLUG)
    assert state.reported.power is True
    assert state.reported.watts == pytest.approx(11.4)
    assert state.reported.fault == ""
    assert state.availability is Availability.ONLINE


async def test_an_answer_is_matched_by_its_id_and_says_nothing_of_the_state(
    devices: Devices,
) -> None:
    await living_with(devices, plug(devices))
    diffuser = devices.registry.get(PLUG)
    dialect = devices.dialects["shelly"]
    topic = f"scent/shelly/do/0/{PREFIX}/rpc"

    obeyed = dialect.decode(diffuser, topic, b'{"id":"c1","result":{"was_on":true}}')
    refused = dialect.decode(
        diffuser, topic, b'{"id":"c2","error":{"code":-103,"message":"no such switch"}}'
    )

    assert obeyed == (AnswerRead("c1", None),)
    assert refused == (AnswerRead("c2", "no such switch"),)


async def test_a_wish_is_done_and_confirmed_by_what_the_device_reports(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)

    devices.ask(PLUG, power=True)

    assert thing.relays[0].is_on
    assert any(isinstance(event, CommandConfirmed) for event in devices.heard)
    assert devices.state(PLUG).reported.power is True


async def test_an_answer_alone_confirms_nothing(devices: Devices) -> None:
    await living_with(devices, plug(devices, status_ntf=False, rpc_ntf=False))

    devices.ask(PLUG, power=True)
    state = devices.state(PLUG)

    assert state.reported.power is False


async def test_a_change_leaves_as_it_was_what_it_does_not_name(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)
    devices.ask(PLUG, power=True)

    await say(devices, f"{PREFIX}/events/rpc", changed(apower=9.5))

    reported = devices.state(PLUG).reported
    assert (reported.power, reported.watts) == (True, 9.5)
    assert reported.volts == pytest.approx(231.2)


async def test_a_change_of_another_component_says_nothing_of_the_switch(devices: Devices) -> None:
    await living_with(devices, plug(devices))
    before = devices.state(PLUG).reported

    frame = {"method": "NotifyStatus", "params": {"ts": 1.0, "cloud": {"connected": True}}}
    await say(devices, f"{PREFIX}/events/rpc", frame)

    assert devices.state(PLUG).reported == before


async def test_with_control_off_it_is_switched_by_rpc(devices: Devices) -> None:
    thing = plug(devices, enable_control=False)
    await living_with(devices, thing)

    devices.ask(PLUG, power=True)

    assert thing.relays[0].is_on
    assert devices.registry.get(PLUG).advice == ()


async def test_with_rpc_off_it_is_switched_by_bare_commands(devices: Devices) -> None:
    thing = plug(devices, enable_rpc=False)
    await living_with(devices, thing)

    devices.ask(PLUG, power=True)

    assert thing.relays[0].is_on
    assert devices.commands(f"{PREFIX}/command/switch:0")[-1] == b"on"
    assert devices.registry.get(PLUG).capabilities.timer is False


async def test_with_rpc_and_control_off_it_says_so_and_is_sent_nothing(devices: Devices) -> None:
    thing = plug(devices, **OFF_BUT_TOLD)
    await living_with(devices, thing)
    devices.broker.let(thing.press())
    await devices.pass_time(1)
    await devices.registry.choose_profile(PLUG, "wick-warmer")

    outcome = devices.ask(PLUG, power=False)

    assert devices.registry.get(PLUG).advice == (Advice.CONTROL_OFF,)
    assert not outcome.is_taken
    assert devices.commands(f"{PREFIX}/command/switch:0") == []
    assert thing.relays[0].is_on


async def test_once_control_is_on_the_advice_is_gone_by_itself(devices: Devices) -> None:
    told = plug(devices, **OFF_BUT_TOLD)
    await living_with(devices, told)
    devices.broker.let(told.press())
    await devices.pass_time(1)
    before = devices.registry.get(PLUG).advice
    devices.broker.pull_out(told)
    await devices.pass_time(300)

    await living_with(devices, plug(devices))

    assert (before, devices.registry.get(PLUG).advice) == ((Advice.CONTROL_OFF,), ())


async def test_with_both_notifications_off_it_says_so_and_is_asked_instead(
    devices: Devices,
) -> None:
    thing = plug(devices, status_ntf=False, rpc_ntf=False)
    await living_with(devices, thing)
    thing.press()

    devices.ask(PLUG, refresh=True)

    assert devices.registry.get(PLUG).advice == (Advice.STATUS_OFF,)
    assert devices.state(PLUG).reported.power is True


async def test_the_counter_is_in_watt_hours(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)
    diffuser = devices.registry.get(PLUG)
    body = json.dumps(changed(aenergy={"total": 1204.5})).encode()

    read = devices.dialects["shelly"].decode(diffuser, f"{PREFIX}/events/rpc", body)
    await say(devices, f"{PREFIX}/events/rpc", changed(aenergy={"total": 1204.5}))

    assert read == (EnergyRead(None, 1204.5),)
    assert devices.state(PLUG).reported.counter_wh == 1204.5


async def test_another_prefix_is_the_same_device_at_another_address(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)
    devices.broker.pull_out(thing)

    await living_with(devices, plug(devices, "den"))

    assert [one.id for one in devices.registry.all()] == [PLUG]
    assert devices.registry.get(PLUG).address == "den"


async def test_each_switch_of_a_relay_is_a_diffuser_that_is_switched_alone(
    devices: Devices,
) -> None:
    thing = plug(devices, vials=2)
    await living_with(devices, thing)

    devices.ask(f"{PLUG}-1", power=True)

    assert [relay.is_on for relay in thing.relays] == [False, True]
    assert devices.state(f"{PLUG}-0").reported.power is False
    assert devices.state(f"{PLUG}-1").reported.power is True


async def test_the_devices_own_timer_stops_it_though_the_hub_is_gone(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)
    devices.ask(PLUG, power=True, timer_s=90)
    left_s = devices.state(PLUG).reported.timer_s

    await devices.clock.advance(91)
    devices.broker.let(thing.pass_time(91))

    assert left_s == 90
    assert not thing.relays[0].is_on
    assert devices.state(PLUG).reported.power is False
    assert devices.state(PLUG).reported.timer_s == 0


async def test_one_that_grew_too_hot_says_so_until_it_is_over(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)

    devices.broker.let(thing.overheat())
    hot = devices.state(PLUG).reported.fault
    thing.relays[0].errors = []
    devices.broker.let(thing.connected())

    assert (hot, devices.state(PLUG).reported.fault) == ("overheat", "")


async def test_one_that_has_nothing_to_tell_is_still_there(devices: Devices) -> None:
    await living_with(devices, plug(devices))

    await devices.pass_time(1_200)

    assert devices.state(PLUG).availability is Availability.ONLINE


async def test_its_last_will_is_offline(devices: Devices) -> None:
    thing = plug(devices)
    await living_with(devices, thing)

    devices.broker.pull_out(thing)
    devices.broker.deliver()

    assert devices.state(PLUG).availability is Availability.OFFLINE
    assert devices.ask(PLUG, power=True).answer is Answer.OFFLINE
    assert not any(isinstance(event, CommandUnconfirmed) for event in devices.heard)
