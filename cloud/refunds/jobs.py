"""The jobs of refunds: send them, and ask about those that were never answered."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.payments.ports import PaymentGateway
from cloud.refunds import service

_EVERY = timedelta(hours=1)


def register(jobs: JobRegistry, gateway: PaymentGateway, clock: Clock) -> None:
    """Add the jobs of refunds to a worker."""

    async def send(database: Database, refund_id: int) -> None:
        await service.send_refund(database, gateway, refund_id, clock)

    async def ask_again(session: AsyncSession, run: PeriodicRun) -> None:
        await service.ask_again_about_unsettled(session, run.now)

    jobs.on_in_stages("refunds.send", send)
    jobs.every(_EVERY, "refunds.ask_again", ask_again)
