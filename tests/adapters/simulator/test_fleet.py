"""The simulated fleet on a real broker."""

import asyncio
import json
from collections.abc import Callable

import pytest

from adapters.simulator.fleet import FleetOptions, run_fleet
from scentd.clock import SystemClock
from tests.fakes.clock import ManualClock
from tests.fakes.mqtt_peer import Peer, peer_of
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker

BATHROOM = "scent/1/scent-e5f6"


def said(peer: Peer, topic: str) -> list[bytes]:
    return peer.payloads(topic)


async def while_time_passes(clock: ManualClock, condition: Callable[[], object]) -> None:
    """Let the devices' seconds pass until the condition holds."""
    async with asyncio.timeout(60):
        while not condition():
            await clock.advance(1)
            await asyncio.sleep(0.01)  # noqa: TID251 - the broker is another program


async def test_four_rooms_announce_themselves_and_obey(own_broker: Broker) -> None:
    options = FleetOptions(own_broker.host, own_broker.port)

    async with (
        peer_of(own_broker, "#") as peer,
        running(lambda: run_fleet(options)),
    ):
        await eventually(lambda: said(peer, "tele/tasmota_4D5E6F/STATE"))
        await eventually(lambda: said(peer, f"{BATHROOM}/state"))
        await peer.say(f"{BATHROOM}/command", b'{"id":"k1","power":false}')
        await peer.say("cmnd/tasmota_1A2B3C/TuyaSend1", b"1,1")
        await eventually(lambda: said(peer, f"{BATHROOM}/answer"))
        await eventually(lambda: said(peer, "stat/tasmota_1A2B3C/POWER"))

    assert said(peer, f"{BATHROOM}/availability") == [b"online"]
    assert json.loads(said(peer, f"{BATHROOM}/state")[-1])["power"] is False
    assert said(peer, "stat/tasmota_1A2B3C/POWER") == [b"ON"]
    assert said(peer, "tasmota/discovery/5CCF7F1A2B3C/config")


async def test_oil_falls_and_is_reported(own_broker: Broker) -> None:
    clock = ManualClock()
    options = FleetOptions(own_broker.host, own_broker.port, speed=600)
    topic = f"{BATHROOM}/slot/1/level"

    async with (
        peer_of(own_broker, topic) as peer,
        running(lambda: run_fleet(options, clock)),
    ):
        await while_time_passes(clock, lambda: len(said(peer, topic)) >= 3)

    levels = [json.loads(payload)["remaining_ul"] for payload in said(peer, topic)]
    assert levels == sorted(levels, reverse=True)
    # 120 microlitres an hour at the middle step, 600 times as fast, told every five seconds.
    assert levels[0] - levels[2] == pytest.approx(2 * 5 * 600 * 120 / 3600, abs=25)


async def test_a_device_that_drops_off_lets_its_will_speak_and_comes_back(
    own_broker: Broker,
) -> None:
    clock = ManualClock()
    options = FleetOptions(own_broker.host, own_broker.port, count=1, drop_offs_per_hour=3_600)
    topic = "scent/1/scent-c3d4/availability"

    async with (
        peer_of(own_broker, topic) as peer,
        running(lambda: run_fleet(options, clock)),
    ):
        await while_time_passes(clock, lambda: len(said(peer, topic)) >= 3)

    assert said(peer, topic)[:3] == [b"online", b"offline", b"online"]


async def test_buttons_are_pressed_now_and_then(own_broker: Broker) -> None:
    clock = ManualClock()
    options = FleetOptions(own_broker.host, own_broker.port, count=1, buttons_per_hour=3_600)
    topic = "scent/1/scent-c3d4/event"

    async with (
        peer_of(own_broker, topic) as peer,
        running(lambda: run_fleet(options, clock)),
    ):
        await while_time_passes(clock, lambda: said(peer, topic))

    assert said(peer, topic)[0] == b'{"button":"power"}'


async def test_a_broker_that_comes_late_is_waited_for(own_broker: Broker) -> None:
    own_broker.stop()
    options = FleetOptions(own_broker.host, own_broker.port, count=2)

    async with running(lambda: run_fleet(options, SystemClock())):
        await asyncio.to_thread(own_broker.start)
        async with peer_of(own_broker, "scent/1/+/availability") as peer:
            await eventually(lambda: peer.heard)

    assert peer.heard[0].payload == b"online"
