"""Row 9 of the rows that must work: bad days on a real broker, with a device of every dialect.

The link's own tests go deeper into each; here devices must be found, heard and switched again.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.registry import load_dialects
from adapters.simulator.fleet import FleetOptions, run_fleet
from adapters.simulator.household import ONE_OF_EACH
from scentd.devices.settings import DeviceSettings
from scentd.model.commands import Answer, Origin, Source, Wish
from scentd.model.diffuser import Availability, Diffuser
from tests.fakes.mqtt_peer import peer_of
from tests.fakes.proxy import CuttingProxy
from tests.fakes.rooms_hub import RoomsHub
from tests.fakes.running import running
from tests.fakes.waiting import eventually
from tools.broker import Broker

pytestmark = pytest.mark.needs_broker

BY_HAND = Source(Origin.MANUAL, "test")
PATIENCE_S = 60.0
COUNT = 4 + len(ONE_OF_EACH)
ROOT = Path(__file__).parents[3]
HURRIED = DeviceSettings(confirm_s=0.6, retries=1)
DIALECTS = load_dialects()
DIALECTS_THERE = frozenset({"native", "tasmota", "zigbee2mqtt", "homie", "shelly", "esphome", "ha"})
"""Those that have a device in the simulated household; OpenBeken's takes half a minute to be known,
for it says but one thing a second."""
SECRET = "right"

RUBBISH = (
    b"\xff\xfe\x00\x80",
    b"{",
    b"null",
    b"[" * 60_000,
    b"x" * 1_048_576,
    b'{"power": NaN, "state": NaN, "POWER": -1e999}',
    b'{"power": 1e400, "state": 1e400, "percent": 123456789012345678901234567890}',
    b"9" * 5_000,
    b"-Infinity",
    b"",
)


class Town(RoomsHub):
    """A hub and one device of each dialect that can be switched."""

    def speaking(self) -> dict[str, Diffuser]:
        """Give the first device of each dialect, by the dialect's name."""
        found: dict[str, Diffuser] = {}
        for diffuser in self.registry.all():
            if diffuser.capabilities.power and not diffuser.needs_profile:
                found.setdefault(diffuser.dialect, diffuser)
        return found

    async def is_whole(self) -> None:
        """Wait until each dialect has a device that can be switched and is not known to be away."""
        await eventually(lambda: {d.dialect for d in self.registry.all()} >= DIALECTS_THERE)
        for diffuser in self.registry.all():
            if diffuser.dialect in DIALECTS_THERE - self.speaking().keys():
                something = self.registry.profiles(diffuser.id)[-1].key
                await self.registry.choose_profile(diffuser.id, something)
        for name in self.ids():
            await eventually(lambda name=name: not self.is_away(name))

    def is_away(self, name: str) -> bool:
        return self.states.state(name).availability is Availability.OFFLINE

    def ids(self) -> list[str]:
        return [diffuser.id for diffuser in self.speaking().values()]

    async def switch_all(self, *, on: bool) -> None:
        await asyncio.gather(*(self.switch(name, on=on) for name in self.ids()))

    async def switch(self, name: str, *, on: bool) -> None:
        """Wish it, and anew where a device was not back yet; each time must be answered for."""
        deadline_s = time.monotonic() + PATIENCE_S
        while self.power(name) is not on:
            assert time.monotonic() < deadline_s, f"{name} was never switched"
            self.commander.submit(Wish(name, BY_HAND, power=on))
            await eventually(lambda: self.power(name) is on or self.is_given_up(name))

    def is_given_up(self, name: str) -> bool:
        state = self.states.state(name)
        return state.unconfirmed or state.availability is Availability.OFFLINE

    async def works(self) -> None:
        """Have every dialect's device switched on and off."""
        await self.switch_all(on=True)
        await self.switch_all(on=False)


@asynccontextmanager
async def town_on(
    broker: Broker, folder: Path, *, fleet: dict[str, str] | None = None, **link: object
) -> AsyncIterator[Town]:
    town = Town(broker, folder / "hub.db", HURRIED, **link)
    options = FleetOptions(broker.host, broker.port, count=COUNT, **(fleet or {}))
    async with town.lives(), running(lambda: run_fleet(options)):
        yield town


