"""The nightly look at the stock ledger, and the sweeping of reservations nobody will miss."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.inventory import repository
from cloud.inventory.service import list_unexplained

# A reservation ends by its time; its row is kept a while for whoever asks why.
_KEPT = timedelta(days=2)

_log = structlog.get_logger(__name__)


def register(jobs: JobRegistry) -> None:
    """Add the jobs of stock."""
    jobs.every(timedelta(hours=6), "inventory.sweep", sweep)
    jobs.every(timedelta(days=1), "inventory.check_ledger", check_ledger)


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
