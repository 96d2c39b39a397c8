"""Checkout: address and total on one page, then the payment provider's page, then the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Form, Query, Request
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts.service.addresses import default_address
from cloud.carts import consents
from cloud.carts import service as carts
from cloud.carts.codes import EnteredCode, entered, list_codes
from cloud.carts.gifts import amounts, list_gifts
from cloud.carts.models import CartGift
from cloud.carts.visitor import look, visit
from cloud.checkout import service as checkout
from cloud.checkout.schemas import CheckoutForm
from cloud.checkout.service import Buyer, Company, PurchaseLine
from cloud.discounts.service import Quoted
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.rate_limits import RateLimiter
from cloud.foundation.web import Limiter, OptionalUser, Pages, Templates
from cloud.foundation.web.late_routes import APIRouter
from cloud.pricing.errors import UnknownShippingMethod
from cloud.site.visitors import currency_for, language_for
from cloud.storefront.agreeing import agreed_before, note_consent
from cloud.storefront.codes import change_codes, shown_codes
from cloud.storefront.firms import firm_or_problem, read_firm
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.postal_forms import FIELDS, FIRM_FIELDS, FieldWrong, countries, read_address

_FIELDS = ("email", *FIELDS, "shipping_method", "note", *FIRM_FIELDS)
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
        limiter: Limiter,
        country: Annotated[str, Query(pattern="^[A-Z]{2}$")] = "",
    ) -> Response:
        """Return the form: where to, and what it costs."""
        async with desk.database.unit_of_work() as session:
            typed = await _known(session, user)
            typed |= await agreed_before(session, request, user, desk.clock.now())
        home = (await desk.site.site()).store_address.country
        typed["country"] = country or typed["country"] or home
        return await _form(desk, request, pages, limiter, user, typed)

    @router.post("/checkout")
    async def place(
        request: Request,
        pages: Pages,
        user: OptionalUser,
        limiter: Limiter,
        seen_total_minor: Annotated[int, Form(ge=0)],
        seen_due_minor: Annotated[int | None, Form(ge=0)] = None,
        email: Text = "",
        recipient: Text = "",
        line1: Text = "",
        line2: Text = "",
        postcode: Text = "",
        city: Text = "",
        country: Text = "",
        shipping_method: Text = "",
        note: Text = "",
        company: Text = "",
        vat_number: Text = "",
        keep_card: Text = "",
        by_mail: Text = "",
        write_once: Text = "",
        code: Text = "",
        act: Text = "",
    ) -> Response:
        """Place the order and go on to its payment page; a code in the form is entered first.

        `act` "price" only shows what it costs as the form stands.
        """
        where = (recipient, line1, line2, postcode, city, country)
        values = (email, *where, shipping_method, note, company, vat_number)
        typed = dict(zip(_FIELDS, values, strict=True))
        if user is not None:
            typed["email"] = user.email
        typed |= {"keep_card": keep_card, "by_mail": by_mail, "write_once": write_once}
        typed |= await note_consent(desk, request, user, typed)
        if act == "price":
            return await _form(desk, request, pages, limiter, user, typed)
        try:
            if act or code.strip():
                await change_codes(desk, request, limiter, user, act, code)
                return await _form(desk, request, pages, limiter, user, typed)
            form = _read(typed, seen_total_minor, seen_due_minor)
            firm = await read_firm(desk, request, limiter, typed)
            url = await _place(desk, request, user, form, firm)
        except CloudError as error:
            return await _form(desk, request, pages, limiter, user, typed, error)
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
    desk: FrontDesk,
    request: Request,
    user: SignedIn | None,
    form: CheckoutForm,
    company: Company,
) -> str:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        seen = await visit(session, request, user, now)
        placed = await checkout.check_out(
            session,
            seen.owner,
            user,
            form,
            language=await language_for(request, desk.site),
            now=now,
            currency=await currency_for(request, desk.site),
            company=company,
        )
        order, begun = placed.order, None
        if placed.is_new:
            begun = await checkout.begin_first_page(
                session, desk.gateway, desk.links, order, now, save_card=form.save_card
            )
    return await checkout.pay_by_page(
        desk.database,
        desk.gateway,
        desk.clock,
        desk.links,
        order.id,
        save_card=form.save_card,
        begun=begun,
    )


async def _form(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    limiter: RateLimiter,
    user: SignedIn | None,
    typed: Mapping[str, str],
    error: CloudError | None = None,
) -> Response:
    company, problem = await firm_or_problem(desk, request, limiter, typed)
    error = error or problem
    try:
        basket = await _basket(desk, request, user, typed, company)
    except CloudError as refused:
        basket, error = None, error or refused
    if basket is None and error in (None, problem):
        return RedirectResponse("/cart", 303)
    language = await language_for(request, desk.site)
    context = {
        "form": typed,
        "company": company,
        "quote": basket.quoted.quote if basket else None,
        "gifts": basket.gifts if basket else [],
        "codes": shown_codes(basket.codes, basket.quoted, language) if basket else [],
        "countries": await countries(desk, language),
        "left_carts": (await desk.site.site()).left_carts,
        "consent": consents,
    }
    return await show(request, pages, "checkout", context, error=error)


@dataclass(frozen=True, slots=True)
class _Basket:
    codes: Sequence[EnteredCode]
    quoted: Quoted
    gifts: Sequence[CartGift]


async def _basket(
    desk: FrontDesk,
    request: Request,
    user: SignedIn | None,
    typed: Mapping[str, str],
    company: Company,
) -> _Basket | None:
    now = desk.clock.now()
    language = await language_for(request, desk.site)
    async with desk.database.unit_of_work() as session:
        seen = await look(session, request, user, now)
        held = await carts.lines(session, seen.owner, now) if seen else []
        gifts = await list_gifts(session, seen.owner) if seen else []
        if seen is None or not (held or gifts):
            return None
        codes = await list_codes(session, seen.owner)
        quote = partial(
            checkout.quote_purchase,
            session,
            [PurchaseLine(line.variant_id, line.quantity) for line in held],
            typed["country"],
            now,
            shopper=await checkout.shopper_of(session, _buyer(user, typed["email"], language)),
            entered=entered(codes),
            instead_of=await checkout.standing_order(session, seen.owner),
            postcode=typed["postcode"][:20],
            currency=await currency_for(request, desk.site),
            sold_cards=amounts(gifts),
            vat_country=company.vat_country,
        )
        try:
            return _Basket(codes, await quote(method=typed["shipping_method"] or None), gifts)
        except UnknownShippingMethod:
            # Chosen for another address: what goes to this one is offered instead.
            return _Basket(codes, await quote(), gifts)


def _buyer(user: SignedIn | None, email: str, language: str) -> Buyer:
    return Buyer(user.user_id if user else None, email, language)


async def _known(session: AsyncSession, user: SignedIn | None) -> dict[str, str]:
    typed = dict.fromkeys((*_FIELDS, "keep_card", "by_mail", "write_once", "noted"), "")
    if user is None:
        return typed
    typed |= {"email": user.email, "recipient": user.name}
    address = await default_address(session, user.user_id)
    if address is not None:
        for field in (*FIELDS, *FIRM_FIELDS):
            typed[field] = getattr(address, field) or ""
    return typed


def _read(
    typed: Mapping[str, str], seen_total_minor: int, seen_due_minor: int | None
) -> CheckoutForm:
    try:
        return CheckoutForm(
            email=typed["email"],
            # The form of gift cards alone asks for no address.
            shipping_address=None if typed["by_mail"] else read_address(typed),
            shipping_method=typed["shipping_method"] or None,
            note=typed["note"],
            seen_total_minor=seen_total_minor,
            seen_due_minor=seen_due_minor,
            save_card=bool(typed["keep_card"]),
        )
    except ValidationError as error:
        raise FieldWrong(str(error.errors()[0]["loc"][-1])) from error
