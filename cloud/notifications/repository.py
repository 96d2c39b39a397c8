"""Queries about notifications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import User
from cloud.foundation.identity import Role
from cloud.notifications.kinds import MailStage
from cloud.notifications.models import Notification, OutgoingMail


async def insert_once(session: AsyncSession, fields: dict[str, Any]) -> int | None:
    """Store a notification; None when its key was told before."""
    return await session.scalar(
        insert(Notification)
        .values(**fields)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Notification.id)
    )


async def insert_mail(session: AsyncSession, notification_id: int) -> None:
    """Store that a notification is to be mailed."""
    await session.execute(
        insert(OutgoingMail).values(notification_id=notification_id, stage=MailStage.WAITING)
    )


async def mail_locked(session: AsyncSession, notification_id: int) -> OutgoingMail | None:
    """Return the mail of a notification, locked."""
    mail: OutgoingMail | None = await session.scalar(
        select(OutgoingMail)
        .where(OutgoingMail.notification_id == notification_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return mail


async def fetch(session: AsyncSession, notification_id: int) -> Notification | None:
    """Return a notification."""
    return await session.get(Notification, notification_id)


async def page_of(
    session: AsyncSession, user_id: int, *, after: int | None, limit: int
) -> Sequence[Notification]:
    """Return a person's notifications, newest first, older than the id `after`."""
    query = (
        select(Notification)
        .where(Notification.user_id == user_id)
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Notification.id < after)
    return (await session.scalars(query)).all()


async def count_unread(session: AsyncSession, user_id: int) -> int:
    """Return how many of a person's notifications are unread."""
    found = await session.scalar(
        select(func.count())
        .select_from(Notification)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None))
    )
    return int(found or 0)


async def mark_read(
    session: AsyncSession, user_id: int, now: datetime, notification_id: int | None = None
) -> None:
    """Mark a person's notification read, or all of them; read ones keep their moment."""
    statement = update(Notification).where(
        Notification.user_id == user_id, Notification.read_at.is_(None)
    )
    if notification_id is not None:
        statement = statement.where(Notification.id == notification_id)
    await session.execute(statement.values(read_at=now))


async def uncertain_mails(session: AsyncSession, claimed_before: datetime) -> Sequence[int]:
    """Return ids of notifications whose mail was being sent when its worker ended."""
    found = await session.scalars(
        select(OutgoingMail.notification_id)
        .where(OutgoingMail.stage == MailStage.CLAIMED, OutgoingMail.claimed_at <= claimed_before)
        .limit(200)
    )
    return found.all()


async def waiting_mails(session: AsyncSession, made_before: datetime) -> Sequence[int]:
    """Return ids of notifications whose mail still waits, its job lost or given up."""
    found = await session.scalars(
        select(OutgoingMail.notification_id)
        .where(OutgoingMail.stage == MailStage.WAITING, OutgoingMail.created_at <= made_before)
        .limit(200)
    )
    return found.all()


async def staff(session: AsyncSession) -> Sequence[User]:
    """Return the members of staff."""
    found = await session.scalars(
        select(User).where(User.role.in_((Role.ADMIN, Role.MANAGER))).order_by(User.id)
    )
    return found.all()
