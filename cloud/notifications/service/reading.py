"""A person's notifications, read and unread."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.notifications import repository
from cloud.notifications.schemas import NotificationPage, NotificationView, OrderMail


async def list_notifications(
    session: AsyncSession, user_id: int, after: int | None = None, limit: int = 30
) -> NotificationPage:
    """Return one page of a person's notifications, newest first."""
    found = await repository.page_of(session, user_id, after=after, limit=limit + 1)
    shown = found[:limit]
    return NotificationPage(
        notifications=[NotificationView.model_validate(one, from_attributes=True) for one in shown],
        unread=await repository.count_unread(session, user_id),
        next=shown[-1].id if len(found) > limit else None,
    )


async def count_unread(session: AsyncSession, user_id: int) -> int:
    """Return how many of a person's notifications are unread."""
    return await repository.count_unread(session, user_id)


async def mark_read(
    session: AsyncSession, user_id: int, notification_id: int, now: datetime
) -> None:
    """Mark one of a person's notifications read; unknown and read ones change nothing."""
    await repository.mark_read(session, user_id, now, notification_id)


async def open_notice(
    session: AsyncSession, user_id: int, notification_id: int, now: datetime
) -> str | None:
    """Mark one of a person's notifications read and return where it leads, if anywhere."""
    notification = await repository.fetch(session, notification_id)
    if notification is None or notification.user_id != user_id:
        return None
    await repository.mark_read(session, user_id, now, notification_id)
    return notification.link


async def mark_all_read(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Mark all of a person's notifications read."""
    await repository.mark_read(session, user_id, now)


async def list_order_mails(session: AsyncSession, order_id: int) -> list[OrderMail]:
    """Return the mails about an order, oldest first."""
    return [
        OrderMail(
            id=told.id,
            title=told.title,
            email=told.email,
            told_at=told.told_at,
            stage=mail.stage,
            sent_at=mail.sent_at,
        )
        for told, mail in await repository.mails_of_order(session, order_id)
    ]
