"""Row 5: a household with OpenBeken devices, as its hub sees it.

Both syntaxes, watt-hours, a channel that is not published.
"""

import random

import pytest

from adapters.simulator.openbeken import METERING_PLUG, XD800W, OpenBekenThing, Wiring
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.diffuser import Availability
from tests.fakes.devices import Devices

MAC, ID, TOPIC = "84E342010203", "openbeken-84e342010203", "obk/study"


def device(devices: Devices, wiring: Wiring = METERING_PLUG, **options: object) -> OpenBekenThing:
    return OpenBekenThing(
        MAC,
        "Study",
        wiring,
        Vial("FIGLVS-30", "Fig Leaves", 30_000, 15_000),
        now=devices.clock.now,
        chance=random.Random(1),
        **({"topic": TOPIC} | options),
    )


async def living_with(
    devices: Devices, thing: OpenBekenThing, kind: str = "wick-warmer", only: str = ID
) -> None:
    devices.plug_in(thing)
    await speaking_out(devices, thing)
    await devices.registry.choose_profile(only, kind)
    await speaking_out(devices, thing)


async def speaking_out(devices: Devices, thing: OpenBekenThing) -> None:
    for _ in range(20):
        devices.broker.let(thing.pass_time(1))
        await devices.pass_time(1)


async def say(devices: Devices, topic: str, text: str) -> None:
    devices.broker.say(topic, text.encode())
    devices.broker.deliver()
    await devices.pass_time(1)


async def test_a_plug_is_found_when_asked_for_its_announcement(devices: Devices) -> None:
    await living_with(devices, device(devices))

    found = devices.registry.get(ID)
    assert (found.name, found.address, found.model) == ("Study", TOPIC, "BK7231N")
    assert found.capabilities.energy
    assert devices.commands(f"cmnd/{TOPIC}/scheduleHADiscovery") == [b"1"]


async def test_one_that_announced_itself_long_ago_is_found_after_a_restart(
    devices: Devices,
) -> None:
    thing = device(devices)
    await devices.end()
    devices.plug_in(thing)
    devices.broker.let(thing.hear(f"cmnd/{TOPIC}/scheduleHADiscovery", b"1"))
    devices.broker.let(thing.pass_time(20))
    await devices.begin()

    await speaking_out(devices, thing)

    assert [one.id for one in devices.registry.all()] == [ID]


async def test_the_channel_syntax_switches_and_tells(devices: Devices) -> None:
    thing = device(devices)
    await living_with(devices, thing)

    devices.ask(ID, power=True)

    assert devices.commands(f"{TOPIC}/1/set") == [b"1"]
    assert thing.is_running
    assert devices.state(ID).reported.power is True


async def test_the_syntax_of_tasmota_tells_as_well(devices: Devices) -> None:
    thing = device(devices, Wiring({1: "Socket"}, {0: 570}, silent=frozenset({1})), says_tele=True)
    await living_with(devices, thing)

    devices.broker.let(thing.hear(f"cmnd/{TOPIC}/POWER", b"ON"))
    on = devices.state(ID).reported.power
    await say(devices, f"stat/{TOPIC}/RESULT", '{"POWER":"OFF"}')

    assert (on, devices.state(ID).reported.power) == (True, False)


async def test_the_switches_of_one_device_are_told_apart_in_both_syntaxes(
    devices: Devices,
) -> None:
    await living_with(devices, device(devices, Wiring({1: "A", 2: "B"}, {0: 570})), only=f"{ID}-2")

    await say(devices, f"{TOPIC}/2/get", "1")
    await say(devices, f"stat/{TOPIC}/RESULT", '{"POWER1":"ON","POWER2":"OFF"}')

    assert devices.state(f"{ID}-1").reported.power is True
    assert devices.state(f"{ID}-2").reported.power is False


async def test_beside_a_lamp_the_words_of_tasmota_say_nothing_of_the_switch(
    devices: Devices,
) -> None:
    thing = device(devices)
    lamp = (
        '{"dev":{"ids":["OpenBK7231N_42010203"],"name":"Study"},"name":"Light","~":"obk/study",'
        '"avty_t":"~/connected","uniq_id":"OpenBK7231N_42010203_light",'
        '"stat_t":"~/led_enableAll/get","cmd_t":"cmnd/obk/study/led_enableAll"}'
    )
    await say(devices, "homeassistant/light/OpenBK7231N_42010203_light/config", lamp)
    await living_with(devices, thing)

    await say(devices, f"stat/{TOPIC}/RESULT", '{"POWER":"ON"}')

    assert devices.state(ID).reported.power is False


