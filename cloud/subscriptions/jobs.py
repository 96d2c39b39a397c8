"""The jobs of subscriptions."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.subscriptions import service
from cloud.subscriptions.service import Desk

_DUE_EVERY = timedelta(seconds=30)
_RELEASE_EVERY = timedelta(minutes=15)


def register(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    """Add the jobs of subscriptions to a worker."""

    async def attend(session: AsyncSession, subscription_id: int) -> None:
        await service.attend(session, desk, subscription_id, clock.now())

    async def hold(session: AsyncSession, order_id: int) -> None:
        await service.hold_parcel(session, order_id, clock.now())

    async def find_due(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_due(session, run.now)

    async def release_parcel(session: AsyncSession, order_id: int) -> None:
        await service.release_parcel(session, order_id, clock.now())

    async def release(session: AsyncSession, run: PeriodicRun) -> None:
        await service.defer_releases(session, run.now)

    jobs.on("subscriptions.attend", attend)
    jobs.on("subscriptions.hold", hold)
    jobs.on("subscriptions.release_parcel", release_parcel)
    jobs.every(_DUE_EVERY, "subscriptions.find_due", find_due)
    jobs.every(_RELEASE_EVERY, "subscriptions.release", release)
