"""Background work of the foundation itself."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.foundation.rate_limits import sweep_rate_limits
from cloud.foundation.repeats import sweep_kept_answers


async def _tidy(session: AsyncSession, run: PeriodicRun) -> None:
    await sweep_rate_limits(session, run.now)
    await sweep_kept_answers(session, run.now)


def register(jobs: JobRegistry) -> None:
    """Add the foundation's own jobs."""
    jobs.every(timedelta(hours=1), "foundation.tidy", _tidy)
