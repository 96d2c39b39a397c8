"""The newsletter's work in the background."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import JobRegistry, PeriodicRun, Retry
from cloud.newsletter import repository
from cloud.newsletter.service.sending import MAIL_SAMPLE, SEND_BATCH, Press, begin_due
from cloud.newsletter.service.subscribing import MAIL_CONFIRMATION, UNPROVEN_KEPT


def register(jobs: JobRegistry, press: Press) -> None:
    """Add the jobs of the newsletter."""
    jobs.on_in_stages(MAIL_CONFIRMATION, press.mail_confirmation, retry=Retry(attempts=8))
    jobs.on_in_stages(MAIL_SAMPLE, press.mail_sample, retry=Retry(attempts=3))
    jobs.on_in_stages(SEND_BATCH, press.send_batch)
    jobs.every(timedelta(minutes=1), "newsletter.begin", begin)
    jobs.every(timedelta(days=1), "newsletter.forget", forget)


async def begin(session: AsyncSession, run: PeriodicRun) -> None:
    """Begin the issues whose time has come."""
    await begin_due(session, run.now)


async def forget(session: AsyncSession, run: PeriodicRun) -> None:
    """Forget addresses that were never confirmed."""
    await repository.forget_unproven(session, run.now - UNPROVEN_KEPT)
