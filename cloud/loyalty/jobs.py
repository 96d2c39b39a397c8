"""What time does to points: expiry and its notice, tiers, birthdays, friends' first orders.

And the nightly look at the points' ledger.
"""

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun, defer
from cloud.loyalty.repository import rewards
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service import birthdays, desk, referrals, warning
from cloud.loyalty.service.tier_editing import SETTLE_TIERS
from cloud.loyalty.service.tiers import settle_misplaced
from cloud.site.service import read_site

# One transaction holds no more locks than this; the rest waits for the next run.
_MOST = 500
# Orders are locked along, which others wait for.
_FEW = 50

_log = structlog.get_logger(__name__)


def register(jobs: JobRegistry, clock: Clock) -> None:
    """Add the jobs of points."""
    jobs.every(timedelta(minutes=10), "loyalty.write_off", write_off)
    jobs.every(timedelta(minutes=10), "loyalty.expire", expire)
    jobs.every(timedelta(minutes=10), "loyalty.warn", warn)
    jobs.every(timedelta(minutes=10), "loyalty.pay_referrals", pay_referrals)
    jobs.every(timedelta(hours=1), "loyalty.pay_birthdays", pay_birthdays)
    jobs.every(timedelta(hours=6), "loyalty.look_at_tiers", look_at_tiers)
    jobs.every(timedelta(days=1), "loyalty.check_ledger", check_ledger)
    jobs.on(SETTLE_TIERS, partial(settle_tiers, clock))


async def write_off(session: AsyncSession, run: PeriodicRun) -> None:
    """Write down what has expired; nobody could spend it any more."""
    await desk.write_off(session, run.now, most=_MOST)


async def warn(session: AsyncSession, run: PeriodicRun) -> None:
    """Tell members which points go soon, once for each earning and distance."""
    await warning.warn(session, run.now, most=_MOST)


async def pay_referrals(session: AsyncSession, run: PeriodicRun) -> None:
    """Give points for friends whose first order stays bought."""
    await referrals.pay_due(session, run.now, most=_FEW)


async def pay_birthdays(session: AsyncSession, run: PeriodicRun) -> None:
    """Give points to whoever has their birthday, once a year."""
    site = await read_site(session)
    await birthdays.pay_birthdays(session, run.now, site.time_zone)


async def look_at_tiers(session: AsyncSession, _run: PeriodicRun) -> None:
    """Let members leave a tier whose points ceased to count."""
    await defer(session, SETTLE_TIERS)


async def settle_tiers(clock: Clock, session: AsyncSession) -> None:
    """Put members where their points reach, some at a time; the next job does the rest."""
    if await settle_misplaced(session, clock.now(), most=_MOST):
        await defer(session, SETTLE_TIERS)


async def expire(session: AsyncSession, run: PeriodicRun) -> None:
    """Write down which taken rewards were not used in time; no checkout takes them any more."""
    await rewards.expire(session, run.now)


async def check_ledger(session: AsyncSession, _run: PeriodicRun) -> None:
    """Log every account that its entries or its lots contradict."""
    for one in await list_unexplained(session):
        _log.error(
            "points_unexplained",
            user_id=one.user_id,
            balance=one.balance,
            debt=one.debt,
            booked=one.booked,
            in_lots=one.in_lots,
        )
