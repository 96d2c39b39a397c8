"""The jobs of campaigns: begin those whose time has come, and tell a batch."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.notifications.service.campaigns import TELL_BATCH, Campaigns


def register(jobs: JobRegistry, campaigns: Campaigns) -> None:
    """Add the jobs of campaigns."""

    async def begin_due(session: AsyncSession, run: PeriodicRun) -> None:
        await campaigns.begin_due(session, run.now)

    jobs.on(TELL_BATCH, campaigns.tell_batch)
    jobs.every(timedelta(minutes=1), "notifications.begin_campaigns", begin_due)
