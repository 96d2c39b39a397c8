"""The jobs of orders: the quiet end of delivered ones."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.orders import service

_EVERY = timedelta(hours=1)


def register(jobs: JobRegistry) -> None:
    """Add the jobs of orders to a worker."""
    jobs.every(_EVERY, "orders.complete_delivered", _complete_delivered)


async def _complete_delivered(session: AsyncSession, run: PeriodicRun) -> None:
    await service.complete_delivered(session, run.now)