async def test_the_lamp_beside_a_switch_is_lit_and_leaves_the_switch_alone(
    devices: Devices,
) -> None:
    thing = device(devices, Wiring({1: "Socket"}, {0: 570}, lamp=True), says_tele=True)
    await living_with(devices, thing)

    devices.ask(ID, light=True, light_percent=40, light_rgb="ff8800")
    await devices.pass_time(1)

    state = devices.state(ID)
    reported = state.reported
    assert (reported.light, reported.light_percent, reported.light_rgb) == (True, 40, "ff8800")
    assert (reported.power, state.unconfirmed) == (False, False)


@pytest.mark.parametrize(("in_kwh", "told"), [(False, "1204.5"), (True, "1.2045")])
async def test_the_counter_is_in_watt_hours_whatever_it_announced(
    devices: Devices, told: str, *, in_kwh: bool
) -> None:
    await living_with(devices, device(devices, in_kwh=in_kwh))

    await say(devices, f"{TOPIC}/energycounter/get", told)

    assert devices.state(ID).reported.counter_wh == pytest.approx(1204.5)


async def test_the_meter_tells_watts_volts_and_amperes(devices: Devices) -> None:
    await living_with(devices, device(devices))

    for name, value in {"power": "11.5", "voltage": "230.5", "current": "0.05"}.items():
        await say(devices, f"{TOPIC}/{name}/get", value)

    reported = devices.state(ID).reported
    assert (reported.watts, reported.volts, reported.amps) == (11.5, 230.5, 0.05)


async def test_a_channel_that_was_never_told_is_unknown_and_not_off(devices: Devices) -> None:
    thing = device(devices, Wiring({1: "Socket"}, {0: 570}, silent=frozenset({1})))
    devices.plug_in(thing)
    devices.broker.let(thing.pass_time(20))
    devices.broker.silence(thing)
    await devices.pass_time(2)

    assert devices.registry.find(ID) is not None
    assert devices.state(ID).reported.power is None


async def test_a_channel_that_is_not_told_of_itself_is_told_when_asked(devices: Devices) -> None:
    thing = device(devices, Wiring({1: "Socket"}, {0: 570}, silent=frozenset({1})))
    await living_with(devices, thing)
    thing.press()

    devices.ask(ID, refresh=True)

    assert devices.commands(f"{TOPIC}/1/get")[-1] == b""
    assert devices.state(ID).reported.power is True


async def test_data_points_on_channels_are_a_diffuser_with_steps(devices: Devices) -> None:
    thing = device(devices, XD800W)
    await living_with(devices, thing, "xd800w", f"{ID}-1")

    devices.ask(f"{ID}-1", power=True, intensity_percent=80)
    state = devices.state(f"{ID}-1").reported
    devices.broker.let(thing.hear(f"{TOPIC}/5/set", b"1"))

    assert thing.channels[4] == 1
    assert (state.power, state.intensity_percent, state.fault) == (True, 100, "")
    assert devices.state(f"{ID}-1").reported.light is True


async def test_an_empty_tank_is_a_fault_until_it_is_filled(devices: Devices) -> None:
    thing = device(devices, XD800W)
    await living_with(devices, thing, "xd800w", f"{ID}-1")
    devices.ask(f"{ID}-1", power=True)
    thing.vial.remaining_ul = 0.0

    devices.broker.let(thing.pass_time(1))
    empty = devices.state(f"{ID}-1").reported
    devices.broker.let(thing.hear(f"cmnd/{TOPIC}/SimRefill", b""))

    assert (empty.power, empty.fault) == (False, "empty")
    assert devices.state(f"{ID}-1").reported.fault == ""


async def test_another_topic_is_the_same_device_at_another_address(devices: Devices) -> None:
    thing = device(devices)
    await living_with(devices, thing)
    devices.broker.pull_out(thing)

    await living_with(devices, device(devices, topic="den"))

    assert [one.id for one in devices.registry.all()] == [ID]
    assert devices.registry.get(ID).address == "den"


async def test_one_that_has_nothing_to_tell_is_still_there(devices: Devices) -> None:
    await living_with(devices, device(devices))

    await devices.pass_time(1_200)

    assert devices.state(ID).availability is Availability.ONLINE


async def test_its_last_will_is_offline(devices: Devices) -> None:
    thing = device(devices)
    await living_with(devices, thing)

    devices.broker.pull_out(thing)
    devices.broker.deliver()

    assert devices.state(ID).availability is Availability.OFFLINE
    assert devices.ask(ID, power=True).answer is Answer.OFFLINE
