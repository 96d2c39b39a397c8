"""The jobs of reorders."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.reorders import service
from cloud.reorders.cases import Mode
from cloud.reorders.service import Desk

_DUE_EVERY = timedelta(seconds=10)
_TELL_EVERY = timedelta(minutes=15)
_CHECK_EVERY = timedelta(hours=1)


def register(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    """Add the jobs of reorders to a worker."""

    async def evaluate(session: AsyncSession, reorder_id: int) -> None:
        await service.evaluate(session, desk, reorder_id, clock.now())

    async def end_window(session: AsyncSession, reorder_id: int) -> None:
        await service.end_window(session, desk, reorder_id, clock.now())

    async def expire(session: AsyncSession, reorder_id: int) -> None:
        await service.expire_proposal(session, desk, reorder_id, clock.now())

    async def note_fitted(
        session: AsyncSession, household_id: int, slot_id: int, install_id: str, fitted_at: str
    ) -> None:
        moment = datetime.fromisoformat(fitted_at)
        await service.note_fitted(
            session, desk, household_id, slot_id, install_id, moment, clock.now()
        )

    async def freeze_hub(session: AsyncSession, household_id: int, hub_id: int) -> None:
        await service.freeze_hub(session, desk, household_id, hub_id, clock.now())

    async def set_mode(session: AsyncSession, household_id: int, slot_id: int, mode: str) -> None:
        now = clock.now()
        await service.set_mode(session, desk, household_id, slot_id, Mode(mode), now)

    async def find_due(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_due(session, desk, run.now)

    async def check(session: AsyncSession, run: PeriodicRun) -> None:
        await service.check(session, desk, run.now)

    jobs.on("reorders.evaluate", evaluate)
    jobs.on("reorders.end_window", end_window)
    jobs.on("reorders.expire", expire)
    jobs.on("reorders.note_fitted", note_fitted)
    jobs.on("reorders.freeze_hub", freeze_hub)
    jobs.on("reorders.set_mode", set_mode)
    jobs.every(_DUE_EVERY, "reorders.find_due", find_due)
    jobs.every(_CHECK_EVERY, "reorders.check", check)
    _register_telling(jobs, desk, clock)


def _register_telling(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    async def tell_products(session: AsyncSession, household_id: int) -> None:
        await service.tell_products(session, desk.links, household_id, clock.now())

    async def tell_changed(session: AsyncSession, run: PeriodicRun) -> None:
        await service.tell_changed(session, run.since, run.now)

    jobs.on("reorders.tell_products", tell_products)
    jobs.every(_TELL_EVERY, "reorders.tell_changed", tell_changed)
