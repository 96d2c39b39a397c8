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
    """When each periodic job last succeeded; no row means never."""

    __tablename__ = "periodic_successes"

    name: Mapped[str] = mapped_column(primary_key=True)
    succeeded_at: Mapped[datetime | None]


async def defer_due(session: AsyncSession, jobs: Iterable[Periodic], now: datetime) -> None:
    """Enqueue every periodic job that is due at `now` and does not wait already."""
    found = await session.execute(select(PeriodicSuccess.name, PeriodicSuccess.succeeded_at))
    succeeded = {row.name: row.succeeded_at for row in found}
    for job in jobs:
        if _is_due(job, succeeded.get(job.name), now):
            key = f"periodic:{job.name}"
            await defer(session, job.name, queueing_lock=key, lock=key)


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
