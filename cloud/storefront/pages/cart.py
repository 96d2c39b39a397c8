"""The cart's page: what is in it, what changed, on to checkout."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from cloud.carts import service as carts
from cloud.carts.cart_window import read_cart
from cloud.carts.visitor import look, visit
from cloud.foundation.errors import CloudError
from cloud.foundation.money import Money
from cloud.foundation.web import OptionalUser, Pages, Templates
from cloud.storefront.front_desk import FrontDesk, show

VariantId = Annotated[int, Form(ge=1, lt=2**63)]
Quantity = Annotated[int, Form(ge=0, le=99)]


def cart_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of the cart."""
    router = APIRouter(include_in_schema=False)

    @router.get("/cart")
    async def cart(request: Request, pages: Pages, user: OptionalUser) -> Response:
        """Return the visitor's cart."""
        return await _cart(request, pages, user)

    @router.post("/cart/lines")
    async def add(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        variant_id: VariantId,
        quantity: Quantity = 1,
    ) -> Response:
        """Put bottles into the cart and show it."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                await carts.add(session, seen.owner, variant_id, max(1, quantity), now)
        except CloudError as error:
            return await _cart(request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    @router.post("/cart/lines/{variant_id}")
    async def change(
        request: Request, pages: Pages, user: OptionalUser, variant_id: int, quantity: Quantity
    ) -> Response:
        """Make a line hold so many bottles; none takes it out."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                await carts.set_quantity(session, seen.owner, variant_id, quantity, now)
        except CloudError as error:
            return await _cart(request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    async def _cart(
        request: Request, pages: Templates, user: OptionalUser, error: CloudError | None = None
    ) -> Response:
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            seen = await look(session, request, user, now)
            found = json.loads(await read_cart(session, seen.owner if seen else None, now))
        goods = found["subtotal"]
        context = {
            "lines": [_line(line) for line in found["lines"]],
            "goods": Money(goods["minor"], goods["currency"]) if goods else None,
            "can_be_bought": found["can_be_bought"],
        }
        response = await show(request, pages, "cart", context, error=error)
        if seen:
            seen.remember(request, response)
        return response

    return router


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "price": Money(line["price"]["minor"], line["price"]["currency"]),
        "sum": Money(line["total"]["minor"], line["total"]["currency"]),
        "notice": _notice(line),
    }


def _notice(line: dict[str, Any]) -> str:
    if not line["is_sellable"]:
        return "No longer on sale"
    if line["available"] == 0:
        return "Sold out"
    if line["quantity"] > line["available"]:
        return f"Only {line['available']} left"
    return "New price since you chose it" if line["has_new_price"] else ""
