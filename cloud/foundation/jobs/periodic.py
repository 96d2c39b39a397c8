"""Periodic jobs by level, not by tick: due is whatever has not succeeded for its interval."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base
from cloud.foundation.jobs.queue import defer
from cloud.foundation.jobs.registry import Periodic, PeriodicRun


class PeriodicSuccess(Base):
    """When each periodic job last succeeded; no row, or no moment, means never.

    `every_s` is its pace in seconds as a worker last knew it, for people to see when it is due.
    """

    __tablename__ = "periodic_successes"

    name: Mapped[str] = mapped_column(primary_key=True)
    succeeded_at: Mapped[datetime | None]
    every_s: Mapped[int | None]


async def defer_due(session: AsyncSession, jobs: Iterable[Periodic], now: datetime) -> None:
    """Enqueue every periodic job that is due at `now` and does not wait already."""
    found = await session.execute(select(PeriodicSuccess.name, PeriodicSuccess.succeeded_at))
    succeeded = {row.name: row.succeeded_at for row in found}
    for job in jobs:
        if _is_due(job, succeeded.get(job.name), now):
            key = f"periodic:{job.name}"
            await defer(session, job.name, queueing_lock=key, lock=key)


async def tell_paces(session: AsyncSession, jobs: Iterable[Periodic]) -> None:
    """Write down how often each job comes round; a pace that is known already is left alone."""
    paces = [{"name": job.name, "every_s": int(job.every.total_seconds())} for job in jobs]
    if not paces:
        return
    fresh = insert(PeriodicSuccess).values(paces)
    await session.execute(
        fresh.on_conflict_do_update(
            index_elements=["name"],
            set_={"every_s": fresh.excluded.every_s},
            where=PeriodicSuccess.every_s.is_distinct_from(fresh.excluded.every_s),
        )
    )


async def run_periodic(session: AsyncSession, job: Periodic, now: datetime) -> None:
    """Run a periodic job if it is (still) due, and store its success in the same transaction.

    The row lock makes a second worker wait and then find that nothing is due any more.
    """
    await session.execute(insert(PeriodicSuccess).values(name=job.name).on_conflict_do_nothing())
    row = (
        await session.execute(
            select(PeriodicSuccess).where(PeriodicSuccess.name == job.name).with_for_update()
        )
    ).scalar_one()
    if not _is_due(job, row.succeeded_at, now):
        return
    await job.handler(session, PeriodicRun(now=now, since=row.succeeded_at))
    row.succeeded_at = now


def _is_due(job: Periodic, succeeded_at: datetime | None, now: datetime) -> bool:
    return succeeded_at is None or succeeded_at + job.every <= now
