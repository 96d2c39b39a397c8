"""Row 7 of the rows that must work: our diffusers in Home Assistant, without Home Assistant.

A whole hub on a real broker, and what Home Assistant would hear of it there. With the real one,
the same is tried by `make test-ha`.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.home_assistant.places import Places
from scentd.api.settings import ApiSettings
from scentd.clock import SystemClock
from scentd.daemon import Daemon
from scentd.model.cartridge import SlotKey
from scentd.mqtt.settings import MqttSettings
from scentd.settings import HubSettings, StoreSettings
from tests.adapters.home_assistant.bench import Bench
from tests.adapters.home_assistant.schema import Announcement
from tests.fakes.mqtt_peer import Peer, peer_of
from tests.fakes.platform_home import diffuser
from tests.fakes.plugged_in import plugged_in
from tests.fakes.proxy import CuttingProxy
from tests.fakes.rich_thing import RichThing, rich_thing
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker

_numbers = itertools.count(1)


class HurriedClock(SystemClock):
    """Waits a quarter of what it is told: nobody here needs seconds to answer."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 4)


class House:
    """A hub, a diffuser, and Home Assistant's ear on the broker."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        self.broker = broker
        self.places = Places(f"row-7-{next(_numbers)}")
        self.device = f"room-{next(_numbers)}"
        self.key = f"native-{self.device}"
        self._folder = folder

    @asynccontextmanager
    async def hub(self, port: int | None = None) -> AsyncIterator[Daemon]:
        settings = HubSettings(
            store=StoreSettings(path=self._folder / "hub.db"),
            mqtt=MqttSettings(port=port or self.broker.port, name=self.places.hub),
            api=ApiSettings(host="127.0.0.1", port=0),
        )
        daemon = Daemon(settings, HurriedClock())
        async with running(daemon.run):
            yield daemon

    @asynccontextmanager
    async def ear(self) -> AsyncIterator[Peer]:
        heard = (self.places.config(self.key), f"{self.base}/#", self.places.hub_status)
        async with peer_of(self.broker, *heard, "homeassistant/status") as peer:
            yield peer

    @property
    def base(self) -> str:
        return self.places.base(self.key)

    def last(self, peer: Peer, topic: str) -> Any:
        payloads = peer.payloads(topic)
        return json.loads(payloads[-1]) if payloads and payloads[-1] else None

    def state(self, peer: Peer) -> dict[str, Any]:
        return self.last(peer, f"{self.base}/state") or {}

    async def is_found(self, peer: Peer) -> dict[str, Any]:
        await eventually(lambda: self.state(peer).get("oil_2") == 80.0)
        return dict(self.last(peer, self.places.config(self.key)))


@pytest.fixture
def house(tmp_path: Path, own_broker: Broker) -> House:
    return House(tmp_path, own_broker)


async def test_a_device_with_every_component_is_seen(house: House) -> None:
    async with house.ear() as peer, house.hub(), plugged_in(house.broker, rich_thing(house.device)):
        announced = await house.is_found(peer)

    Announcement.model_validate(announced)
    platforms = [part["platform"] for part in announced["components"].values()]
    assert set(platforms) == {
        "binary_sensor", "button", "event", "fan", "light", "number", "select", "sensor",
    }  # fmt: skip
    assert len(platforms) >= 10


async def test_power_and_then_percentage_is_obeyed_and_shown(house: House) -> None:
    one: RichThing = rich_thing(house.device)
    async with house.ear() as peer, house.hub(), plugged_in(house.broker, one):
        await house.is_found(peer)
        await peer.say(f"{house.base}/set/power", "ON")
        await peer.say(f"{house.base}/set/percentage", "4")
        await eventually(lambda: house.state(peer)["power"] == "ON")
        await eventually(lambda: house.state(peer)["percent"] == 80)

    assert (one.power, one.intensity) == (True, 80)


async def test_the_hub_finds_no_device_in_what_it_announces_itself(house: House) -> None:
    async with (
        house.ear() as peer,
        house.hub() as daemon,
        plugged_in(house.broker, rich_thing(house.device)),
    ):
        await house.is_found(peer)
        await peer.say(f"{house.base}/set/mode", "Interval")
        await eventually(lambda: house.state(peer)["mode"] == "Interval")

        assert [one.id for one in daemon._home.registry.all()] == [house.key]


async def test_a_refill_is_asked_for_and_never_ordered(house: House) -> None:
    async with (
        house.ear() as peer,
        house.hub() as daemon,
        plugged_in(house.broker, rich_thing(house.device)),
    ):
        await house.is_found(peer)
        slot = SlotKey(house.key, 2)
        await peer.say(f"{house.base}/set/refill_2", "PRESS")
        await eventually(lambda: daemon._home.asks.waiting(slot))
        waiting = await daemon._database.read(
            lambda db: db.execute("SELECT kind FROM outbox WHERE kind LIKE '%order%'").fetchall()
        )

    assert waiting == []


async def test_home_assistant_that_restarted_is_told_all_again(house: House) -> None:
    async with house.ear() as peer, house.hub(), plugged_in(house.broker, rich_thing(house.device)):
        await house.is_found(peer)
        before = len(peer.heard)
        await peer.say("homeassistant/status", "online", qos=0)

        topics = {f"{house.base}/{name}" for name in ("availability", "state", "light")}
        wanted = {house.places.config(house.key), *topics}
        await eventually(lambda: wanted <= {message.topic for message in peer.heard[before:]})


async def test_a_hub_that_lost_its_line_is_offline_by_its_last_will(house: House) -> None:
    def word(peer: Peer) -> str:
        return str((house.last(peer, house.places.hub_status) or {}).get("status"))

    async with (
        house.ear() as peer,
        plugged_in(house.broker, rich_thing(house.device)),
        CuttingProxy(house.broker.port) as line,
        house.hub(line.port),
    ):
        announced = await house.is_found(peer)
        assert word(peer) == "online"
        line.is_open = False
        await line.__aexit__()
        await eventually(lambda: word(peer) == "offline")

    topics = [one["topic"] for one in announced["availability"]]
    assert (announced["availability_mode"], topics[0]) == ("all", house.places.hub_status)


async def test_a_hub_that_restarts_says_nothing_that_is_known(house: House) -> None:
    async with house.ear() as peer, plugged_in(house.broker, rich_thing(house.device)):
        async with house.hub():
            await house.is_found(peer)
        before = len(peer.heard)

        async with house.hub():
            await eventually(
                lambda: house.last(peer, house.places.hub_status)["status"] == "online"
            )
            await peer.say(f"{house.base}/set/mode", "Interval")
            await eventually(lambda: house.state(peer).get("mode") == "Interval")

        again = [message.topic for message in peer.heard[before:]]
    assert house.places.config(house.key) not in again


async def test_a_device_that_is_removed_is_taken_back(house: House) -> None:
    async with house.ear() as peer, house.hub(), plugged_in(house.broker, rich_thing(house.device)):
        await house.is_found(peer)
        await peer.say(f"scent/1/{house.device}/description", b"", retain=True)

        await eventually(lambda: peer.payloads(house.places.config(house.key))[-1] == b"")
        await eventually(lambda: peer.payloads(f"{house.base}/state")[-1] == b"")


async def test_a_bad_id_is_refused_before_anything_is_published() -> None:
    bench = Bench(diffuser("other.package:1"))

    async with bench.life():
        assert bench.bridge.counts.refused == {"other.package:1"}

    assert [message.topic for message in bench.told()] == [Places("hub").config("")]


async def test_a_storm_of_commands_ends_nothing(house: House) -> None:
    one = rich_thing(house.device)
    async with house.ear() as peer, house.hub(), plugged_in(house.broker, one):
        await house.is_found(peer)
        async with asyncio.TaskGroup() as storm:
            for what in ("power", "percentage", "light", "nothing"):
                for payload in (b"\xff" * 5_000, b"", b"nan", b"[" * 900):
                    storm.create_task(peer.say(f"{house.base}/set/{what}", payload))
        await peer.say(f"{house.base}/set/power", "ON")

        await eventually(lambda: one.power)
