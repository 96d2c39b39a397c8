"""A paired hub and a cloud that says what the test tells it to."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scentd.bus import Bus
from scentd.clock import SystemClock
from scentd.contracts.bodies import EventClass, RuleFiredV1
from scentd.model.events import CloudLink, DocumentsChanged
from scentd.store import outbox
from scentd.store.database import Database
from scentd.sync.client import CloudClient
from scentd.sync.downlink import Downlink
from scentd.sync.keys import KeyRing
from scentd.sync.pairing import Pairing
from scentd.sync.session import CloudSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import SyncStatus
from scentd.sync.uplink import Uplink
from tests.fakes.paired_hub import write_pairing
from tests.fakes.scripted_cloud import ScriptedCloud

QUICK = {
    "fact_delay_s": 0.01,
    "state_delay_s": 0.05,
    "telemetry_delay_s": 3_600,
    "retry_first_s": 0.01,
    "retry_longest_s": 0.05,
    "retry_longest_with_facts_s": 0.05,
    "poll_every_s": 60,
    "timeout_s": 5,
}


@dataclass
class HubSide:
    """The hub's parts of sync, built as the daemon builds them."""

    settings: SyncSettings
    database: Database
    bus: Bus
    clock: SystemClock
    status: SyncStatus
    keys: KeyRing
    client: CloudClient
    session: CloudSession
    obeyed: list = field(default_factory=list)
    links: list = field(default_factory=list)
    news: list = field(default_factory=list)

    def uplink(self, **changes) -> Uplink:
        settings = self.settings.model_copy(update=changes)
        return Uplink(settings, self.session, self.client, self.database, self.clock, self.status)

    def downlink(self, *, chance=random.random, **changes) -> Downlink:
        settings = self.settings.model_copy(update=changes)
        return Downlink(
            settings,
            self.session,
            self.client,
            self.database,
            self.bus,
            self.clock,
            self.status,
            obey=self.obeyed.append,
            chance=chance,
        )

    def pairing(self) -> Pairing:
        return Pairing(
            self.settings,
            self.keys,
            self.client,
            self.session,
            self.database,
            self.clock,
            self.status,
        )

    async def tell(self, event_class: EventClass = EventClass.CRITICAL, count: int = 1) -> None:
        def work(connection):
            for _ in range(count):
                number = outbox.waiting(connection)
                body = RuleFiredV1(rule_id=f"r{number}", verdict="ran", trigger="t")
                outbox.append(connection, event_class, "rule.fired", 1, body)

        await self.database.write(work)

    async def waiting(self) -> int:
        return await self.database.read(outbox.waiting)


@pytest.fixture
async def cloud() -> AsyncIterator[ScriptedCloud]:
    async with ScriptedCloud().running() as cloud:
        yield cloud


@pytest.fixture
async def unpaired(cloud: ScriptedCloud, tmp_path: Path) -> AsyncIterator[HubSide]:
    """A hub that knows its cloud's address and belongs to nobody."""
    clock, bus = SystemClock(), Bus()
    database = Database(tmp_path / "hub.db", clock)
    await database.open()
    settings = SyncSettings(cloud_url=cloud.url, key_folder=tmp_path / "keys", **QUICK)
    status = SyncStatus(bus, clock)
    keys = KeyRing(settings.key_folder)
    client = CloudClient(timeout_s=settings.timeout_s)
    session = CloudSession(client, keys, database, clock, status)
    side = HubSide(settings, database, bus, clock, status, keys, client, session)
    bus.subscribe(CloudLink, side.links.append)
    bus.subscribe(DocumentsChanged, side.news.append)
    yield side
    await client.close()
    await database.close()


@pytest.fixture
async def hub(unpaired: HubSide, cloud: ScriptedCloud) -> HubSide:
    """A hub that belongs to an account."""
    key = unpaired.keys.make()
    await unpaired.database.write(
        lambda c: write_pairing(c, 7, key.name, cloud.url, "https://shop.example")
    )
    unpaired.status.belongs("Home")
    return unpaired
