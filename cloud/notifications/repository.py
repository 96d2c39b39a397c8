"""Queries about notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.accounts.models import User
from cloud.accounts.repository import permits_of
from cloud.accounts.right_rows import RolePermit
from cloud.foundation.identity import Role
from cloud.foundation.permits import Permit
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


async def find_key(session: AsyncSession, key: str) -> int | None:
    """Return the id of what was told by a key."""
    return await session.scalar(select(Notification.id).where(Notification.key == key))


async def lock_key(session: AsyncSession, key: str) -> Notification | None:
    """Return what was told by a key, locked and fresh."""
    return await session.scalar(
        select(Notification)
        .where(Notification.key == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def keep_counts(
    session: AsyncSession, notification_id: int, counts: Mapping[str, int]
) -> None:
    """Remember what a line counted so far."""
    notification = await session.get(Notification, notification_id)
    if notification is not None:
        notification.facts = {**notification.facts, "counts": dict(counts)}
        await session.flush()


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
        .where(Notification.user_id == user_id, Notification.is_listed)
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(Notification.id < after)
    return (await session.scalars(query)).all()


async def count_unread(session: AsyncSession | AsyncConnection, user_id: int) -> int:
    """Return how many of a person's notifications are unread."""
    found = await session.scalar(
        select(func.count())
        .select_from(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.read_at.is_(None),
            Notification.is_listed,
        )
    )
    return int(found or 0)


async def mark_read(
    session: AsyncSession, user_id: int, now: datetime, notification_id: int | None = None
) -> None:
    """Mark a person's notification read, or all of them; read ones keep their moment."""
    statement = update(Notification).where(
        Notification.user_id == user_id, Notification.read_at.is_(None), Notification.is_listed
    )
    if notification_id is not None:
        statement = statement.where(Notification.id == notification_id)
    await session.execute(statement.values(read_at=now))


async def mark_key_read(session: AsyncSession, start: str, now: datetime) -> None:
    """Mark read what is told by keys with a beginning: what it asked for is done."""
    await session.execute(
        update(Notification)
        .where(Notification.key.startswith(start, autoescape=True), Notification.read_at.is_(None))
        .values(read_at=now)
    )


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


async def staff_with(session: AsyncSession, permit: Permit) -> list[User]:
    """Return the members of staff who hold a permit, by id."""
    found = await session.scalars(
        select(User).where(User.role.in_((Role.ADMIN, Role.MANAGER))).order_by(User.id)
    )
    named = await session.execute(select(RolePermit.role_definition_id, RolePermit.permit))
    names: dict[int, list[str]] = {}
    for row in named:
        names.setdefault(row[0], []).append(row[1])
    return [
        user
        for user in found
        if permit
        in permits_of(
            user.role, user.role_definition_id, names.get(user.role_definition_id or 0, [])
        )
    ]


async def mails_of_order(
    session: AsyncSession, order_id: int
) -> Sequence[tuple[Notification, OutgoingMail]]:
    """Return the mails about an order, oldest first."""
    found = await session.execute(
        select(Notification, OutgoingMail)
        .join(OutgoingMail, OutgoingMail.notification_id == Notification.id)
        .where(Notification.key.like(f"order:{order_id}:%"))
        .order_by(Notification.id)
    )
    return [(row[0], row[1]) for row in found]
