"""The nightly look at the gift cards' ledger, and the sweeping of holds nobody will miss."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.repository.gift_cards import delete_lapsed
from cloud.discounts.service import list_unexplained
from cloud.foundation.jobs import JobRegistry, PeriodicRun

# A hold ends by its time; its row is kept for payments that come late, and who asks why.
_KEPT = timedelta(days=30)

_log = structlog.get_logger(__name__)


def register(jobs: JobRegistry) -> None:
    """Add the jobs of discounts."""
    jobs.every(timedelta(days=1), "discounts.sweep", sweep)
    jobs.every(timedelta(days=1), "discounts.check_ledger", check_ledger)


async def sweep(session: AsyncSession, run: PeriodicRun) -> None:
    """Remove the holds that ended thirty days ago or earlier."""
    await delete_lapsed(session, run.now - _KEPT)


async def check_ledger(session: AsyncSession, _run: PeriodicRun) -> None:
    """Log every gift card whose balance its entries do not explain."""
    for one in await list_unexplained(session):
        _log.error(
            "gift_card_unexplained",
            gift_card_id=one.card_id,
            balance_minor=one.balance_minor,
            booked_minor=one.booked_minor,
        )
