"""News for a member: what ran low, what moved, what needs them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.web import CurrentUser, Pages
from cloud.notifications import service as notifications
from cloud.storefront.front_desk import FrontDesk, show


def notice_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of notifications."""
    router = APIRouter(prefix="/account/notifications", include_in_schema=False)

    @router.get("")
    async def listing(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        after: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    ) -> Response:
        """Return the news, newest first."""
        async with desk.database.unit_of_work() as session:
            page = await notifications.list_notifications(session, user.user_id, after)
        return await show(request, pages, "notifications", {"page": page})

    @router.post("/read")
    async def read(user: CurrentUser) -> Response:
        """Mark everything read."""
        async with desk.database.unit_of_work() as session:
            await notifications.mark_all_read(session, user.user_id, desk.clock.now())
        return RedirectResponse("/account/notifications", 303)

    return router
