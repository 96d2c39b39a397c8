"""The jobs of payments: send charges, close pages, work on events, catch up with the provider."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun, defer
from cloud.payments import service
from cloud.payments.ports import PaymentGateway
from cloud.payments.service.cards import FORGET_CUSTOMER

# A lost webhook costs an hour at most.
_CATCH_UP_EVERY = timedelta(hours=1)
_FIRST_LOOK_BACK = timedelta(days=3)


def register(jobs: JobRegistry, gateway: PaymentGateway, clock: Clock) -> None:
    """Add the jobs of payments to a worker."""

    async def charge(database: Database, payment_id: int) -> None:
        await service.charge_saved_card(database, gateway, payment_id, clock)

    async def close(database: Database, payment_id: int) -> None:
        await service.close_attempt(database, gateway, payment_id, clock)

    async def apply_event(database: Database, event_id: str) -> None:
        await service.apply_event(database, gateway, event_id, clock)

    async def forget_card(_database: Database, method_id: str) -> None:
        await gateway.forget_card(method_id)

    async def forget_customer(_database: Database, customer_id: str, method_ids: list[str]) -> None:
        for method_id in method_ids:
            await gateway.forget_card(method_id)
        await gateway.forget_customer(customer_id)

    async def catch_up(database: Database, since_s: float) -> None:
        since = clock.now() - timedelta(seconds=since_s)
        await service.catch_up(database, gateway, since, clock)

    jobs.on_in_stages("payments.charge", charge)
    jobs.on_in_stages("payments.close", close)
    jobs.on_in_stages("payments.apply_event", apply_event)
    jobs.on_in_stages("payments.forget_card", forget_card)
    jobs.on_in_stages(FORGET_CUSTOMER, forget_customer)
    jobs.on_in_stages("payments.catch_up", catch_up)
    jobs.every(_CATCH_UP_EVERY, "payments.start_catching_up", _start_catching_up)


async def _start_catching_up(session: AsyncSession, run: PeriodicRun) -> None:
    behind = _FIRST_LOOK_BACK if run.since is None else run.now - run.since
    await defer(
        session,
        "payments.catch_up",
        queueing_lock="payments.catch_up",
        since_s=behind.total_seconds(),
    )
