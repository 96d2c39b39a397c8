"""Asking to hear by e-mail when something is back, and saying that the address is one's own."""

from datetime import timedelta
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.foundation.errors import CloudError, NotFound
from cloud.foundation.rate_limits import Rate
from cloud.foundation.web import Limiter, Pages
from cloud.foundation.web.ids import FormId, MaybeFormId, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.notifications.leaving import LeaveLinks
from cloud.site.visitors import language_for
from cloud.storefront.front_desk import FrontDesk, show
from cloud.wishlists import restock

_PAGE = "/tell-me"
# Each question is a mail to somebody who may not have asked.
_PER_VISITOR = Rate(10, timedelta(hours=1))
_PER_ADDRESS = Rate(5, timedelta(days=1))


class LinkUseless(NotFound):
    """The link is not one of ours, or its wish is told and forgotten."""

    code = "restock_link_useless"

    def __init__(self) -> None:
        super().__init__(
            "This link does not lead to a wish any more.",
            hint="Ask again on the page of the scent.",
        )


def restock_pages(desk: FrontDesk, links: LeaveLinks) -> APIRouter:
    """Return the pages of wishes by e-mail."""
    router = APIRouter(prefix=_PAGE, include_in_schema=False)

    @router.post("")
    async def ask(
        request: Request,
        pages: Pages,
        limiter: Limiter,
        product_id: FormId,
        email: Annotated[str, Form(max_length=254)] = "",
        variant_id: MaybeFormId = None,
    ) -> Response:
        """Ask the owner of an address whether they want to hear."""
        language = await language_for(request, desk.site)
        try:
            await limiter.count(f"tell-me-from:{_address(request)}", _PER_VISITOR)
            await limiter.count(f"tell-me:{email.strip().lower()}", _PER_ADDRESS)
            async with desk.database.unit_of_work() as session:
                await restock.ask(
                    session, email, language, product_id, variant_id, desk.clock.now()
                )
        except CloudError as error:
            return await show(request, pages, "tell_me", {"stage": "refused"}, error=error)
        return RedirectResponse(f"{_PAGE}/asked", 303)

    @router.get("/asked")
    async def asked(request: Request, pages: Pages) -> Response:
        """Say that a mail is on its way, whoever the address belongs to."""
        return await show(request, pages, "tell_me", {"stage": "asked"})

    @router.get("/done")
    async def done(request: Request, pages: Pages) -> Response:
        """Say that its owner will hear."""
        return await show(request, pages, "tell_me", {"stage": "done"})

    @router.get("/{wish_id}/{key}")
    async def question(request: Request, pages: Pages, wish_id: RowId, key: str) -> Response:
        """Return the button that says yes: mail scanners follow links, and press no buttons."""
        if not links.opens_restock(wish_id, key):
            raise LinkUseless
        context = {"stage": "question", "address": request.url.path}
        return await show(request, pages, "tell_me", context)

    @router.post("/{wish_id}/{key}")
    async def confirm(wish_id: RowId, key: str) -> Response:
        """Note that the address's owner said yes."""
        async with desk.database.unit_of_work() as session:
            is_there = links.opens_restock(wish_id, key) and await restock.confirm(
                session, wish_id, desk.clock.now()
            )
        if not is_there:
            raise LinkUseless
        return RedirectResponse(f"{_PAGE}/done", 303)

    return router


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