@pytest.fixture
async def town(own_broker: Broker, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_on(own_broker, tmp_path) as one:
        await one.is_whole()
        yield one


class TestBroker:
    async def test_after_a_restart_of_the_broker_everybody_obeys_again(self, town: Town) -> None:
        await town.switch_all(on=True)

        await asyncio.to_thread(town.broker.kill)
        await eventually(lambda: not town.link.is_connected)
        unknown = [town.states.state(name).availability for name in town.ids()]
        await asyncio.to_thread(town.broker.start)
        await town.is_whole()

        assert Availability.ONLINE not in unknown
        await town.works()

    async def test_what_was_wished_off_while_the_network_was_lost_is_off_when_it_is_back(
        self, own_broker: Broker, tmp_path: Path
    ) -> None:
        async with (
            CuttingProxy(own_broker.port) as proxy,
            town_on(own_broker, tmp_path, port=proxy.port) as town,
        ):
            await town.is_whole()
            await town.switch_all(on=True)

            proxy.is_open = False
            async with peer_of(own_broker) as peer:
                await peer.say("scent/1/scent-e5f6/state", b'{"signal_dbm":-60}')
            town.commander.submit(Wish(town.ids()[0], BY_HAND, refresh=True))
            await eventually(lambda: not town.link.is_connected)
            answers = [town.commander.submit(Wish(n, BY_HAND, power=False)) for n in town.ids()]
            proxy.is_open = True

            assert {one.answer for one in answers} == {Answer.OFFLINE}
            for name in town.ids():
                await eventually(lambda name=name: town.power(name) is False)
            await town.works()

    async def test_a_wrong_password_lets_nobody_in_and_the_right_one_everybody(
        self, tmp_path: Path
    ) -> None:
        broker = Broker(passwords={"hub": SECRET, "fleet": SECRET})
        broker.start()
        secret = tmp_path / "password"
        secret.write_text("wrong\n")
        fleet = {"username": "fleet", "password": SECRET}
        link = {"username": "hub", "password_file": str(secret)}
        try:
            async with town_on(broker, tmp_path, fleet=fleet, **link) as town:
                await eventually(lambda: town.link.reason is not None and town.hub_link.news)
                found, why = town.registry.all(), str(town.link.reason)
                secret.write_text(f"{SECRET}\n")
                await town.is_whole()
                await town.works()
        finally:
            broker.close()

        assert found == ()
        assert "refuses user “hub”" in why


class TestAcl:
    @pytest.fixture
    def folder(self) -> Iterator[Path]:
        """A folder that the broker, who is somebody else, may read."""
        folder = Path(tempfile.mkdtemp(prefix="scent-acl-"))
        folder.chmod(0o755)
        yield folder
        shutil.rmtree(folder)

    @asynccontextmanager
    async def town_without(self, folder: Path, *denied: str) -> AsyncIterator[Town]:
        file = folder / "acl"
        rules = ["user fleet", "topic readwrite #", "user hub"]
        rules += [f"topic deny {topic}" for topic in denied]
        file.write_text("\n".join([*rules, "topic readwrite #"]) + "\n")
        file.chmod(0o644)
        passwords = {"hub": SECRET, "fleet": SECRET}
        broker = Broker(kind="mosquitto", passwords=passwords, settings=(f"acl_file {file}",))
        secret = folder / "password"
        secret.write_text(SECRET)
        broker.start()
        fleet = {"username": "fleet", "password": SECRET}
        link = {"username": "hub", "password_file": str(secret)}
        try:
            async with town_on(broker, folder, fleet=fleet, **link) as town:
                yield town
        finally:
            broker.close()

    async def test_commands_that_may_not_be_sent_are_shown_as_unconfirmed_and_the_rest_obeys(
        self, folder: Path
    ) -> None:
        denied = ("scent/1/scent-c3d4/command", "cmnd/tasmota_1A2B3C/#", "zigbee2mqtt/+/set")
        async with self.town_without(folder, *denied) as town:
            await town.is_whole()
            barred = [town.speaking()[one].id for one in ("native", "tasmota", "zigbee2mqtt")]
            others = [one for one in town.ids() if one not in barred]

            for name in barred:
                town.commander.submit(Wish(name, BY_HAND, power=True))
            for name in barred:
                await eventually(lambda name=name: town.states.state(name).unconfirmed)
            for name in (*others, "native-scent-e5f6", "tasmota-5ccf7f4d5e6f"):
                await town.switch(name, on=True)

            assert others
            assert not any(town.power(name) for name in barred)
            assert town.link.is_connected

    async def test_a_device_that_may_not_be_heard_is_not_taken_to_be_there(
        self, folder: Path
    ) -> None:
        hidden = "tasmota-5ccf7f1a2b3c"
        denied = ("tele/tasmota_1A2B3C/#", "stat/tasmota_1A2B3C/#")
        async with self.town_without(folder, *denied) as town:
            await town.is_whole()
            said = await self._its_own_word(town)

            assert said == b"Online"
            assert town.states.state(hidden).availability is Availability.UNKNOWN
            assert town.link.is_connected

    async def _its_own_word(self, town: Town) -> bytes:
        """Hear as another user, who may, what the hub may not."""
        topic, fleet = "tele/tasmota_1A2B3C/LWT", {"username": "fleet", "password": SECRET}
        async with peer_of(town.broker, topic, **fleet) as peer:
            await eventually(lambda: peer.heard)
        return peer.payloads(topic)[0]


class TestRubbish:
    async def test_no_payload_on_any_topic_of_any_dialect_stops_anything(self, town: Town) -> None:
        topics = [
            topic
            for diffuser in town.speaking().values()
            for topic in DIALECTS[diffuser.dialect].topics(diffuser)
        ]
        async with peer_of(town.broker) as peer:
            for topic in topics:
                for payload in RUBBISH:
                    await peer.say(topic, payload, qos=0)

        await town.works()

        counters = town.link.counters
        assert counters.handler_failures == 0
        assert counters.oversized >= len(topics)
        assert all(town.registry.malformed(name) > 0 for name in town.ids())

    async def test_a_flood_of_a_thousand_messages_a_second_delays_nobody(
        self, town: Town, within: Callable[[float], float]
    ) -> None:
        topics = [
            topic
            for diffuser in town.speaking().values()
            for topic in DIALECTS[diffuser.dialect].topics(diffuser)[:4]
        ]
        received = town.link.counters.received
        program = (sys.executable, "-m", "tests.fakes.topic_flood", str(town.broker.port), "2")
        flood = await asyncio.create_subprocess_exec(
            *program, *topics, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        await eventually(lambda: town.link.counters.received > received + 500)

        asked_s = time.monotonic()
        await town.works()
        took_s = time.monotonic() - asked_s
        told = json.loads((await flood.communicate())[0])

        assert told["sent"] > 1_900
        assert town.link.counters.handler_failures == 0
        # Twice five seconds is what a device alone may take to show what it was asked.
        assert took_s < within(10.0)
