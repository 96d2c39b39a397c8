"""The jobs of checkout: end orders that nobody paid, tell of payments that were refused."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service
from cloud.foundation.clock import Clock
from cloud.foundation.jobs import JobRegistry, PeriodicRun

_EVERY = timedelta(minutes=1)


def register(jobs: JobRegistry, clock: Clock) -> None:
    """Add the jobs of checkout to a worker."""

    async def end_unpaid(session: AsyncSession, order_id: int) -> None:
        await service.end_unpaid(session, order_id, clock.now())

    async def find_unpaid(session: AsyncSession, run: PeriodicRun) -> None:
        await service.end_unpaid_orders(session, run.now)

    async def tell_refused(session: AsyncSession, order_id: int, payment_id: int) -> None:
        await service.tell_refused(session, order_id, payment_id, clock.now())

    async def find_refused(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_refused(session, run.now)

    jobs.on("checkout.end_unpaid", end_unpaid)
    jobs.on("checkout.tell_refused", tell_refused)
    jobs.every(_EVERY, "checkout.find_refused", find_refused)
    jobs.on("checkout.empty_cart", service.empty_cart)
    jobs.every(_EVERY, "checkout.find_unpaid", find_unpaid)
