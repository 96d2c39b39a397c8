"""The nightly look at the stock ledger, the forecasts, and the sweeping of old reservations."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.inventory import repository
from cloud.inventory.forecast import nightly
from cloud.inventory.forecast.fleet import Refills
from cloud.inventory.service import list_unexplained, watch

# A reservation ends by its time; its row is kept a while for whoever asks why.
_KEPT = timedelta(days=2)

_log = structlog.get_logger(__name__)


def register(jobs: JobRegistry, refills: Refills, clock: Clock) -> None:
    """Add the jobs of stock; `refills` tells what homes hold of the shop's bottles."""

    async def forecast_some(session: AsyncSession, variant_ids: list[int]) -> None:
        await nightly.forecast_some(session, refills, variant_ids, clock.now())

    jobs.on(nightly.SOME, forecast_some)
    jobs.every(timedelta(days=1), "inventory.forecast", hand_out)
    jobs.every(timedelta(hours=6), "inventory.sweep", sweep)
    jobs.every(timedelta(days=1), "inventory.check_ledger", check_ledger)
    jobs.every(timedelta(minutes=5), "inventory.watch", look)


async def hand_out(session: AsyncSession, run: PeriodicRun) -> None:
    """Have every bottle forecast."""
    await nightly.hand_out(session, run.now)


async def look(session: AsyncSession, run: PeriodicRun) -> None:
    """Tell what ran low and what came back."""
    await watch(session, run.now)


async def sweep(session: AsyncSession, run: PeriodicRun) -> None:
    """Remove the rows of reservations that ended two days ago or earlier."""
    await repository.delete_expired(session, run.now - _KEPT)


async def check_ledger(session: AsyncSession, _run: PeriodicRun) -> None:
    """Log every variant whose stock the movements do not explain."""
    for one in await list_unexplained(session):
        _log.error(
            "stock_unexplained",
            variant_id=one.variant_id,
            on_hand=one.on_hand,
            booked=one.booked,
        )
