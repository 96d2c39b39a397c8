"""Two hubs and their cloud, all real, in one process: what a household lives through."""

import asyncio
import shutil
import sqlite3
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from cloud import migrations
from cloud.app import build_app
from cloud.foundation.identity import Role, SignedIn
from cloud.hubs import service
from cloud.hubs.repository.hubs import HubKey
from cloud.settings import CloudSettings
from scentd.bus import Bus
from scentd.clock import SystemClock
from scentd.contracts.bodies import EventClass, RuleFiredV1
from scentd.model.events import DocumentsChanged
from scentd.store import documents, outbox
from scentd.store import lineage as lineage_rows
from scentd.store.database import Database
from scentd.sync.client import CloudClient
from scentd.sync.downlink import Downlink
from scentd.sync.keys import KeyRing
from scentd.sync.pairing import Pairing
from scentd.sync.session import CloudSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import SyncStatus
from scentd.sync.uplink import Uplink
from tests.fakes.cloud_server import serving
from tests.fakes.proxy import CuttingProxy
from tests.fakes.running import running
from tests.fakes.waiting import LOOK_EVERY_S, eventually
from tools.ports import free_port

pytestmark = pytest.mark.needs_postgres


@dataclass
class RealCloud:
    """The application, where it is reached, and the person who owns the household."""

    parts: object
    url: str
    owner: SignedIn

    @property
    def database(self):
        return self.parts.database

    async def approve(self, code, **choices):
        async with self.database.unit_of_work() as session:
            now = self.parts.clock.now()
            return await self.parts.pairings.approve(
                session, self.owner, code, address="::1", now=now, **choices
            )

    async def rows(self, query):
        async with self.database.reading() as connection:
            return (await connection.execute(text(query))).all()


@pytest.fixture
async def cloud(database_url):
    port = free_port()
    settings = CloudSettings(
        database_url=database_url,
        public_url=f"http://127.0.0.1:{port}",
        session_secret="s" * 32,
        smtp_port=9,
        database_pool=5,
    )
    app = build_app(settings, schema_head=migrations.head())
    async with serving(app, port):
        parts = app.state.parts
        async with parts.database.unit_of_work() as session:
            user_id = await session.scalar(
                text(
                    "INSERT INTO users (email, name, role)"
                    " VALUES ('ann@example.org', 'Ann', 'CUSTOMER') RETURNING id"
                )
            )
        owner = SignedIn(
            user_id=user_id,
            email="ann@example.org",
            name="Ann",
            role=Role.CUSTOMER,
            session_id=1,
            signed_in_at=parts.clock.now(),
        )
        yield RealCloud(parts, settings.public_url, owner)


class RunningHub:
    """A hub's sync parts running, as the daemon runs them."""

    def __init__(self, folder, cloud_url):
        self.folder = folder
        self.clock, self.bus = SystemClock(), Bus()
        self.database = Database(folder / "hub.db", self.clock)
        settings = SyncSettings(
            cloud_url=cloud_url,
            hub_name=folder.name,
            key_folder=folder / "keys",
            state_delay_s=0.05,
            retry_first_s=0.02,
            retry_longest_s=0.2,
            retry_longest_with_facts_s=0.2,
        )
        self.status = SyncStatus(self.bus, self.clock)
        self.client = CloudClient(timeout_s=5)
        keys = KeyRing(settings.key_folder)
        shared = (self.database, self.clock, self.status)
        self.session = CloudSession(self.client, keys, *shared)
        self.pairing = Pairing(settings, keys, self.client, self.session, *shared)
        self.uplink = Uplink(settings, self.session, self.client, *shared)
        self.downlink = Downlink(
            settings,
            self.session,
            self.client,
            self.database,
            self.bus,
            self.clock,
            self.status,
        )
        self.news = []
        self.bus.subscribe(DocumentsChanged, lambda event: self.news.append(event.kinds))

    @asynccontextmanager
    async def running(self):
        await self.database.open()
        await self.pairing.load()
        parts = (self.uplink, self.downlink)
        tasks = [asyncio.create_task(part.run()) for part in parts]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.client.close()
            await self.database.close()

    async def joins(self, cloud, **choices):
        """Pair; the hub begins to ask when the answer is there already, and so need not wait."""
        offer = await self.pairing.start()
        hub = await cloud.approve(offer.user_code, **choices)
        async with running(self.pairing.run):
            await eventually(lambda: self.status.paired)
        return hub

    async def edit(self, key, name, value):
        await self.database.write(lambda c: documents.record_edit(c, "rule", key, name, value))

    async def rules(self):
        return await self.database.read(lambda c: documents.shared_documents(c, "rule"))

    async def tell(self, name):
        body = RuleFiredV1(rule_id=name, verdict="ran", trigger="t")
        await self.database.write(
            lambda c: outbox.append(c, EventClass.CRITICAL, "rule.fired", 1, body)
        )

    async def all_confirmed(self):
        await until(lambda: self.database.read(outbox.waiting), 0)


