"""The hub's devices over a real broker, with the simulated fleet on it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.registry import load_dialects
from adapters.simulator.fleet import FleetOptions, run_fleet
from scentd.model.commands import Answer, Origin, Source, Wish
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.rooms_hub import RoomsHub
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker

BATHROOM, BEDROOM = "native-scent-e5f6", "tasmota-5ccf7f1a2b3c"
LIVING_ROOM, HALLWAY = "native-scent-c3d4", "tasmota-5ccf7f4d5e6f"
BY_HAND = Source(Origin.MANUAL, "test")


@pytest.fixture
async def hub(own_broker: Broker, tmp_path: Path) -> AsyncIterator[RoomsHub]:
    """A hub that runs, and a fleet of four on its broker."""
    hub = RoomsHub(own_broker, tmp_path / "hub.db")
    options = FleetOptions(own_broker.host, own_broker.port)
    async with hub.lives(), running(lambda: run_fleet(options)):
        yield hub


async def test_four_rooms_appear_obey_and_are_believed(hub: RoomsHub) -> None:
    rooms = (LIVING_ROOM, BEDROOM, BATHROOM, HALLWAY)
    await eventually(lambda: hub.are_there(*rooms))

    outcomes = [
        hub.commander.submit(Wish(name, BY_HAND, power=True, intensity_percent=100))
        for name in rooms
    ]
    await eventually(lambda: len(hub.confirmed) == 4)

    assert {o.answer for o in outcomes} == {Answer.SENT}
    for name in rooms:
        reported = hub.states.state(name).reported
        assert (reported.power, reported.intensity_percent) == (True, 100)


async def test_what_was_switched_off_without_a_broker_is_off_when_it_is_back(hub: RoomsHub) -> None:
    await eventually(lambda: hub.are_there(BATHROOM, BEDROOM))
    hub.commander.submit(Wish(BEDROOM, BY_HAND, power=True))
    await eventually(lambda: hub.power(BEDROOM) and hub.power(BATHROOM))

    await asyncio.to_thread(hub.broker.stop)
    await eventually(lambda: not hub.link.is_connected)
    outcomes = hub.commander.stop_all(BY_HAND)
    await asyncio.to_thread(hub.broker.start)
    await eventually(lambda: hub.are_there(BATHROOM, BEDROOM))
    await eventually(lambda: hub.power(BEDROOM) is False and hub.power(BATHROOM) is False)

    assert {o.answer for o in outcomes} == {Answer.OFFLINE}


async def test_bad_messages_on_every_topic_of_a_device_stop_nothing(hub: RoomsHub) -> None:
    await eventually(lambda: hub.are_there(BATHROOM, BEDROOM))
    bad = [b"\xff\xfe", b"{", b'{"power": NaN}', b"null", b"x" * 1_048_576, b"[" * 60_000]

    async with peer_of(hub.broker) as peer:
        for diffuser_id in (BATHROOM, BEDROOM):
            diffuser = hub.registry.get(diffuser_id)
            for topic in load_dialects()[diffuser.dialect].topics(diffuser):
                for payload in bad:
                    await peer.say(topic, payload)
    hub.commander.submit(Wish(BEDROOM, BY_HAND, power=True))
    hub.commander.submit(Wish(BATHROOM, BY_HAND, power=False))
    await eventually(lambda: hub.power(BEDROOM) is True and hub.power(BATHROOM) is False)

    assert hub.registry.malformed(BATHROOM) >= 24
    assert hub.registry.malformed(BEDROOM) >= 28
    assert hub.link.counters.oversized >= 14
    assert hub.link.counters.handler_failures == 0


async def test_one_device_that_floods_does_not_keep_the_others_from_being_heard(
    hub: RoomsHub,
) -> None:
    await eventually(lambda: hub.are_there(BATHROOM, BEDROOM))

    is_over = False

    async with peer_of(hub.broker) as peer:

        async def flood() -> None:
            while not is_over:
                await peer.say("scent/1/scent-e5f6/state", b'{"signal_dbm":-70}', qos=0)
                await asyncio.sleep(0)  # noqa: TID251 - a publish may not yield by itself

        flooding = asyncio.create_task(flood())
        received = hub.link.counters.received
        await eventually(lambda: hub.link.counters.received > received + 500)
        hub.commander.submit(Wish(BEDROOM, BY_HAND, power=True))
        await eventually(lambda: hub.power(BEDROOM) is True)
        is_over = True
        await flooding

    assert hub.link.counters.handler_failures == 0
