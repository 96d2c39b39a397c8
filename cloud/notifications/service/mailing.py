"""Sending the mail of a notification: claimed before it goes out, so that it never goes twice.

A worker killed between the mail server's yes and our note leaves the mail claimed. It is not sent
again by itself, because a second mail annoys and the news stands in the account anyway; staff are
told and can send it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import NotFound
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.letters import Letters
from cloud.foundation.mail import Mailer, MailNotSent, Message, sender_domain
from cloud.foundation.site_facts import SiteFactsSource
from cloud.notifications import repository
from cloud.notifications.kinds import MailStage
from cloud.notifications.models import Notification
from cloud.notifications.texts import Texts
from cloud.payments.events import AttentionNeeded

_TEMPLATE = "notifications/notice"
# The slowest mail server is heard of within minutes.
_UNCERTAIN_AFTER = timedelta(hours=1)
_LOST_AFTER = timedelta(hours=12)


class MailNotFound(NotFound):
    """The notification has no mail."""

    code = "mail_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such mail.", hint="Look at the notification instead.")


@dataclass(frozen=True, slots=True)
class MailRoom:
    """What it takes to write a mail and hand it over. `sender` is the From line."""

    mailer: Mailer
    letters: Letters
    texts: Texts
    site: SiteFactsSource
    sender: str


async def send_mail(database: Database, room: MailRoom, notification_id: int, clock: Clock) -> None:
    """Send the mail of a notification, at most once; raises MailNotSent to be tried again."""
    notification = await _claimed(database, notification_id, clock.now())
    if notification is None:
        return
    message = _written(room, notification, (await room.site.facts()).name)
    try:
        await room.mailer.send(message)
    except MailNotSent as error:
        stage = MailStage.WAITING if error.is_temporary else MailStage.REFUSED
        await _note(database, notification_id, {"stage": stage, "problem": str(error)[:500]})
        if error.is_temporary:
            raise
        return
    await _note(database, notification_id, {"stage": MailStage.SENT, "sent_at": clock.now()})


async def _claimed(database: Database, notification_id: int, now: datetime) -> Notification | None:
    async with database.unit_of_work() as session:
        mail = await repository.mail_locked(session, notification_id)
        if mail is None or mail.stage is not MailStage.WAITING:
            return None
        mail.stage = MailStage.CLAIMED
        mail.claimed_at = now
        mail.attempts += 1
        return await repository.fetch(session, notification_id)


async def _note(database: Database, notification_id: int, fields: Mapping[str, Any]) -> None:
    async with database.unit_of_work() as session:
        mail = await repository.mail_locked(session, notification_id)
        if mail is None:
            return
        for name, value in fields.items():
            setattr(mail, name, value)


def _written(room: MailRoom, notification: Notification, site_name: str) -> Message:
    language = notification.language
    facts = notification.facts["facts"]
    rows = notification.facts["rows"]
    words = room.texts.wording(notification.wording, language, facts)
    letter = room.letters.write(
        _TEMPLATE,
        {
            "site_name": site_name,
            "title": notification.title,
            "message": notification.message,
            "button": words.button,
            "link": notification.link,
            "rows": [(room.texts.row(label, language), rows[label]) for label in rows],
            "footer": room.texts.mail("footer", language).format(site_name=site_name),
        },
    )
    unique = f"notification-{notification.id}@{sender_domain(room.sender)}"
    return letter.to(notification.email, unique)


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