async def until(ask, wanted, within_s=30):
    """Wait until what is asked gives what is wanted."""
    async with asyncio.timeout(within_s):
        while await ask() != wanted:
            await SystemClock().sleep(LOOK_EVERY_S)


def copy_card(source, target):
    """Copy a hub's file as it is at this moment, log and all."""
    original, copy = sqlite3.connect(source), sqlite3.connect(target)
    original.backup(copy)
    original.close()
    copy.close()


@pytest.fixture
async def hub(cloud, tmp_path):
    (tmp_path / "Attic").mkdir()
    async with RunningHub(tmp_path / "Attic", cloud.url).running() as hub:
        yield hub


@pytest.fixture
async def other_hub(cloud, tmp_path):
    (tmp_path / "Cellar").mkdir()
    async with RunningHub(tmp_path / "Cellar", cloud.url).running() as hub:
        yield hub


async def test_what_happened_before_pairing_arrives_after_it(hub, cloud):
    await hub.tell("long ago")

    await hub.joins(cloud)
    await hub.all_confirmed()

    assert [row.kind for row in await cloud.rows("SELECT kind FROM hub_events")] == ["rule.fired"]
    assert [row.name for row in await cloud.rows("SELECT name FROM hubs")] == ["Attic"]


async def test_news_of_an_order_reaches_the_home_within_three_seconds(hub, cloud, within):
    row = await hub.joins(cloud)
    await eventually(lambda: hub.status.connected)

    async with cloud.database.unit_of_work() as session:
        await service.publish(session, row.household_id, "reorder", "d1/1", {"state": "paid"})
    await eventually(lambda: hub.news, within_s=within(3))

    assert hub.news == [frozenset({"reorder"})]


async def test_two_hubs_of_a_household_show_the_same_rules(hub, other_hub, cloud):
    await hub.edit("r1", "name", "Guests")
    first = await hub.joins(cloud)
    second = await other_hub.joins(cloud)
    await other_hub.edit("r2", "name", "Morning")
    both = {"r1": {"name": "Guests"}, "r2": {"name": "Morning"}}

    await until(hub.rules, both)
    await until(other_hub.rules, both)
    await hub.edit("r2", "deleted", value=True)
    await until(other_hub.rules, {"r1": {"name": "Guests"}})

    assert first.household_id == second.household_id


async def test_a_removed_hub_has_no_effect_any_more_and_keeps_what_it_has(hub, cloud):
    row = await hub.joins(cloud)
    await hub.tell("before")
    await hub.all_confirmed()

    async with cloud.database.unit_of_work() as session:
        key = HubKey(row.household_id, row.id)
        await service.revoke(session, key, cloud.parts.clock.now())
    await hub.tell("after")
    await eventually(lambda: not hub.status.paired)

    assert len(await cloud.rows("SELECT 1 FROM hub_events")) == 1
    assert await hub.database.read(outbox.waiting) == 1
    assert "removed" in str(hub.status.reason)


async def test_a_removed_hub_can_be_paired_again_and_sends_what_waited(hub, cloud):
    row = await hub.joins(cloud)
    async with cloud.database.unit_of_work() as session:
        key = HubKey(row.household_id, row.id)
        await service.revoke(session, key, cloud.parts.clock.now())
    await hub.tell("meanwhile")
    await eventually(lambda: not hub.status.paired)

    again = await hub.joins(cloud, replaces_hub_id=row.id)
    await hub.all_confirmed()

    assert again.id == row.id
    assert len(await cloud.rows("SELECT 1 FROM hub_events")) == 1


