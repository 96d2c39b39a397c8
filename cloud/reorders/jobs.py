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
_FULL_EVERY = timedelta(hours=6)


def register(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    """Add the jobs of reorders to a worker."""

    async def evaluate(session: AsyncSession, reorder_id: int) -> None:
        await service.evaluate(session, desk, reorder_id, clock.now())

    async def end_window(session: AsyncSession, reorder_id: int) -> None:
        await service.end_window(session, desk, reorder_id, clock.now())

    async def expire(session: AsyncSession, reorder_id: int) -> None:
        await service.expire_proposal(session, desk, reorder_id, clock.now())

    async def take_report(
        session: AsyncSession, reorder_id: int, report: dict[str, object], low_at: str
    ) -> None:
        moment = datetime.fromisoformat(low_at)
        await service.take_report(session, desk, reorder_id, report, moment, clock.now())

    async def find_due(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_due(session, desk, run.now)

    async def check(session: AsyncSession, run: PeriodicRun) -> None:
        await service.check(session, desk, run.now)

    jobs.on("reorders.evaluate", evaluate)
    jobs.on("reorders.end_window", end_window)
    jobs.on("reorders.expire", expire)
    jobs.on("reorders.take_report", take_report)
    jobs.every(_DUE_EVERY, "reorders.find_due", find_due)
    jobs.every(_CHECK_EVERY, "reorders.check", check)
    _register_household(jobs, desk, clock)
    _register_aftermath(jobs, desk, clock)
    _register_telling(jobs, desk, clock)


def _register_household(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    async def note_fitted(
        session: AsyncSession, household_id: int, slot_id: int, install_id: str, fitted_at: str
    ) -> None:
        moment = datetime.fromisoformat(fitted_at)
        await service.note_fitted(
            session, desk, household_id, slot_id, install_id, moment, clock.now()
        )

    async def freeze_hub(session: AsyncSession, household_id: int, hub_id: int) -> None:
        await service.freeze_hub(session, desk, household_id, hub_id, clock.now())

    async def freeze_slot(session: AsyncSession, household_id: int, slot_id: int) -> None:
        await service.freeze_slot(session, desk, household_id, slot_id, clock.now())

    async def look_at_slot(session: AsyncSession, household_id: int, slot_id: int) -> None:
        await service.look_at_slot(session, household_id, slot_id, clock.now())

    async def let_go(session: AsyncSession, household_id: int) -> None:
        await service.let_go(session, desk, household_id, clock.now())

    async def set_mode(session: AsyncSession, household_id: int, slot_id: int, mode: str) -> None:
        now = clock.now()
        await service.set_mode_at_home(session, desk, household_id, slot_id, Mode(mode), now)

    jobs.on("reorders.note_fitted", note_fitted)
    jobs.on("reorders.freeze_hub", freeze_hub)
    jobs.on("reorders.freeze_slot", freeze_slot)
    jobs.on("reorders.let_go", let_go)
    jobs.on("reorders.look_at_slot", look_at_slot)
    jobs.on("reorders.set_mode", set_mode)


def _register_aftermath(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    async def ask_refill(session: AsyncSession, reorder_id: int) -> None:
        await service.ask_refill(session, reorder_id, clock.now())

    async def walk_test(session: AsyncSession, reorder_id: int) -> None:
        await service.walk_test(session, reorder_id, clock.now())

    async def look_after_claim(session: AsyncSession, reorder_id: int) -> None:
        await service.look_after_claim(session, desk, reorder_id, clock.now())

    async def push_back(
        session: AsyncSession, household_id: int, slot_id: int, subscription_id: int
    ) -> None:
        await service.push_back(session, household_id, slot_id, subscription_id, clock.now())

    async def find_full(session: AsyncSession, run: PeriodicRun) -> None:
        await service.defer_push_backs(session, run.now)

    jobs.on("reorders.look_after_claim", look_after_claim)
    jobs.on("reorders.push_back", push_back)
    jobs.every(_FULL_EVERY, "reorders.find_full", find_full)
    jobs.on("reorders.ask_refill", ask_refill)
    jobs.on("reorders.walk_test", walk_test)


def _register_telling(jobs: JobRegistry, desk: Desk, clock: Clock) -> None:
    async def tell_products(session: AsyncSession, household_id: int) -> None:
        await service.tell_products(session, desk.links, household_id, clock.now())

    async def tell_changed(session: AsyncSession, run: PeriodicRun) -> None:
        await service.tell_changed(session, run.since, run.now)

    jobs.on("reorders.tell_products", tell_products)
    jobs.every(_TELL_EVERY, "reorders.tell_changed", tell_changed)
