"""News inside the transaction that made it."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook, emit
from cloud.foundation.jobs.periodic import PeriodicSuccess

pytestmark = pytest.mark.needs_postgres


@dataclass(frozen=True)
class Happened:
    name: str


@dataclass(frozen=True)
class Followed:
    name: str


async def _record(session: AsyncSession, event: Happened) -> None:
    session.add(PeriodicSuccess(name=f"handled {event.name}"))


async def _refuse(session: AsyncSession, event: Happened) -> None:
    raise LookupError(event.name)


async def _stored(url: str) -> list[str]:
    database = Database(url)
    async with database.reading() as connection:
        names = await connection.scalars(text("SELECT name FROM periodic_successes ORDER BY name"))
        found = list(names)
    await database.close()
    return found


async def _emit(url: str, book: EventBook, event: object) -> None:
    database = Database(url, events=book)
    try:
        async with database.unit_of_work() as session:
            session.add(PeriodicSuccess(name="fact"))
            await emit(session, event)
    finally:
        await database.close()


async def test_a_handler_writes_in_the_same_transaction(database_url):
    await _emit(database_url, EventBook({Happened: [_record]}), Happened("x"))

    assert await _stored(database_url) == ["fact", "handled x"]


async def test_a_failing_handler_takes_the_fact_back(database_url):
    with pytest.raises(LookupError):
        await _emit(database_url, EventBook({Happened: [_record, _refuse]}), Happened("x"))

    assert await _stored(database_url) == []


async def test_handlers_run_in_the_listed_order_and_depth_first(database_url):
    seen: list[str] = []

    async def first(session: AsyncSession, event: Happened) -> None:
        seen.append("first")
        await emit(session, Followed(event.name))

    async def second(session: AsyncSession, event: Happened) -> None:
        seen.append("second")

    async def follower(session: AsyncSession, event: Followed) -> None:
        seen.append("follower")

    book = EventBook({Happened: [first, second], Followed: [follower]})
    await _emit(database_url, book, Happened("x"))

    assert seen == ["first", "follower", "second"]


async def test_a_handler_sees_what_was_pending(database_url):
    seen: list[str] = []

    async def look(session: AsyncSession, event: Happened) -> None:
        seen.extend(await session.scalars(select(PeriodicSuccess.name)))

    await _emit(database_url, EventBook({Happened: [look]}), Happened("x"))

    assert seen == ["fact"]


async def test_an_event_without_listeners_is_fine(database_url):
    await _emit(database_url, EventBook(), Happened("x"))

    assert await _stored(database_url) == ["fact"]


async def test_a_session_made_elsewhere_cannot_emit():
    with pytest.raises(TypeError, match="unit_of_work"):
        await emit(AsyncSession(), Happened("x"))
