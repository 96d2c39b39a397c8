"""Forgetting the wishes of guests who do not come back, and watching the prices of the others."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.wishlists import restock
from cloud.wishlists.prices import watch_prices
from cloud.wishlists.service import forget_old


def register(jobs: JobRegistry) -> None:
    """Add the jobs of wishlists."""
    jobs.every(timedelta(days=1), "wishlists.forget_old", forget)
    jobs.every(timedelta(minutes=5), "wishlists.watch_prices", watch)


async def forget(session: AsyncSession, run: PeriodicRun) -> None:
    """Forget old wishes of guests, and questions that nobody answered."""
    await forget_old(session, run.now)
    await restock.forget_unconfirmed(session, run.now)


async def watch(session: AsyncSession, run: PeriodicRun) -> None:
    """Tell what became cheaper."""
    await watch_prices(session, run.now)
