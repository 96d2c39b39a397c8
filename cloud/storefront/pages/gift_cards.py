"""Buying a gift card, and asking what is left on one."""

from collections.abc import Mapping
from decimal import InvalidOperation
from typing import Annotated, Any

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.carts.codes import count_look
from cloud.carts.errors import GiftAmountNotSold
from cloud.carts.gift_schemas import GiftToAdd
from cloud.carts.gifts import add_gift, last_day, remove_gift
from cloud.carts.visitor import visit
from cloud.discounts.service import look_up
from cloud.foundation.errors import CloudError
from cloud.foundation.money import Money
from cloud.foundation.web import Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.site.schemas import Site
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.postal_forms import FieldWrong

_FIELDS = (
    "amount",
    "other",
    "whom",
    "recipient_name",
    "recipient_email",
    "sender_name",
    "message",
    "deliver_on",
)
# Longer than anything that can be right: what is too long is shown again with its words.
Text = Annotated[str, Form(max_length=4000)]


def gift_card_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of gift cards."""
    router = APIRouter(include_in_schema=False)

    @router.get("/gift-cards")
    async def offer(request: Request, pages: Pages) -> Response:
        """Return the form of a new gift card."""
        return await _form(desk, request, pages, dict.fromkeys(_FIELDS, ""))

    @router.post("/gift-cards")
    async def put_in(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        amount: Text = "",
        other: Text = "",
        whom: Text = "",
        recipient_name: Text = "",
        recipient_email: Text = "",
        sender_name: Text = "",
        message: Text = "",
        deliver_on: Text = "",
        act: Text = "",
    ) -> Response:
        """Put a gift card into the cart; `act` "price" only shows it as the form stands."""
        texts = (recipient_name, recipient_email, sender_name, message)
        values = (amount, other, whom, *texts, deliver_on)
        typed = dict(zip(_FIELDS, values, strict=True))
        if act == "price":
            return await _form(desk, request, pages, typed)
        now = desk.clock.now()
        try:
            site = await desk.site.site()
            wish = _read(typed, site).wish(site.currency)
            async with desk.database.unit_of_work() as session:
                seen = await visit(session, request, user, now)
                await add_gift(session, seen.owner, wish, site, now)
        except CloudError as error:
            return await _form(desk, request, pages, typed, error)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    @router.post("/cart/gift-cards/{gift_id}")
    async def take_out(request: Request, user: OptionalUser, gift_id: RowId) -> Response:
        """Take a gift card out of the cart."""
        now = desk.clock.now()
        async with desk.database.unit_of_work() as session:
            seen = await visit(session, request, user, now)
            await remove_gift(session, seen.owner, gift_id, now)
        response = RedirectResponse("/cart", 303)
        seen.remember(request, response)
        return response

    @router.get("/gift-cards/balance")
    async def ask(request: Request, pages: Pages) -> Response:
        """Return the form that asks for a code."""
        return await show(request, pages, "gift_balance", {"found": None})

    @router.post("/gift-cards/balance")
    async def look(request: Request, pages: Pages, limiter: Limiter, code: Text = "") -> Response:
        """Return what is left on a card; asking is limited like guessing a code."""
        try:
            await count_look(limiter, request.client.host if request.client else "unknown")
            async with desk.database.unit_of_work() as session:
                found = await look_up(session, code, desk.clock.now())
        except CloudError as error:
            return await show(request, pages, "gift_balance", {"found": None}, error=error)
        return await show(request, pages, "gift_balance", {"found": found})

    return router


async def _form(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    typed: Mapping[str, str],
    error: CloudError | None = None,
) -> Response:
    site = await desk.site.site()
    offers = site.gift_cards
    today = desk.clock.now().astimezone(site.zone).date()
    amounts = [Money(minor, site.currency) for minor in offers.amounts_minor]
    usual = amounts[len(amounts) // 2]
    context: dict[str, Any] = {
        "offers": offers,
        "amounts": amounts,
        "least": Money(offers.least_minor, site.currency),
        "most": Money(offers.most_minor, site.currency),
        "form": {**typed, "amount": typed["amount"] or str(usual.minor)},
        "chosen": _amount(typed, site) or usual,
        "first_day": today.isoformat(),
        "last_day": last_day(today).isoformat(),
    }
    return await show(request, pages, "gift_cards", context, error=error)


def _amount(typed: Mapping[str, str], site: Site) -> Money | None:
    """Return the amount that was chosen or typed; None for one that is none."""
    try:
        if typed["amount"] != "other":
            return Money(int(typed["amount"][:15]), site.currency)
        return Money.parse(typed["other"][:20].strip().replace(",", "."), site.currency)
    except (ValueError, ArithmeticError, InvalidOperation):
        return None


def _read(typed: Mapping[str, str], site: Site) -> GiftToAdd:
    offers = site.gift_cards
    amount = _amount(typed, site)
    if amount is None or not 1 <= amount.minor < 2**53:
        least, most = offers.least_minor, offers.most_minor
        raise GiftAmountNotSold(Money(least, site.currency), Money(most, site.currency))
    texts = {name: typed[name] for name in _FIELDS[3:7]}
    # A form sends line breaks as two characters.
    texts["message"] = texts["message"].replace("\r\n", "\n")
    try:
        return GiftToAdd.model_validate(
            {
                "amount_minor": amount.minor,
                "is_for_self": typed["whom"] == "self",
                "deliver_on": typed["deliver_on"] or None,
                **texts,
            }
        )
    except ValidationError as error:
        raise FieldWrong(str(error.errors()[0]["loc"][-1])) from error
