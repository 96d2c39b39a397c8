"""The jobs of figures."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.analytics import counting
from cloud.foundation.jobs import JobRegistry, PeriodicRun


def register(jobs: JobRegistry) -> None:
    """Add the jobs of figures to a worker."""
    jobs.every(timedelta(minutes=5), "analytics.count_changes", count_changes)
    jobs.every(timedelta(days=1), "analytics.count_all", count_all)


async def count_changes(session: AsyncSession, run: PeriodicRun) -> None:
    """Count what changed."""
    await counting.count_changes(session, run.now, run.since)


async def count_all(session: AsyncSession, run: PeriodicRun) -> None:
    """Count everything anew."""
    await counting.count_all(session, run.now)
