"""The jobs of sold gift cards: each goes out at its time."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.gifts import service

_EVERY = timedelta(minutes=5)


def register(jobs: JobRegistry, clock: Clock) -> None:
    """Add the jobs of sold gift cards to a worker."""

    async def send(session: AsyncSession, gift_id: int) -> None:
        await service.send_due(session, gift_id, clock.now())

    async def find_due(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_due(session, run.now)

    jobs.on("gifts.send", send)
    jobs.every(_EVERY, "gifts.find_due", find_due)
