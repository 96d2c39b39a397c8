"""A person's notifications over HTTP."""

from typing import Annotated

from fastapi import Query

from cloud.foundation import audit, permits
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import CurrentUser, RequestClock, Session, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.notifications import service
from cloud.notifications.schemas import (
    NotificationPage,
    PreferenceChanges,
    Preferences,
    UnreadCount,
)


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

    @router.get("/me/notifications/preferences")
    async def get_preferences(session: Session, user: CurrentUser) -> Preferences:
        """Return what the caller hears of and where."""
        listed = await service.list_preferences(session, user.user_id, is_staff=user.role.is_staff)
        return Preferences(preferences=listed)

    @router.patch("/me/notifications/preferences")
    async def change_preferences(
        changes: PreferenceChanges, session: Session, user: CurrentUser
    ) -> Preferences:
        """Change what the caller hears of; what nobody may switch off stays as it is."""
        said = {(one.topic, one.channel): one.is_wanted for one in changes.changes}
        await service.choose(session, user.user_id, said)
        listed = await service.list_preferences(session, user.user_id, is_staff=user.role.is_staff)
        return Preferences(preferences=listed)

    @router.post("/me/notifications/{notification_id}/read", status_code=204)
    async def read_one(
        notification_id: RowId,
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
        notification_id: RowId,
        session: Session,
        staff: SignedIn = allowed(permits.CUSTOMERS_CHANGE),
    ) -> None:
        """Send a notification's mail again."""
        await service.resend_mail(session, notification_id)
        await audit.note(
            session, staff, "resend", "notifications", notification_id, after={"stage": "waiting"}
        )

    return router
