"""Row 2: a household with nodes of ESPHome, as its hub sees it.

A fan with three speeds and with a hundred, a node of switch and number, birth and will, a node
that is renamed.
"""

import random

import pytest

from adapters.simulator.esphome import EsphomeThing, fan_node, parts_node
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.diffuser import Availability, Mode
from scentd.model.events import DiffuserFound, DiffuserRemoved
from tests.fakes.devices import Devices

MAC = "a0b1c2d3e4f5"
NODE = f"esphome-{MAC}"


def node(name: str = "study-mist", mac: str = MAC, **options: object) -> EsphomeThing:
    vial = Vial("CEDBER-30", "Cedar & Bergamot", 30_000, 15_000)
    return EsphomeThing(name, "Study", vial, mac=mac, chance=random.Random(1), **options)


async def living_with(devices: Devices, thing: EsphomeThing) -> None:
    devices.plug_in(thing)
    await devices.pass_time(1)
    devices.plug_in(thing)  # it says everything again: now it is listened to
    await devices.pass_time(1)


async def wish(devices: Devices, **parts: object) -> Answer:
    answer = devices.ask(NODE, **parts).answer
    await devices.pass_time(1)
    return answer


@pytest.mark.parametrize(
    ("speeds", "percent", "native", "step"),
    [(3, 60, b"2", 67), (3, 100, b"3", 100), (100, 60, b"60", 60), (100, 44, b"40", 40)],
)
async def test_a_fan_of_any_number_of_speeds_is_set_to_the_nearest(
    devices: Devices, speeds: int, percent: int, native: bytes, step: int
) -> None:
    thing = node(entities=fan_node(speeds))
    await living_with(devices, thing)

    answer = await wish(devices, power=True, intensity_percent=percent)

    assert answer is Answer.SENT
    assert devices.commands("study-mist/fan/diffuser/speed_level/command") == [native]
    reported = devices.state(NODE).reported
    assert (reported.power, reported.intensity_percent) == (True, step)
    assert not devices.state(NODE).unconfirmed
    assert thing.is_running


async def test_a_node_of_switch_and_number_and_select_is_one_diffuser(devices: Devices) -> None:
    thing = node(entities=parts_node())
    await living_with(devices, thing)

    await wish(devices, power=True, intensity_percent=75, mode=Mode.INTERVAL)

    assert [diffuser.id for diffuser in devices.registry.all()] == [NODE]
    reported = devices.state(NODE).reported
    assert (reported.power, reported.intensity_percent) == (True, 80)
    assert reported.mode is Mode.INTERVAL
    assert (thing.is_running, thing.strength, thing.mode) == (True, 4, "Interval")
    await wish(devices, power=False)
    assert not thing.is_running


async def test_birth_is_online_and_will_is_offline(devices: Devices) -> None:
    thing = node()
    await living_with(devices, thing)
    there = devices.state(NODE)

    devices.broker.pull_out(thing)
    devices.broker.deliver()

    assert there.availability is Availability.ONLINE
    away = devices.state(NODE)
    assert (away.availability, away.availability_source) == (Availability.OFFLINE, "last_will")
    assert devices.ask(NODE, power=True).answer is Answer.OFFLINE


async def test_a_renamed_node_stays_the_same_device_at_its_new_address(devices: Devices) -> None:
    thing = node()
    await living_with(devices, thing)
    await devices.registry.rename(NODE, name="Mine")

    await renamed(devices, thing, "library-mist")

    found = devices.registry.get(NODE)
    assert (found.id, found.address, found.name) == (NODE, "library-mist", "Mine")
    assert devices.told(DiffuserRemoved) == []
    assert devices.state(NODE).availability is Availability.ONLINE
    await wish(devices, power=True, intensity_percent=33)
    assert devices.commands("library-mist/fan/diffuser/command") == [b"ON"]
    assert devices.commands("study-mist/fan/diffuser/command") == []


async def test_a_node_renamed_while_the_hub_was_away_is_found_by_its_answer(
    devices: Devices,
) -> None:
    thing = node("zebra")
    await living_with(devices, thing)
    await devices.end()
    # The broker hands out what it kept in any order: the name of old comes last here.
    old = dict(devices.broker.retained)
    devices.broker.pull_out(thing)
    thing.node = "antelope"
    devices.plug_in(thing)
    new = {topic: text for topic, text in devices.broker.retained.items() if topic not in old}
    devices.broker.retained.clear()
    devices.broker.retained.update({**new, **old, "zebra/status": b"offline"})

    await devices.begin()
    devices.find_broker()
    await devices.pass_time(2)

    assert devices.registry.get(NODE).address == "antelope"


async def test_a_node_whose_old_name_is_swept_away_stays(devices: Devices) -> None:
    thing = node()
    await living_with(devices, thing)
    await renamed(devices, thing, "library-mist")

    for topic in [topic for topic in devices.broker.retained if "study-mist" in topic]:
        devices.broker.say(topic, b"", retain=True)
    await devices.pass_time(1)

    assert devices.registry.get(NODE).address == "library-mist"
    assert devices.told(DiffuserRemoved) == []


async def test_a_node_that_announces_itself_no_longer_is_gone(devices: Devices) -> None:
    thing = node()
    await living_with(devices, thing)

    for topic in [topic for topic in devices.broker.retained if topic.startswith("homeassistant")]:
        devices.broker.say(topic, b"", retain=True)
    await devices.pass_time(1)

    assert devices.registry.all() == ()


async def test_the_same_name_on_a_new_board_is_a_new_device(devices: Devices) -> None:
    await living_with(devices, node())
    await living_with(devices, node(mac="ffeeddccbbaa"))

    assert [diffuser.id for diffuser in devices.registry.all()] == ["esphome-ffeeddccbbaa"]


async def test_a_node_is_read_as_before_after_a_restart_without_its_announcement(
    devices: Devices,
) -> None:
    thing = node()
    await living_with(devices, thing)
    devices.broker.retained.clear()

    await devices.restart()
    devices.broker.let(thing.press())
    devices.broker.deliver()

    assert devices.state(NODE).reported.power is True
    assert devices.told(DiffuserFound) == []


async def renamed(devices: Devices, thing: EsphomeThing, name: str) -> None:
    devices.broker.pull_out(thing)
    thing.node = name
    devices.plug_in(thing)
    await devices.pass_time(1)
    devices.plug_in(thing)
    await devices.pass_time(1)
