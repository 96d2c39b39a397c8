"""The job of drafts: their quiet end."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.drafts import service
from cloud.foundation.jobs import JobRegistry, PeriodicRun

# So the list of drafts tells soon what is over.
_EVERY = timedelta(minutes=10)


def register(jobs: JobRegistry) -> None:
    """Add the job of drafts to a worker."""
    jobs.every(_EVERY, "drafts.expire", _expire)


async def _expire(session: AsyncSession, run: PeriodicRun) -> None:
    await service.expire_due(session, run.now)
