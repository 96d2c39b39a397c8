"""For you: what is suggested to a member and why, and the switch for what we may learn from."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.web import CurrentUser, Pages
from cloud.foundation.web.late_routes import APIRouter
from cloud.recommendations.service import consent, showing
from cloud.recommendations.visitors import look
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.picked import eyes_of, picked_views

_PAGE = "/account/suggestions"
_MOST = 12


def suggestion_pages(desk: FrontDesk) -> APIRouter:
    """Return the page of suggestions and its switch."""
    router = APIRouter(prefix=_PAGE, include_in_schema=False)

    @router.get("")
    async def suggestions(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return what is suggested to the member."""
        now = desk.clock.now()
        eyes = await eyes_of(request, desk.site, desk.clock)
        async with desk.database.unit_of_work() as session:
            seen = await look(session, request, user, now)
            shown = await showing.for_member(session, user.user_id, eyes, _MOST)
            given_at = await consent.given_at(session, user.user_id)
        context = {"shown": picked_views(shown), "given_at": given_at}
        response = await show(request, pages, "suggestions", context)
        seen.remember(request, response)
        return response

    @router.post("/use")
    async def switch(user: CurrentUser, act: Annotated[str, Form(max_length=20)]) -> Response:
        """Let us learn from what the member's diffusers run, or forget all of it."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            if act == "give":
                await consent.give(session, user.user_id, now)
            else:
                await consent.withdraw(session, user.user_id, now)
        return RedirectResponse(f"{_PAGE}#use", 303)

    return router
