"""Ending mails by the link that each carries, without signing in.

GET shows what would end and a button, for mail scanners follow links; POST ends it. Mail programs
post by themselves, with nothing of ours but the link (RFC 8058).
"""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import NotFound
from cloud.foundation.web import Pages, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.notifications import repository, service
from cloud.notifications.leaving import LeaveLinks
from cloud.notifications.models import Notification
from cloud.notifications.topics import may_leave_mail, topic_of
from cloud.notifications.wording import TOPIC_WORDS

PREFIX = "/unsubscribe/"


class LinkUseless(NotFound):
    """The link is not one of ours, or its mail is forgotten."""

    code = "leave_link_useless"

    def __init__(self) -> None:
        super().__init__(
            "This link does not end any mails.",
            hint="Copy the whole address from the mail, or choose on your account's page.",
        )


def leave_pages(links: LeaveLinks) -> APIRouter:
    """Return the page that ends mails."""
    router = APIRouter(prefix=PREFIX.rstrip("/"), include_in_schema=False)

    async def found(session: Session, notification_id: int, key: str) -> Notification:
        if not links.opens(notification_id, key):
            raise LinkUseless
        notification = await repository.fetch(session, notification_id)
        if notification is None or not may_leave_mail(notification.kind):
            raise LinkUseless
        return notification

    @router.get("/{notification_id}/{key}")
    async def ask(
        request: Request, pages: Pages, session: Session, notification_id: RowId, key: str
    ) -> Response:
        """Return what would end, and the button that ends it."""
        notification = await found(session, notification_id, key)
        context = {
            "words": TOPIC_WORDS[topic_of(notification.kind)],
            "email": notification.email,
            "address": request.url.path,
            "has_left": not await service.wants_mail(session, notification),
            "is_member": notification.user_id is not None,
        }
        return await pages.render(request, "notifications/unsubscribe.html", context)

    @router.post("/{notification_id}/{key}")
    async def end(request: Request, session: Session, notification_id: RowId, key: str) -> Response:
        """End the mails of the topic; twice is once."""
        notification = await found(session, notification_id, key)
        await service.leave(session, notification)
        return RedirectResponse(request.url.path, 303)

    return router
