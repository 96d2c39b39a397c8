"""The way back to a cart that was left, out of its mail, on any device.

GET shows what was left and a button, for mail scanners follow links; POST puts it into the cart of
whoever presses. Nobody is signed in by it.
"""

from collections.abc import Sequence

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.carts import returning
from cloud.carts.left_models import LeftCart
from cloud.carts.service import CartLine
from cloud.carts.visitor import look, visit
from cloud.foundation.errors import NotFound
from cloud.foundation.web import OptionalUser, Pages
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_, Phrase
from cloud.site.visitors import conversion_for
from cloud.storefront.front_desk import FrontDesk, show


class LinkRanOut(NotFound):
    """The link is not one of ours, or its cart is forgotten."""

    code = "left_cart_link_ran_out"

    def __init__(self) -> None:
        super().__init__(
            "This link does not lead to a cart any more.",
            hint="Links of such mails are good for two weeks. The scents are still here.",
        )


def left_cart_pages(desk: FrontDesk) -> APIRouter:
    """Return the page that a mail about a left cart leads to."""
    router = APIRouter(prefix="/cart/left", include_in_schema=False)

    async def found(session: AsyncSession, left_cart_id: int, key: str) -> LeftCart:
        left = None
        if desk.leaving.opens_left_cart(left_cart_id, key):
            left = await returning.find_left(session, left_cart_id, desk.clock.now())
        if left is None:
            raise LinkRanOut
        return left

    @router.get("/{left_cart_id}/{key}")
    async def ask(
        request: Request, pages: Pages, user: OptionalUser, left_cart_id: RowId, key: str
    ) -> Response:
        """Return what was left and the button; who still has that very cart is in it at once."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            left = await found(session, left_cart_id, key)
            seen = await look(session, request, user, now)
            if seen and await returning.is_there(session, left, seen.owner, now):
                response: Response = RedirectResponse("/cart", 303)
                seen.remember(request, response)
                return response
            conversion = await conversion_for(request, desk.site)
            user_id = user.user_id if user else None
            lines = await returning.look_back(session, left, now, conversion, user_id=user_id)
        context = {
            "lines": [(line, _notice(line)) for line in lines],
            "gone": len(left.lines) - len(lines),
            "can_come_back": _can_come_back(lines),
            "address": request.url.path,
        }
        response = await show(request, pages, "left_cart", context)
        if seen:
            seen.remember(request, response)
        return response

    @router.post("/{left_cart_id}/{key}")
    async def put_back(
        request: Request, user: OptionalUser, left_cart_id: RowId, key: str
    ) -> Response:
        """Put what was left into the visitor's cart and show it; twice is once."""
        now = desk.clock.now()
        conversion = await conversion_for(request, desk.site)
        async with desk.database.unit_of_work() as session:
            left = await found(session, left_cart_id, key)
            seen = await visit(session, request, user, now)
            is_whole = await returning.put_back(session, left, seen.owner, now, conversion)
        response = RedirectResponse("/cart?back=" + ("all" if is_whole else "some"), 303)
        seen.remember(request, response)
        return response

    return router


def _can_come_back(lines: Sequence[CartLine]) -> bool:
    return any(line.offer.is_sellable and line.available for line in lines)


def _notice(line: CartLine) -> str:
    """Return what changed since the mail; "" for nothing."""
    if not line.offer.is_sellable:
        return N_("No longer on sale")
    if line.available == 0:
        return N_("Sold out")
    if line.quantity > line.available:
        return Phrase("Only %(number)s left", number=line.available)
    return N_("New price since our mail") if line.has_new_price else ""
