"""Checkout: address and total on one page, then the payment provider's page, then the order."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.carts import service as carts
from cloud.carts.visitor import look, visit
from cloud.checkout import service as checkout
from cloud.checkout.schemas import CheckoutForm
from cloud.checkout.service import PurchaseLine
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import OptionalUser, Pages, Templates
from cloud.pricing.quotes import Quote
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.postal_forms import FIELDS, FieldWrong, countries, read_address

_FIELDS = ("email", *FIELDS, "note")
# Longer than anything that can be right: what is too long is shown again with its words.
Text = Annotated[str, Form(max_length=4000)]


def checkout_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages from cart to paid order."""
    router = APIRouter(include_in_schema=False)

    @router.get("/checkout")
    async def ask(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        country: Annotated[str, Query(pattern="^[A-Z]{2}$")] = "",
    ) -> Response:
        """Return the form: where to, and what it costs."""
        async with desk.database.unit_of_work() as session:
            typed = await _known(session, user)
        if not typed["country"]:
            typed["country"] = (await desk.site.site()).store_address.country
        if country:
            typed["country"] = country
        return await _form(desk, request, pages, user, typed)

    @router.post("/checkout")
    async def place(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        seen_total_minor: Annotated[int, Form(ge=0)],
        email: Text = "",
        recipient: Text = "",
        line1: Text = "",
        line2: Text = "",
        postcode: Text = "",
        city: Text = "",
        country: Text = "",
        note: Text = "",
        keep_card: Text = "",
    ) -> Response:
        """Place the order and go on to its payment page."""
        values = (email, recipient, line1, line2, postcode, city, country, note)
        typed = dict(zip(_FIELDS, values, strict=True))
        if user is not None:
            typed["email"] = user.email
        typed["keep_card"] = keep_card
        try:
            url = await _place(desk, request, user, _read(typed, seen_total_minor))
        except CloudError as error:
            return await _form(desk, request, pages, user, typed, error)
        return RedirectResponse(url, 303)

    @router.get("/checkout/return")
    async def come_back(session: Annotated[str, Query(max_length=200)]) -> Response:
        """Settle what the payment page says, and show the order."""
        settled = await checkout.settle_return(desk.database, desk.gateway, desk.clock, session)
        if settled is None:
            return RedirectResponse("/cart", 303)
        number, is_guest = settled
        return RedirectResponse(desk.links.order(number, is_guest=is_guest), 303)

    return router


async def _place(
    desk: FrontDesk, request: Request, user: SignedIn | None, form: CheckoutForm
) -> str:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        seen = await visit(session, request, user, now)
        order = await checkout.check_out(
            session, seen.owner, user, form, language=_language(user), now=now
        )
    return await checkout.pay_by_page(
        desk.database, desk.gateway, desk.clock, desk.links, order.id, save_card=form.save_card
    )


async def _form(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn | None,
    typed: Mapping[str, str],
    error: CloudError | None = None,
) -> Response:
    try:
        quote = await _basket(desk, request, user, typed["country"])
    except CloudError as refused:
        quote, error = None, error or refused
    if quote is None and error is None:
        return RedirectResponse("/cart", 303)
    context = {
        "form": typed,
        "quote": quote,
        "countries": await countries(desk, _language(user)),
    }
    return await show(request, pages, "checkout", context, error=error)


async def _basket(
    desk: FrontDesk, request: Request, user: SignedIn | None, country: str
) -> Quote | None:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, user, now)
        held = await carts.lines(session, seen.owner, now) if seen else []
        if not held:
            return None
        lines = [PurchaseLine(line.variant_id, line.quantity) for line in held]
        return await checkout.quote_purchase(session, lines, country, now)


async def _known(session: AsyncSession, user: SignedIn | None) -> dict[str, str]:
    typed = dict.fromkeys((*_FIELDS, "keep_card"), "")
    if user is None:
        return typed
    typed |= {"email": user.email, "recipient": user.name}
    address = await default_address(session, user.user_id)
    if address is not None:
        for field in FIELDS:
            typed[field] = getattr(address, field) or ""
    return typed


def _read(typed: Mapping[str, str], seen_total_minor: int) -> CheckoutForm:
    try:
        return CheckoutForm(
            email=typed["email"],
            shipping_address=read_address(typed),
            note=typed["note"],
            seen_total_minor=seen_total_minor,
            save_card=bool(typed["keep_card"]),
        )
    except ValidationError as error:
        raise FieldWrong(str(error.errors()[0]["loc"][-1])) from error


def _language(user: SignedIn | None) -> str:
    return (user.language if user else None) or "en"
