"""Telling of carts that were left, and forgetting those of guests who do not come back."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import consents, left_carts
from cloud.carts.left_carts import LeftCarts
from cloud.carts.service import forget_old
from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun, defer

_TELL_LEFT = "carts.tell_left"
_EVERY = timedelta(minutes=15)


def register(jobs: JobRegistry, left: LeftCarts, clock: Clock) -> None:
    """Add the jobs of carts."""

    async def tell_left(session: AsyncSession, after: int) -> None:
        onward = await left.tell_batch(session, clock.now(), after)
        if onward is not None:
            await defer(session, _TELL_LEFT, after=onward)

    async def find_left(session: AsyncSession, _run: PeriodicRun) -> None:
        await tell_left(session, 0)

    jobs.on(_TELL_LEFT, tell_left)
    jobs.every(_EVERY, "carts.find_left", find_left)
    jobs.every(timedelta(days=1), "carts.forget_old", forget)


async def forget(session: AsyncSession, run: PeriodicRun) -> None:
    """Forget guests' carts that nobody changed for 30 days, and who was told of a cart then."""
    await forget_old(session, run.now)
    await consents.forget_old(session, run.now)
    await left_carts.forget_old(session, run.now)
