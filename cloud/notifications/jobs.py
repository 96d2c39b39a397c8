"""The jobs of notifications: send mails, and find those that got stuck."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry, PeriodicRun
from cloud.foundation.jobs.registry import UnitHandler
from cloud.notifications import service
from cloud.notifications.service import MailRoom

_EVERY = timedelta(hours=1)


def register(jobs: JobRegistry, room: MailRoom, confirm: UnitHandler, clock: Clock) -> None:
    """Add the jobs of notifications to a worker; `confirm` tells that an order is paid."""

    async def send_mail(database: Database, notification_id: int) -> None:
        await service.send_mail(database, room, notification_id, clock)

    async def find_stuck(session: AsyncSession, run: PeriodicRun) -> None:
        await service.find_stuck(session, run.now)

    jobs.on(service.CONFIRM, confirm)
    jobs.on_in_stages("notifications.send_mail", send_mail)
    jobs.every(_EVERY, "notifications.find_stuck", find_stuck)
