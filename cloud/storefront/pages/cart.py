"""The cart's page: what is in it, what changed, on to checkout."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.carts import service as carts
from cloud.carts.cart_window import read_cart
from cloud.carts.codes import EnteredCode, entered, list_codes
from cloud.carts.owners import CartOwner
from cloud.carts.visitor import look, visit
from cloud.checkout import service as checkout
from cloud.checkout.service import Buyer, PurchaseLine
from cloud.discounts.service import Quoted
from cloud.foundation.conversion import Conversion
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.web import Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.ids import MaybeFormId, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_, Phrase
from cloud.site.visitors import conversion_for, language_for
from cloud.storefront.codes import change_codes, shown_codes
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.kinds import KindNotSold, variant_of
from cloud.storefront.picked import beside_cart, eyes_of

# Longer than anything that can be right.
Text = Annotated[str, Form(max_length=4000)]
Quantity = Annotated[int, Form(ge=0, le=99)]


def cart_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of the cart."""
    router = APIRouter(include_in_schema=False)

    @router.get("/cart")
    async def cart(request: Request, pages: Pages, user: OptionalUser, back: str = "") -> Response:
        """Return the visitor's cart; `back` tells what became of one that was left."""
        return await _cart(desk, request, pages, user, back=back)

    @router.post("/cart/lines")
    async def add(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        variant_id: MaybeFormId = None,
        product_id: MaybeFormId = None,
        quantity: Quantity = 1,
    ) -> Response:
        """Put bottles into the cart and show it: `variant_id`, or the kind chosen of a product."""
        now = desk.clock.now()
        sent = await request.form()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                conversion = await conversion_for(request, desk.site)
                wanted = variant_id or await variant_of(session, product_id, sent)
                if wanted is None:
                    raise KindNotSold
                await carts.add(session, seen.owner, wanted, max(1, quantity), now, conversion)
        except CloudError as error:
            return await _cart(desk, request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    @router.post("/cart/lines/{variant_id}")
    async def change(
        request: Request, pages: Pages, user: OptionalUser, variant_id: RowId, quantity: Quantity
    ) -> Response:
        """Make a line hold so many bottles; none takes it out."""
        now = desk.clock.now()
        try:
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                conversion = await conversion_for(request, desk.site)
                await carts.set_quantity(session, seen.owner, variant_id, quantity, now, conversion)
        except CloudError as error:
            return await _cart(desk, request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    @router.post("/cart/codes")
    async def use_code(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        limiter: Limiter,
        code: Text = "",
        act: Text = "",
    ) -> Response:
        """Enter a coupon or a gift card, or take one out."""
        try:
            seen = await change_codes(desk, request, limiter, user, act, code)
        except CloudError as error:
            return await _cart(desk, request, pages, user, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    return router


async def _cart(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: OptionalUser,
    error: CloudError | None = None,
    back: str = "",
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, user, now)
        conversion = await conversion_for(request, desk.site)
        owner = seen.owner if seen else None
        found = json.loads(await read_cart(session, owner, now, conversion))
        codes = await list_codes(session, seen.owner) if seen else []
        language = await language_for(request, desk.site)
        beside = await beside_cart(
            session,
            [line["variant_id"] for line in found["lines"]],
            await eyes_of(request, desk.site, desk.clock),
        )
        quoted = (
            await _quoted(
                desk, session, seen.owner, user, language, codes, conversion, cards_in(found)
            )
            if seen
            else None
        )
    goods = found["subtotal"]
    gifts = [gift_line(gift) for gift in found["gift_cards"]]
    context = {
        "lines": [_line(line) for line in found["lines"]],
        "goods": Money(goods["minor"], goods["currency"]) if goods else None,
        "gifts": gifts,
        "can_be_bought": found["can_be_bought"],
        "quote": quoted.quote if quoted else None,
        "codes": shown_codes(codes, quoted, language),
        "beside": beside,
        "back": back,
    }
    response = await show(request, pages, "cart", context, error=error)
    if seen:
        seen.remember(request, response)
    return response


async def _quoted(
    desk: FrontDesk,
    session: AsyncSession,
    owner: CartOwner,
    user: SignedIn | None,
    language: str,
    codes: list[EnteredCode],
    conversion: Conversion | None,
    sold_cards: Sequence[Money],
) -> Quoted | None:
    """Return what the cart costs where it will likely go; None when nobody can say yet."""
    now = desk.clock.now()
    lines = await carts.lines(session, owner, now)
    address = await default_address(session, user.user_id) if user else None
    home = (await desk.site.site()).store_address.country
    buyer = Buyer(user.user_id if user else None, user.email if user else "", language)
    try:
        return await checkout.quote_purchase(
            session,
            [PurchaseLine(line.variant_id, line.quantity) for line in lines],
            address.country if address else home,
            now,
            shopper=await checkout.shopper_of(session, buyer),
            entered=entered(codes),
            instead_of=await checkout.standing_order(session, owner),
            currency=conversion.currency if conversion else None,
            sold_cards=sold_cards,
        )
    except CloudError:
        return None


def cards_in(found: dict[str, Any]) -> list[Money]:
    """Return the amounts of the gift cards in a cart's JSON."""
    return [Money(one["amount"]["minor"], one["amount"]["currency"]) for one in found["gift_cards"]]


def gift_line(gift: dict[str, Any]) -> dict[str, Any]:
    """Return a gift card in a cart's JSON as its pages show it."""
    amount = Money(gift["amount"]["minor"], gift["amount"]["currency"])
    day = date.fromisoformat(gift["deliver_on"]) if gift["deliver_on"] else None
    return {**gift, "amount": amount, "deliver_on": day}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {
        **line,
        "price": Money(line["price"]["minor"], line["price"]["currency"]),
        "sum": Money(line["total"]["minor"], line["total"]["currency"]),
        "notice": _notice(line),
    }


def _notice(line: dict[str, Any]) -> str:
    if not line["is_sellable"]:
        return N_("No longer on sale")
    if line["available"] == 0:
        return N_("Sold out")
    if line["quantity"] > line["available"]:
        return Phrase("Only %(number)s left", number=line["available"])
    return N_("New price since you chose it") if line["has_new_price"] else ""
