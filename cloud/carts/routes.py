"""The visitor's own cart over HTTP, with or without an account."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from cloud.carts import service
from cloud.carts.answers import cart_answer
from cloud.carts.schemas import BottlesToAdd, CartAnswer, QuantityWish
from cloud.carts.visitor import look, visit
from cloud.foundation.web import OptionalUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.service import SiteReader
from cloud.site.visitors import conversion_for

# The body is written by PostgreSQL: declared here, and not validated a second time.
_ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": CartAnswer}}


def routes(site: SiteReader) -> APIRouter:
    """Return the routes of carts. Each answers with the whole cart as it is then."""
    router = APIRouter(prefix="/api/v1/cart", tags=["cart"], responses=_ANSWER)

    @router.get("")
    async def get_cart(
        request: Request, session: Session, user: OptionalUser, clock: RequestClock
    ) -> Response:
        """Return the visitor's cart."""
        seen = await look(session, request, user, clock.now())
        return await cart_answer(site, request, session, seen, clock.now())

    @router.post("/items")
    async def add_bottles(
        request: Request,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        bottles: BottlesToAdd,
    ) -> Response:
        """Put bottles into the cart, beside those that are in it."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        conversion = await conversion_for(request, site)
        await service.add(
            session, seen.owner, bottles.variant_id, bottles.quantity, now, conversion
        )
        return await cart_answer(site, request, session, seen, now)

    @router.put("/items/{variant_id}")
    async def set_quantity(
        request: Request,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        variant_id: RowId,
        wish: QuantityWish,
    ) -> Response:
        """Make the cart hold exactly so many bottles of what it holds already."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        conversion = await conversion_for(request, site)
        await service.set_quantity(session, seen.owner, variant_id, wish.quantity, now, conversion)
        return await cart_answer(site, request, session, seen, now)

    @router.delete("/items/{variant_id}")
    async def take_out(
        request: Request,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        variant_id: RowId,
    ) -> Response:
        """Take all bottles of a variant out of the cart."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        await service.set_quantity(session, seen.owner, variant_id, 0, now)
        return await cart_answer(site, request, session, seen, now)

    @router.post("/prices/accepted")
    async def accept_prices(
        request: Request, session: Session, user: OptionalUser, clock: RequestClock
    ) -> Response:
        """Note that the visitor saw today's prices and goes on."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        conversion = await conversion_for(request, site)
        await service.accept_prices(session, seen.owner, now, conversion)
        return await cart_answer(site, request, session, seen, now)

    return router
