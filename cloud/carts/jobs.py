"""Forgetting the carts of guests who do not come back."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.service import forget_old
from cloud.foundation.jobs import JobRegistry, PeriodicRun


def register(jobs: JobRegistry) -> None:
    """Add the jobs of carts."""
    jobs.every(timedelta(days=1), "carts.forget_old", forget)


async def forget(session: AsyncSession, run: PeriodicRun) -> None:
    """Forget guests' carts that nobody changed for 30 days."""
    await forget_old(session, run.now)
