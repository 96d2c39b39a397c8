"""The jobs of disputes: send evidence, remind staff."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import service
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.payments.ports import PaymentGateway

_EVERY = timedelta(hours=1)


def register(jobs: JobRegistry, gateway: PaymentGateway, clock: Clock) -> None:
    """Add the jobs of disputes to a worker."""

    async def send(database: Database, dispute_id: int) -> None:
        await service.send_evidence(database, gateway, dispute_id, clock)

    async def remind(session: AsyncSession, run: PeriodicRun) -> None:
        await service.remind(session, run.now)

    jobs.on_in_stages("disputes.send_evidence", send)
    jobs.every(_EVERY, "disputes.remind", remind)
