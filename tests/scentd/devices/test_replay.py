"""A day's messages heard again: shuffled, doubled, and as a broker's old ones."""

import random

import pytest

from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from scentd.model.commands import Origin
from scentd.model.events import CommandSent, StateChanged
from scentd.ports import Inbound
from tests.fakes.devices import Devices

LAMP, MISTER = "native-drift-7", "tasmota-5ccf7f1a2b3c"
TEN_MINUTES_S, A_DAY_S = 600, 86_400


async def lived_day(devices: Devices, *things: NativeThing | TasmotaThing) -> list[Inbound]:
    """Let devices live a day, switched every two hours; return all they said."""
    said: list[Inbound] = []
    for topic_filter in ("scent/1/#", "tasmota/#", "tele/#", "stat/#"):
        devices.broker.watch(topic_filter, said.append)
    for thing in things:
        devices.plug_in(thing)
    for number in range(A_DAY_S // TEN_MINUTES_S):
        for thing in things:
            devices.broker.let(thing.pass_time(TEN_MINUTES_S))
        if number % 12 == 0:
            for diffuser_id in (LAMP, MISTER):
                devices.ask(diffuser_id, Origin.SCHEDULE, power=number % 24 == 0)
        await devices.pass_time(1)
    return [message for message in said if not message.topic.endswith("/command")]


def does(devices: Devices, name: str) -> tuple[object, ...]:
    """Return what a device does, without what differs from report to report by itself."""
    now = devices.state(name).reported
    return (now.power, now.intensity_percent, now.mode, now.light, now.fault)


@pytest.mark.parametrize("seed", range(3))
async def test_a_days_messages_replayed_in_any_order_switch_nothing_and_confuse_nobody(
    devices: Devices, lamp: NativeThing, mister: TasmotaThing, seed: int
) -> None:
    day = await lived_day(devices, lamp, mister)
    before = [does(devices, name) for name in (LAMP, MISTER)]
    chance = random.Random(seed)
    again = chance.choices(day, k=len(day)) + day
    chance.shuffle(again)
    commands = len(devices.told(CommandSent))
    for thing in (lamp, mister):
        devices.broker.silence(thing)

    for message in again:
        devices.broker.say_again(message, is_old=chance.random() < 0.5)
        devices.broker.deliver()
    await devices.pass_time(60)

    assert len(day) > 150
    assert len(devices.told(CommandSent)) == commands
    assert all(devices.registry.malformed(name) == 0 for name in (LAMP, MISTER))
    for thing in (lamp, mister):
        devices.plug_in(thing)
    await devices.pass_time(1)
    assert [does(devices, name) for name in (LAMP, MISTER)] == before


async def test_what_a_broker_kept_from_earlier_is_told_as_old(
    devices: Devices, lamp: NativeThing, mister: TasmotaThing
) -> None:
    day = await lived_day(devices, lamp, mister)
    devices.heard.clear()

    for message in reversed(day):
        devices.broker.say_again(message, is_old=True)
        devices.broker.deliver()

    changes = devices.told(StateChanged)
    assert changes
    assert all(change.is_retained for change in changes if isinstance(change, StateChanged))
