"""The protocol under every fault we could think of, in any order Hypothesis can think of.

Both ends are real: the hub's store and letters on SQLite, the cloud's intake on PostgreSQL. Only
the line between them is a list of messages that may be lost, doubled, late or out of order.
"""

import asyncio
import json
import random
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.hubs import service
from cloud.hubs.errors import CursorTooOld, PositionConflict
from cloud.hubs.events import CartridgeRunningLow, HubDuplicated
from cloud.hubs.ingest.append import append
from cloud.hubs.ingest.batch import unpack
from cloud.hubs.models import Household, Hub
from cloud.hubs.repository import history
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service.changes import changes, snapshot
from scentd.contracts.bodies import (
    CartridgeFittedV1,
    EventClass,
    LevelV1,
    RuleFiredV1,
    RunningLowV1,
    RunOutV1,
    SlotV1,
)
from scentd.contracts.history import GENESIS, extend_all
from scentd.contracts.merging import Edit
from scentd.contracts.moments import unix_ms
from scentd.store import arrivals, documents, lineage, outbox, room
from scentd.sync.session import compare
from scentd.sync.uplink import write_letter
from tests.fakes.clock import ManualClock
from tests.fakes.sync_hub import SyncHub

pytestmark = pytest.mark.needs_postgres

FIELDS = ("name", "enabled", "logic", "deleted")
KEYS = ("r1", "r2")
CREATE_ORDERS = """
    CREATE TABLE IF NOT EXISTS machine_orders (
        slot_id bigint, install_id text, UNIQUE (slot_id, install_id))
"""


class PowerCut(Exception):
    """The cloud dies with its transaction open."""


@dataclass
class Home:
    """A hub on the test's table: its file, and what it has lived through."""

    name: str
    hub: SyncHub
    facts: set[str] = field(default_factory=set)
    cartridge: int = 0
    low: str = ""

    def copy_life(self, other: "Home") -> None:
        self.facts = set(other.facts)
        self.cartridge, self.low = other.cartridge, other.low


@dataclass
class Answer:
    """Words on their way down: an ack or a position (of a lineage), or a page.

    `confirmed` is how far the log was confirmed when the cloud was asked.
    """

    addressee: str
    kind: str
    lineage: str
    confirmed: int
    content: object


@dataclass
class Request:
    """A letter on its way up."""

    sender: str
    lineage: str
    confirmed: int
    body: bytes

    @classmethod
    def of(cls, home: Home, letter) -> "Request":
        batch = letter.batch
        return cls(home.name, batch.lineage, batch.first - 1, letter.body)

    def answered(self, kind: str, content: object) -> Answer:
        return Answer(self.sender, kind, self.lineage, self.confirmed, content)


