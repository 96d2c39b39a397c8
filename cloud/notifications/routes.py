"""A person's notifications over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cloud.foundation.web import CurrentUser, RequestClock, Session, Staff
from cloud.notifications import service
from cloud.notifications.schemas import NotificationPage, UnreadCount


def routes() -> APIRouter:
    """Return the routes of notifications."""
    router = APIRouter(prefix="/api/v1", tags=["notifications"])

    @router.get("/me/notifications")
    async def get_notifications(
        session: Session,
        user: CurrentUser,
        after: Annotated[int | None, Query(ge=1, le=2**62)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
    ) -> NotificationPage:
        """Return the caller's notifications, newest first."""
        return await service.list_notifications(session, user.user_id, after=after, limit=limit)

    @router.get("/me/notifications/unread")
    async def get_unread(session: Session, user: CurrentUser) -> UnreadCount:
        """Return how many of the caller's notifications are unread."""
        return UnreadCount(unread=await service.count_unread(session, user.user_id))

    @router.post("/me/notifications/{notification_id}/read", status_code=204)
    async def read_one(
        notification_id: Annotated[int, Path(ge=1, le=2**62)],
        session: Session,
        user: CurrentUser,
        clock: RequestClock,
    ) -> None:
        """Mark one notification read."""
        await service.mark_read(session, user.user_id, notification_id, clock.now())

    @router.post("/me/notifications/read", status_code=204)
    async def read_all(session: Session, user: CurrentUser, clock: RequestClock) -> None:
        """Mark all notifications read."""
        await service.mark_all_read(session, user.user_id, clock.now())

    @router.post("/staff/notifications/{notification_id}/mail", status_code=202)
    async def resend(
        notification_id: Annotated[int, Path(ge=1, le=2**62)], session: Session, _staff: Staff
    ) -> None:
        """Send a notification's mail again."""
        await service.resend_mail(session, notification_id)

    return router
