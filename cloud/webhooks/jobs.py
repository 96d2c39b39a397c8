"""The jobs of webhooks: try deliveries, try them again, forget old ones."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.webhooks import repository
from cloud.webhooks.service.sending import KEPT, Courier
from cloud.webhooks.service.telling import SEND

_LOOK_EVERY = timedelta(seconds=5)


def register(jobs: JobRegistry, courier: Courier) -> None:
    """Add the jobs of webhooks to a worker."""

    async def send_due(session: AsyncSession, run: PeriodicRun) -> None:
        await courier.send_due(session, run.now)

    async def forget(session: AsyncSession, run: PeriodicRun) -> None:
        await repository.forget_news(session, run.now - KEPT)

    jobs.on_in_stages(SEND, courier.send)
    jobs.every(_LOOK_EVERY, "webhooks.send_due", send_due)
    jobs.every(timedelta(days=1), "webhooks.forget", forget)
