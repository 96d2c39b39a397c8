"""Connecting a hub: type its code, compare four words, say yes or no."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request
from starlette.responses import Response

from cloud.foundation.errors import CloudError
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.errors import SIGN_IN_PATH
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import Phrase
from cloud.hubs.errors import FreshSignInNeeded
from cloud.hubs.service.pairings import PairingView
from cloud.storefront.front_desk import FrontDesk, show

Code = Annotated[str, Form(max_length=40)]


def pairing_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages that connect a hub with the member's household."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pair")
    async def ask(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        code: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        """Ask for the code; with one, show the words to compare."""
        if not code:
            return await _page(request, pages, code)
        try:
            async with desk.database.unit_of_work() as session:
                found = await desk.pairings.look_up(
                    session, user, code, address=_address(request), now=desk.clock.now()
                )
        except CloudError as error:
            return await _page(request, pages, code, error=error)
        return await _page(request, pages, code, found=found)

    @router.post("/pair/approve")
    async def approve(request: Request, pages: Pages, user: CurrentUser, code: Code) -> Response:
        """Take the hub into the household."""
        try:
            async with desk.database.unit_of_work() as session:
                hub = await desk.pairings.approve(
                    session, user, code, address=_address(request), now=desk.clock.now()
                )
        except CloudError as error:
            return await _page(request, pages, code, error=error)
        return await _page(request, pages, code, done=Phrase("%(hub)s is connected.", hub=hub.name))

    @router.post("/pair/deny")
    async def deny(request: Request, pages: Pages, user: CurrentUser, code: Code) -> Response:
        """Refuse the hub for good."""
        try:
            async with desk.database.unit_of_work() as session:
                await desk.pairings.deny(
                    session, user, code, address=_address(request), now=desk.clock.now()
                )
        except CloudError as error:
            return await _page(request, pages, code, error=error)
        return await _page(request, pages, "", denied=True)

    return router


async def _page(
    request: Request,
    pages: Templates,
    code: str,
    *,
    found: PairingView | None = None,
    done: str = "",
    denied: bool = False,
    error: CloudError | None = None,
) -> Response:
    context = {
        "code": code,
        "request_view": found,
        "done": done,
        "denied": denied,
        "is_stale": isinstance(error, FreshSignInNeeded),
        "sign_in_url": f"{SIGN_IN_PATH}?{urlencode({'again': 1, 'next': _address_of(code)})}",
    }
    return await show(request, pages, "pair", context, error=error)


def _address_of(code: str) -> str:
    return f"/pair?{urlencode({'code': code})}" if code else "/pair"


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
