"""The space of the outbox, looked after while anything is written."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.contracts.bodies import DiffuserSeenV1, EventClass
from scentd.store import outbox, room
from scentd.store.keeper import LOOK_EVERY_S, OutboxKeeper
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import WatchedDatabase


@pytest.fixture
async def kept(tmp_path: Path, clock: ManualClock) -> AsyncIterator[WatchedDatabase]:
    """A hub's database with a keeper that leaves no room for what may be dropped."""
    database = WatchedDatabase(tmp_path / "hub.db", clock)
    clock.settle = database.settle
    await database.open()
    keeping = asyncio.ensure_future(OutboxKeeper(database, clock, budget_bytes=0).run())
    await clock.advance(0)
    yield database
    keeping.cancel()
    await asyncio.wait([keeping])
    await database.close()


async def test_what_may_be_lost_makes_room_within_a_minute(
    kept: WatchedDatabase, clock: ManualClock
) -> None:
    body = DiffuserSeenV1(diffuser_id="lamp", dialect="native", name="Lamp")
    await kept.write(lambda c: outbox.append(c, EventClass.DEBUG, "x", 1, body))

    await clock.advance(LOOK_EVERY_S)

    assert await kept.read(room.dropped_events) == 1


async def test_nothing_is_written_while_the_hub_rests(
    kept: WatchedDatabase, clock: ManualClock
) -> None:
    await clock.advance(LOOK_EVERY_S)
    commits: list[None] = []
    kept.on_commit(lambda: commits.append(None))

    await clock.advance(60 * LOOK_EVERY_S)

    assert not commits
