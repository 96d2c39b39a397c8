"""An order that staff make for somebody: written, priced, and sent as a way to pay."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Query, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts import repository as accounts
from cloud.accounts.service.addresses import default_address
from cloud.admin.back_office import BackOffice, show
from cloud.admin.pages.money import BottlesUnreadable
from cloud.admin.steps import OrderFormUnreadable
from cloud.checkout import service as checkout
from cloud.checkout.service import StaffOrder
from cloud.foundation import permits
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import mint_token
from cloud.foundation.web import Pages, Templates, allowed
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.site.service import read_site

_HOME = "/admin/orders/new"
_ROWS = 6
_MAY: SignedIn = allowed(permits.ORDERS_CREATE)
_ADDRESS = ("recipient", "line1", "line2", "city", "region", "postcode", "country", "phone")
_BLANK = {
    "email": "",
    **dict.fromkeys(_ADDRESS, ""),
    "country": "DE",
    "method": "",
    "note": "",
    "keep_days": "7",
    "adds_to": "",
}


def order_draft_pages(office: BackOffice) -> APIRouter:
    """Return the pages on which staff make an order for somebody."""
    router = APIRouter(prefix=_HOME, include_in_schema=False)

    @router.get("")
    async def blank(
        request: Request,
        pages: Pages,
        email: Annotated[str, Query(max_length=254)] = "",
        adds_to: Annotated[str, Query(max_length=40)] = "",
        staff: SignedIn = _MAY,
    ) -> Response:
        """Return the form, with what is known of the buyer or of the order it is packed with."""
        async with office.database.unit_of_work() as session:
            known = await _known(session, staff, email.strip(), adds_to)
        return await _show(office, request, pages, {**_BLANK, **known})

    @router.post("")
    async def price(request: Request, pages: Pages, _staff: SignedIn = _MAY) -> Response:
        """Return what the order would cost; nothing is placed yet."""
        typed = await _typed(request)
        try:
            wish = read_wish(typed)
            async with office.database.unit_of_work() as session:
                language = await _language(office)
                quote = await checkout.quote_for(session, wish, language, office.clock.now())
        except CloudError as error:
            return await _show(office, request, pages, typed, error=error)
        # One key for each price that is shown: sent twice, it makes one order.
        extra = {"quote": quote, "form_key": mint_token()}
        return await _show(office, request, pages, typed, extra=extra)

    @router.post("/place")
    async def place(request: Request, pages: Pages, staff: SignedIn = _MAY) -> Response:
        """Place the order at the price that was shown, and mail its buyer the way to pay."""
        typed = await _typed(request)
        try:
            wish = read_wish(typed)
            async with office.database.unit_of_work() as session:
                language = await _language(office)
                order = await checkout.place_by_staff(
                    session, staff, wish, language, office.clock.now()
                )
                number = order.number
        except CloudError as error:
            return await _show(office, request, pages, typed, error=error)
        return RedirectResponse(f"/admin/orders/{number}?done=placed", 303)

    return router


def read_wish(typed: Mapping[str, str]) -> StaffOrder:
    """Return the order that a form describes; OrderFormUnreadable, BottlesUnreadable."""
    fields: dict[str, object] = {
        "email": typed["email"],
        "bottles": _bottles(typed),
        "address": {name: typed[name] for name in _ADDRESS},
        "method": typed["method"] or None,
        "note": typed["note"],
        "keep_days": typed["keep_days"],
        "adds_to": typed["adds_to"],
        "seen_total_minor": typed.get("seen_total_minor") or None,
        "form_key": typed.get("form_key") or None,
    }
    try:
        return StaffOrder.model_validate(fields)
    except ValidationError as error:
        raise OrderFormUnreadable(str(error.errors()[0]["loc"][-1])) from error


def _bottles(typed: Mapping[str, str]) -> dict[str, int]:
    bottles: dict[str, int] = {}
    for row in range(_ROWS):
        sku = typed.get(f"sku-{row}", "").strip().upper()
        text = typed.get(f"bottles-{row}", "").strip() or "1"
        if not sku:
            continue
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= 99 and len(text) < 3):
            raise BottlesUnreadable(text[:40], f"bottles-{row}")
        bottles[sku] = min(99, bottles.get(sku, 0) + int(text))
    return bottles


async def _typed(request: Request) -> dict[str, str]:
    form = await request.form()
    sent = {name: str(value).replace("\0", "")[:1000] for name, value in form.items()}
    return {**_BLANK, **sent}


async def _known(
    session: AsyncSession, staff: SignedIn, email: str, adds_to: str
) -> dict[str, str]:
    """Return what the form may begin with: the order's buyer and place, or the member's own.

    Only what the member of staff may look at anyway: making orders alone shows nobody's address.
    """
    if adds_to:
        if not staff.may(permits.ORDERS_VIEW):
            return {"adds_to": adds_to}
        try:
            order = await orders.view_by_number(session, adds_to)
        except OrderNotFound:
            return {}
        place = order.shipping_address.model_dump() if order.shipping_address else {}
        known = {name: place.get(name) or "" for name in _ADDRESS}
        return {**known, "email": order.email, "adds_to": order.number} if place else {}
    may_look = bool(email) and staff.may(permits.CUSTOMERS_VIEW)
    user = await accounts.find_user_by_email(session, email) if may_look else None
    place_of = await default_address(session, user.id) if user else None
    found = {name: getattr(place_of, name) for name in _ADDRESS} if place_of else {}
    return {"email": email, **found}


async def _language(office: BackOffice) -> str:
    return (await office.site.facts()).languages[0]


async def _show(
    office: BackOffice,
    request: Request,
    pages: Templates,
    typed: Mapping[str, str],
    *,
    error: CloudError | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        methods: Sequence[object] = (await read_site(session)).shipping_methods
    context = {
        "typed": typed,
        "rows": range(_ROWS),
        "methods": methods,
        "quote": None,
        **(extra or {}),
    }
    return await show(request, pages, "order_draft", context, error=error)