class SyncMachine(RuleBasedStateMachine):
    """Steps are drawn by Hypothesis; the end of each run is a fair line and a reckoning."""

    url: str
    folder_factory: object
    runs = 0

    def __init__(self):
        super().__init__()
        type(self).runs += 1
        self.folder = self.folder_factory.mktemp("machine")
        self.runner = asyncio.Runner()
        self.cloud_clock = ManualClock()
        self.database = Database(
            self.url,
            events=EventBook({CartridgeRunningLow: (self._order,), HubDuplicated: (self._flag,)}),
        )
        self.homes: dict[str, Home] = {}
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.marker = 0
        self.has_copies = False
        self.cloud_edits: list[tuple[tuple[str, str, str], Edit]] = []
        self.cursors: dict[str, set[int]] = defaultdict(lambda: {0})

    @initialize(may_copy=st.booleans())
    def begin(self, may_copy):
        self.may_copy = may_copy
        self.key = self.runner.run(self._make_household())
        self._add_home("A")

    # --- life at home ---------------------------------------------------------------------

    @rule(data=st.data(), dear=st.sampled_from(list(EventClass)), dies=st.booleans())
    def something_happens(self, data, dear, dies):
        home = self._any_home(data)
        marker = self._mark()

        def work(connection):
            body = RuleFiredV1(rule_id=marker, verdict="ran", trigger="t")
            outbox.append(connection, dear, "rule.fired", 1, body)

        if dies:
            home.hub.dies_during(work)
            return
        home.hub.write(work)
        if dear is EventClass.CRITICAL:
            home.facts.add(marker)

    @rule(data=st.data())
    def a_cartridge_is_fitted(self, data):
        home = self._any_home(data)
        home.cartridge += 1
        home.low = ""
        install = f"{home.name}-install-{self._mark()}"
        home.install = install
        body = CartridgeFittedV1(**self._cartridge(home))
        self._tell(home, "cartridge.fitted", body)

    @rule(data=st.data())
    def a_cartridge_runs_low(self, data):
        home = self._any_home(data)
        if not home.cartridge or home.low:
            return
        facts = self._cartridge(home)
        body = RunningLowV1(
            **facts,
            run_out=RunOutV1(),
            observations=(facts["level"],),
            threshold_percent=15,
            reason="level",
        )
        home.low = home.install
        self._tell(home, "cartridge.running_low", body)

    @rule(
        data=st.data(),
        key=st.sampled_from(KEYS),
        name=st.sampled_from(FIELDS),
        value=st.booleans() | st.integers(0, 3),
    )
    def a_document_is_edited(self, data, key, name, value):
        home = self._any_home(data)
        home.hub.write(lambda c: documents.record_edit(c, "rule", key, name, value))

    @rule(data=st.data(), budget=st.integers(0, 2_000))
    def space_runs_out(self, data, budget):
        home = self._any_home(data)
        home.hub.write(lambda c: room.make_room(c, budget))

    @rule(data=st.data(), days=st.sampled_from([-1, 1]), trusted=st.booleans())
    def the_clock_jumps(self, data, days, trusted):
        clock = self._any_home(data).hub.clock
        clock.step(timedelta(days=days))
        clock.trusted = trusted

    @rule(days=st.sampled_from([1, 8]))
    def days_go_by(self, days):
        self._pass(timedelta(days=days))

    # --- the line -------------------------------------------------------------------------

    @rule(data=st.data(), most=st.integers(1, 5), dies=st.booleans())
    def a_letter_is_sent(self, data, most, dies):
        home = self._any_home(data)
        letter = home.hub.write(lambda c: self._letter(c, most))
        # A hub that dies here has frozen the events and perhaps sent them.
        if letter is not None and not dies:
            self.requests.append(Request.of(home, letter))
            self._pass(timedelta(seconds=1))

    @rule(data=st.data(), key=st.sampled_from(KEYS), value=st.integers(0, 3))
    def an_edit_is_sent_with_tomorrows_stamp(self, data, key, value):
        """Both the hub's clock and its idea of the cloud's are wrong: the cloud will refuse it."""
        home = self._any_home(data)
        home.hub.clock.step(timedelta(days=1))
        home.hub.write(lambda c: documents.record_edit(c, "rule", key, "name", value))
        letter = home.hub.write(lambda c: self._letter(c, 50, off_ms=86_400_000))
        home.hub.clock.step(timedelta(days=-1))
        if letter is not None:
            self.requests.append(Request.of(home, letter))

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), fate=st.sampled_from(["taken", "cut", "died before", "died after"]))
    def a_letter_arrives(self, data, fate):
        request = data.draw(st.sampled_from(self.requests))
        if data.draw(st.booleans()):
            self.requests.remove(request)  # otherwise it will arrive again
        answer = self.runner.run(self._take(request, dies=fate == "died before"))
        if answer is not None and fate == "taken":
            self.answers.append(answer)

    @precondition(lambda self: self.answers)
    @rule(data=st.data(), dies=st.booleans())
    def an_answer_arrives(self, data, dies):
        answer = data.draw(st.sampled_from(self.answers))
        if data.draw(st.booleans()):
            self.answers.remove(answer)
        home = self.homes.get(answer.addressee)
        if home is None:
            return
        if dies:
            home.hub.dies_during(lambda c: self._believe(c, answer))
        else:
            home.hub.write(lambda c: self._believe(c, answer))

    @rule(data=st.data())
    def for_once_all_goes_well(self, data):
        home = self._any_home(data)
        self._exchange(home)
        self._catch_up(home)

    @rule(data=st.data())
    def messages_are_lost(self, data):
        if self.requests and data.draw(st.booleans()):
            self.requests.pop(data.draw(st.integers(0, len(self.requests) - 1)))
        if self.answers and data.draw(st.booleans()):
            self.answers.pop(data.draw(st.integers(0, len(self.answers) - 1)))

    @rule(data=st.data())
    def a_hub_says_hello(self, data):
        home = self._any_home(data)
        self.answers.append(self.runner.run(self._hello(home)))

    @rule(data=st.data())
    def a_hub_asks_for_news(self, data):
        home = self._any_home(data)
        self.answers.append(self.runner.run(self._news(home, limit=2)))

    # --- the account ----------------------------------------------------------------------

    @rule(key=st.sampled_from(KEYS), name=st.sampled_from(FIELDS), value=st.integers(0, 3))
    def the_account_edits(self, key, name, value):
        self.runner.run(self._edit_in_account(key, name, value))

    @rule(key=st.sampled_from(KEYS), body=st.none() | st.integers(0, 3))
    def an_order_moves_on(self, key, body):
        self.runner.run(self._publish(key, None if body is None else {"state": body}))

    # --- copies ---------------------------------------------------------------------------

    @precondition(lambda self: self.may_copy)
    @rule(data=st.data())
    def an_image_is_taken(self, data):
        home = self._any_home(data)
        self.image = self.folder / f"image-{self._mark()}.db"
        home.hub.image(self.image)
        self.image_of = Home("image", home.hub)
        self.image_of.copy_life(home)
        self.image_of.install = getattr(home, "install", "")

    @precondition(lambda self: hasattr(self, "image"))
    @rule(data=st.data())
    def an_image_is_restored(self, data):
        home = self._any_home(data)
        self.has_copies = True
        clock = home.hub.clock
        home.hub.close()
        path = self.folder / f"restored-{self._mark()}.db"
        shutil.copy(self.image, path)
        home.hub = SyncHub(path, clock)
        home.copy_life(self.image_of)
        home.install = self.image_of.install
        self.cursors[home.name] = {0}

    @precondition(lambda self: self.may_copy and len(self.homes) == 1)
    @rule(data=st.data())
    def the_card_is_cloned(self, data):
        home = self._any_home(data)
        self.has_copies = True
        path = self.folder / f"clone-{self._mark()}.db"
        home.hub.image(path)
        clock = ManualClock(home.hub.clock.now())
        clone = Home("B", SyncHub(path, clock))
        clone.copy_life(home)
        clone.install = getattr(home, "install", "")
        self.homes["B"] = clone

    # --- what must always hold ------------------------------------------------------------

    @invariant()
    def no_hub_has_a_hole_or_forgets_its_place(self):
        for home in self.homes.values():
            here = home.hub.read(lineage.position)
            rows = home.hub.read(
                lambda c: c.execute("SELECT seq, last FROM outbox ORDER BY seq").fetchall()
            )
            expected = here.acked + 1
            for row in rows:
                if row["seq"] > here.acked:
                    assert row["seq"] == expected
                    expected = row["last"] + 1
            assert expected == here.last + 1

    @invariant()
    def no_cursor_goes_back(self):
        """Unless the hub has marked a page to be looked at again."""
        for home in self.homes.values():
            cursor, recheck_from = home.hub.read(
                lambda c: c.execute("SELECT pull_cursor, recheck_from FROM sync").fetchone()
            )
            assert cursor >= min(self.cursors[home.name])
            self.cursors[home.name] = {cursor} | ({recheck_from} - {None})

    def teardown(self):
        try:
            if self.homes:
                self._make_peace()
                self.runner.run(self._reckon())
        finally:
            for home in self.homes.values():
                home.hub.close()
            self.runner.run(self.database.close())
            self.runner.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- the reckoning --------------------------------------------------------------------

    def _make_peace(self):
        """A fair line: whatever waits is sent and answered, and all news is fetched."""
        for _ in range(200):
            if not any(self._exchange(home) for home in self.homes.values()):
                break
        else:
            raise AssertionError("the hubs never came to rest")
        for home in self.homes.values():
            while self._catch_up(home):
                pass

    def _exchange(self, home) -> bool:
        self._pass(timedelta(seconds=1))
        hello = self.runner.run(self._hello(home))
        home.hub.write(lambda c: self._believe(c, hello))
        letter = home.hub.write(lambda c: self._letter(c, 50))
        if letter is None:
            return False
        request = Request.of(home, letter)
        answer = self.runner.run(self._take(request, dies=False))
        home.hub.write(lambda c: self._believe(c, answer))
        return True

    def _catch_up(self, home) -> bool:
        before = home.hub.read(arrivals.cursor)
        news = self.runner.run(self._news(home, limit=50))
        home.hub.write(lambda c: self._believe(c, news))
        return home.hub.read(arrivals.cursor) != before

    async def _reckon(self):
        async with self.database.reading() as connection:
            events = await self._rows(connection, "hub_events", "lineage_id, seq")
            lineages = await self._rows(connection, "hub_lineages", "id")
            rejects = await self._rows(connection, "event_rejects", "seq")
            orders = (await connection.execute(text("SELECT * FROM machine_orders"))).all()
            fields = await self._rows(connection, "shared_fields", "kind, key, field")
            held = await self._rows(connection, "cloud_documents", "kind, key")
        self._every_log_is_whole(lineages, events)
        self._every_fact_has_arrived(events)
        self._every_low_is_an_order(events, orders)
        self._documents_are_what_the_edits_make_them(events, rejects, fields)
        self._every_hub_holds_what_the_cloud_holds(fields, held)

    def _every_log_is_whole(self, lineages, events):
        assert self.has_copies or len(lineages) <= 1
        for each in lineages:
            log = [row for row in events if row.lineage_id == each.id]
            expected = 1
            for row in log:
                assert row.seq == expected
                expected = row.last + 1
            assert each.acked == expected - 1
            assert extend_all(GENESIS, [bytes(row.line) for row in log]) == bytes(each.chain)
            markers = [
                json.loads(bytes(row.line))["body"].get("rule_id")
                for row in log
                if row.kind == "rule.fired"
            ]
            assert len(markers) == len(set(markers))

    def _every_fact_has_arrived(self, events):
        arrived = {
            json.loads(bytes(row.line))["body"]["rule_id"]
            for row in events
            if row.kind == "rule.fired"
        }
        for home in self.homes.values():
            assert home.facts <= arrived

    def _every_low_is_an_order(self, events, orders):
        lows = {
            json.loads(bytes(row.line))["body"]["install_id"]
            for row in events
            if row.kind == "cartridge.running_low"
        }
        ordered = [row.install_id for row in orders]
        assert set(ordered) <= lows
        assert len(ordered) == len(set(ordered))
        if not self.has_copies:
            assert set(ordered) == lows

    def _documents_are_what_the_edits_make_them(self, events, rejects, fields):
        refused = {(row.lineage_id, row.seq) for row in rejects}
        expected: dict[tuple[str, str, str], Edit] = {}
        edits = list(self.cloud_edits)
        for row in events:
            if row.kind == "document.edit" and (row.lineage_id, row.seq) not in refused:
                body = json.loads(bytes(row.line))["body"]
                edit = Edit(json.dumps(body["value"]), body["stamp"], body["node"])
                edits.append(((body["kind"], body["key"], body["field"]), edit))
        for where, edit in edits:
            if edit.wins_over(expected.get(where)):
                expected[where] = edit
        stored = {
            (row.kind, row.key, row.field): Edit(row.value, row.stamp, row.node) for row in fields
        }
        assert stored == expected

    def _every_hub_holds_what_the_cloud_holds(self, fields, held):
        in_cloud = {(row.kind, row.key, row.field): row.value for row in fields}
        orders = {row.key: row.body for row in held if row.body is not None}
        for home in self.homes.values():
            rows = home.hub.read(lambda c: c.execute("SELECT * FROM shared_fields").fetchall())
            at_home = {(row["kind"], row["key"], row["field"]): row["value"] for row in rows}
            assert at_home == in_cloud
            assert home.hub.read(lambda c: documents.documents(c, "reorder")) == orders

    # --- small parts ----------------------------------------------------------------------

    def _any_home(self, data) -> Home:
        return self.homes[data.draw(st.sampled_from(sorted(self.homes)))]

    def _mark(self) -> str:
        self.marker += 1
        return f"m{self.marker}"

    def _pass(self, time):
        self.cloud_clock.step(time)
        for home in self.homes.values():
            home.hub.clock.step(time)

    def _add_home(self, name):
        hub = SyncHub(self.folder / f"{name}.db", ManualClock())
        self.homes[name] = Home(name, hub)
        self.homes[name].install = ""

    def _letter(self, connection, most, *, off_ms=0):
        server_ms = unix_ms(self.cloud_clock.now()) + off_ms
        return write_letter(connection, server_ms=server_ms, most_events=most)

    def _cartridge(self, home):
        level = LevelV1(
            remaining_ul=2_000,
            capacity_ul=30_000,
            error_ul=10,
            quality="measured",
            at=home.hub.clock.now(),
        )
        return {
            "slot": SlotV1(diffuser_id="d1"),
            "install_id": home.install,
            "cycle": home.cartridge,
            "level": level,
        }

    def _tell(self, home, kind, body):
        home.hub.write(lambda c: outbox.append(c, EventClass.CRITICAL, kind, 1, body))

    def _believe(self, connection, answer):
        if answer.kind == "ack":
            acked, chain = answer.content
            lineage.take_ack(connection, answer.lineage, acked, chain)
        elif answer.kind == "position":
            compare(connection, _Asked(answer.lineage, answer.confirmed), answer.content)
        elif answer.kind == "page":
            arrivals.apply_page(connection, answer.content)
        else:
            arrivals.apply_snapshot(connection, answer.content)

    async def _make_household(self):
        async with self.database.unit_of_work() as session:
            await session.execute(text(CREATE_ORDERS))
            await session.execute(text("DELETE FROM machine_orders"))
            await session.execute(text("DELETE FROM households"))
            household = Household(name="Home")
            session.add(household)
            await session.flush()
            hub = Hub(
                household_id=household.id,
                name="Hub",
                public_key=random.Random(self.runs).randbytes(32),
                software="",
                paired_at=self.cloud_clock.now(),
            )
            session.add(hub)
            await session.flush()
            return HubKey(household.id, hub.id)

    async def _order(self, session, event):
        await session.execute(
            text("INSERT INTO machine_orders VALUES (:s, :i) ON CONFLICT DO NOTHING"),
            {"s": event.slot_id, "i": event.cartridge_install_id},
        )

    async def _flag(self, _session, _event):
        assert self.has_copies, "a hub that was never copied was called a double"

    async def _take(self, request, *, dies):
        try:
            async with self.database.unit_of_work() as session:
                batch = unpack(request.body, "zstd")
                now = self.cloud_clock.now()
                where = await append(session, self.key, request.lineage, batch, now)
                if dies:
                    raise PowerCut
        except PowerCut:
            return None
        except PositionConflict as conflict:
            position = _Position(conflict.acked, conflict.chain.hex())
            return request.answered("position", position)
        return request.answered("ack", (where.acked, where.chain))

    async def _hello(self, home):
        own = home.hub.read(lineage.position)
        async with self.database.reading() as connection:
            held = await history.find_lineage(connection, self.key, own.lineage)
        position = _Position(held[0], held[1].hex()) if held else None
        return Answer(home.name, "position", own.lineage, own.acked, position)

    async def _news(self, home, limit):
        since = home.hub.read(arrivals.cursor)
        now = self.cloud_clock.now()
        household = self.key.household_id
        async with self.database.reading() as connection:
            try:
                page = await changes(connection, household, since=since, limit=limit, now=now)
            except CursorTooOld:
                everything = await snapshot(connection, household, now=now)
                return Answer(home.name, "snapshot", "", 0, everything)
        return Answer(home.name, "page", "", 0, page)

    async def _edit_in_account(self, key, name, value):
        async with self.database.unit_of_work() as session:
            await service.edit(
                session,
                self.key.household_id,
                ("rule", key),
                {name: value},
                now=self.cloud_clock.now(),
            )
            row = (
                await session.execute(
                    text(
                        "SELECT value, stamp, node FROM shared_fields WHERE household_id = :h"
                        " AND kind = 'rule' AND key = :k AND field = :f"
                    ),
                    {"h": self.key.household_id, "k": key, "f": name},
                )
            ).one()
            edit = Edit(row.value, row.stamp, row.node)
            assert edit.node == "cloud", "an edit made after seeing all others lost to one"
            self.cloud_edits.append((("rule", key, name), edit))

    async def _publish(self, key, body):
        async with self.database.unit_of_work() as session:
            await service.publish(session, self.key.household_id, "reorder", key, body)

    async def _rows(self, connection, table, order):
        found = await connection.execute(
            text(f"SELECT * FROM {table} WHERE household_id = :h ORDER BY {order}"),
            {"h": self.key.household_id},
        )
        return found.all()


@dataclass(frozen=True)
class _Asked:
    lineage: str
    acked: int


@dataclass(frozen=True)
class _Position:
    acked: int
    chain: str


@pytest.mark.timeout(600)
def test_the_protocol_holds_under_faults_in_any_order(database_url, tmp_path_factory, is_long_run):
    machine = type(
        "Machine", (SyncMachine,), {"url": database_url, "folder_factory": tmp_path_factory}
    )

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=400 if is_long_run else 25,
            stateful_step_count=60 if is_long_run else 40,
        ),
    )
