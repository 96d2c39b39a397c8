"""News for a member: what ran low, what moved, what needs them."""

from itertools import groupby
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.web import CurrentUser, Pages
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.notifications import service as notifications
from cloud.notifications.kinds import Channel
from cloud.notifications.wording import CATEGORY_WORDS, TOPIC_WORDS
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
        context = {"page": page, "categories": CATEGORY_WORDS}
        return await show(request, pages, "notifications", context)

    @router.get("/bell")
    async def bell(request: Request, pages: Pages, _user: CurrentUser) -> Response:
        """Return what stands in the bell of every page now."""
        return await pages.render(request, "bell.html")

    @router.get("/preferences")
    async def preferences(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return what the member hears of and where, with a form to change it."""
        async with desk.database.unit_of_work() as session:
            listed = await notifications.list_preferences(
                session, user.user_id, is_staff=user.role.is_staff
            )
        context = {
            "groups": groupby(listed, key=lambda one: one.category),
            "topics": TOPIC_WORDS,
            "categories": CATEGORY_WORDS,
            "is_saved": request.query_params.get("done") == "saved",
        }
        return await show(request, pages, "notification_preferences", context)

    @router.post("/preferences")
    async def choose(request: Request, user: CurrentUser) -> Response:
        """Store what the member wants to hear of: what is not ticked is not wanted."""
        form = await request.form()
        async with desk.database.unit_of_work() as session:
            listed = await notifications.list_preferences(
                session, user.user_id, is_staff=user.role.is_staff
            )
            said = {
                (one.topic, channel): f"{one.topic.value}.{channel.value}" in form
                for one in listed
                for channel in Channel
            }
            await notifications.choose(session, user.user_id, said)
        return RedirectResponse("/account/notifications/preferences?done=saved", 303)

    @router.get("/{notification_id}")
    async def opened(notification_id: RowId, user: CurrentUser) -> Response:
        """Go where a piece of news leads; as with a letter, opening it reads it."""
        async with desk.database.unit_of_work() as session:
            link = await notifications.open_notice(
                session, user.user_id, notification_id, desk.clock.now()
            )
        return RedirectResponse(link or "/account/notifications", 303)

    @router.post("/{notification_id}/read")
    async def read_one(notification_id: RowId, user: CurrentUser) -> Response:
        """Mark one piece of news read."""
        async with desk.database.unit_of_work() as session:
            await notifications.mark_read(session, user.user_id, notification_id, desk.clock.now())
        return RedirectResponse("/account/notifications", 303)

    @router.post("/read")
    async def read(user: CurrentUser) -> Response:
        """Mark everything read."""
        async with desk.database.unit_of_work() as session:
            await notifications.mark_all_read(session, user.user_id, desk.clock.now())
        return RedirectResponse("/account/notifications", 303)

    return router