async def test_a_copied_card_is_noticed_and_both_logs_are_kept(hub, cloud, tmp_path):
    await hub.joins(cloud)
    await hub.tell("shared past")
    await hub.all_confirmed()
    copy = tmp_path / "copy"
    copy.mkdir()
    copy_card(hub.folder / "hub.db", copy / "hub.db")
    shutil.copytree(hub.folder / "keys", copy / "keys")

    async with RunningHub(copy, cloud.url).running() as clone:
        for turn in range(2):
            await hub.tell(f"original {turn}")
            await hub.all_confirmed()
            await clone.tell(f"clone {turn}")
            await clone.all_confirmed()

    assert len(await cloud.rows("SELECT 1 FROM hub_lineages")) == 2
    assert len(await cloud.rows("SELECT 1 FROM hubs WHERE duplicated_at IS NOT NULL")) == 1
    assert len(await cloud.rows("SELECT 1 FROM hub_events")) == 5


async def test_an_old_image_put_back_begins_a_log_of_its_own(cloud, tmp_path):
    folder, image = tmp_path / "home", tmp_path / "image.db"
    folder.mkdir()
    async with RunningHub(folder, cloud.url).running() as hub:
        await hub.joins(cloud)
        await hub.tell("one")
        await hub.all_confirmed()
        copy_card(folder / "hub.db", image)
        before = await hub.database.read(lineage_rows.position)
        await hub.tell("two")
        await hub.all_confirmed()
    for suffix in ("", "-wal", "-shm"):
        (folder / f"hub.db{suffix}").unlink(missing_ok=True)
    shutil.copy(image, folder / "hub.db")

    async with RunningHub(folder, cloud.url).running() as restored:
        await restored.tell("three")
        await restored.all_confirmed()
        after = await restored.database.read(lineage_rows.position)

    assert after.lineage != before.lineage
    assert len(await cloud.rows("SELECT 1 FROM hub_lineages")) == 2
    assert await cloud.rows("SELECT 1 FROM hubs WHERE duplicated_at IS NOT NULL") == []


async def test_a_cloud_that_comes_back_from_an_older_copy_is_brought_up_to_date(hub, cloud):
    await hub.joins(cloud)
    for number in range(4):
        await hub.tell(f"fact {number}")
        await hub.all_confirmed()
    (lineage,) = await cloud.rows("SELECT * FROM hub_lineages")
    keep = 2
    chain = await hub.database.read(
        lambda c: c.execute("SELECT chain FROM acks WHERE seq = ?", (keep,)).fetchone()["chain"]
    )
    async with cloud.database.unit_of_work() as session:
        await session.execute(text("DELETE FROM hub_events WHERE seq > :n"), {"n": keep})
        await session.execute(
            text("UPDATE hub_lineages SET acked = :n, chain = :c"), {"n": keep, "c": chain}
        )

    await hub.tell("the next fact")
    await hub.all_confirmed()

    (mended,) = await cloud.rows("SELECT * FROM hub_lineages")
    numbers = [row.seq for row in await cloud.rows("SELECT seq FROM hub_events ORDER BY seq")]
    assert lineage.acked == 4
    assert mended.acked == 5
    assert numbers == [1, 2, 3, 4, 5]


async def test_a_line_that_is_down_for_a_while_costs_nothing_but_time(cloud, tmp_path):
    (tmp_path / "home").mkdir()
    async with (
        CuttingProxy(int(cloud.url.rsplit(":", 1)[1])) as proxy,
        RunningHub(tmp_path / "home", proxy.url).running() as hub,
    ):
        await hub.joins(cloud)
        proxy.is_open = False
        for number in range(3):
            await hub.tell(f"fact {number}")
        await eventually(lambda: hub.status.reason)
        told = str(hub.status.reason)
        proxy.is_open = True
        await hub.all_confirmed()

    assert "cannot be reached" in told
    assert len(await cloud.rows("SELECT 1 FROM hub_events")) == 3
