"""Sending the mail of a notification: claimed before it goes out, so that it never goes twice.

A worker killed between the mail server's yes and our note leaves the mail claimed. It is not sent
again by itself, because a second mail annoys and the news stands in the account anyway; staff are
told and can send it again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.returning import note_mailed
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import NotFound
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.mail import MailNotSent
from cloud.notifications import repository
from cloud.notifications.kinds import MailStage
from cloud.notifications.models import Notification
from cloud.notifications.service.cart_news import left_cart_of
from cloud.notifications.service.mail_room import MailRoom, write_mail
from cloud.notifications.service.wanting import wants_mail
from cloud.payments.events import AttentionNeeded

# The slowest mail server is heard of within minutes.
_UNCERTAIN_AFTER = timedelta(hours=1)
_LOST_AFTER = timedelta(hours=12)


class MailNotFound(NotFound):
    """The notification has no mail."""

    code = "mail_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such mail.", hint="Look at the notification instead.")


async def send_mail(database: Database, room: MailRoom, notification_id: int, clock: Clock) -> None:
    """Send the mail of a notification, at most once; raises MailNotSent to be tried again."""
    notification = await _claimed(database, room, notification_id, clock.now())
    if notification is None:
        return
    message = write_mail(room, notification, await room.site.facts())
    try:
        await room.mailer.send(message)
    except MailNotSent as error:
        stage = MailStage.WAITING if error.is_temporary else MailStage.REFUSED
        await _note(database, notification_id, {"stage": stage, "problem": str(error)[:500]})
        if error.is_temporary:
            raise
        return
    sent = {"stage": MailStage.SENT, "sent_at": clock.now()}
    await _note(database, notification_id, sent, left_cart_id=left_cart_of(notification))


async def _claimed(
    database: Database, room: MailRoom, notification_id: int, now: datetime
) -> Notification | None:
    async with database.unit_of_work() as session:
        mail = await repository.mail_locked(session, notification_id)
        if mail is None or mail.stage is not MailStage.WAITING:
            return None
        notification = await repository.fetch(session, notification_id)
        # Its reader may have left since the job was made.
        if notification is None or not await _is_due(session, room, notification, now):
            mail.stage = MailStage.UNWANTED
            return None
        mail.stage = MailStage.CLAIMED
        mail.claimed_at = now
        mail.attempts += 1
        return notification


async def _is_due(
    session: AsyncSession, room: MailRoom, notification: Notification, now: datetime
) -> bool:
    """Tell whether a mail is wanted, and what it reminds of is still to be done."""
    if not await wants_mail(session, notification):
        return False
    left_cart_id = left_cart_of(notification)
    return left_cart_id is None or await room.left_carts.is_left(session, left_cart_id, now)


async def _note(
    database: Database,
    notification_id: int,
    fields: Mapping[str, Any],
    *,
    left_cart_id: int | None = None,
) -> None:
    async with database.unit_of_work() as session:
        mail = await repository.mail_locked(session, notification_id)
        if mail is None:
            return
        for name, value in fields.items():
            setattr(mail, name, value)
        if left_cart_id is not None and mail.sent_at is not None:
            await note_mailed(session, left_cart_id, mail.sent_at)


async def resend_mail(session: AsyncSession, notification_id: int) -> None:
    """Send a mail again because a member of staff says so; MailNotFound."""
    mail = await repository.mail_locked(session, notification_id)
    if mail is None:
        raise MailNotFound
    mail.stage = MailStage.WAITING
    mail.sent_at = None
    await session.flush()
    await defer(session, "notifications.send_mail", notification_id=notification_id)


async def find_stuck(session: AsyncSession, now: datetime) -> None:
    """Tell staff of mails that may not have gone out, and take up those whose job was lost."""
    for notification_id in await repository.uncertain_mails(session, now - _UNCERTAIN_AFTER):
        await emit(
            session,
            AttentionNeeded(
                key=f"mail:{notification_id}:uncertain",
                subject=f"Mail {notification_id} may not have gone out",
                detail="The worker ended while it was being sent. Send it again if it matters.",
                at=now,
            ),
        )
    for notification_id in await repository.waiting_mails(session, now - _LOST_AFTER):
        await defer(
            session,
            "notifications.send_mail",
            queueing_lock=f"notifications.send_mail:{notification_id}",
            notification_id=notification_id,
        )
