"""A member's subscriptions: what they cost before anybody agrees, and every way to steer them."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Form, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import RedirectResponse, Response

from cloud.accounts import repository as accounts
from cloud.foundation.errors import CloudError
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.web import CurrentUser, Pages, Templates
from cloud.foundation.web.ids import MOST_ID, RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.orders.actors import customer_actor
from cloud.payments import service as payments
from cloud.storefront.front_desk import FrontDesk, show
from cloud.storefront.subscribing import (
    FREQUENCIES,
    PARCELS,
    QUESTIONS,
    STATUSES,
    SubscriptionFormWrong,
    read_change,
    read_day,
    read_new,
)
from cloud.subscriptions import service
from cloud.subscriptions.frequencies import Frequency, today_in
from cloud.subscriptions.schemas import (
    DayAsked,
    ParcelAsked,
    ParcelQuote,
    PauseAsked,
    PriceAccepted,
    RetryAsked,
    Seen,
    SubscriptionView,
)
from cloud.subscriptions.states import Question

_PAGE = "/account/subscriptions"
VariantId = Annotated[int, Query(ge=1, le=MOST_ID)]
Bottles = Annotated[int, Query(ge=1, le=20)]
_Deed = Callable[[AsyncSession, SignedIn], Awaitable[object]]
# Which parcel a form is about, and how often its card was asked as the form was shown.
Parcel = Annotated[int, Form(ge=0, lt=2**31)]
Tries = Annotated[int, Form(ge=0, lt=2**31)]
# How the subscription stood as the form was shown.
Version = Annotated[int, Form(ge=1, lt=2**31)]


def subscription_pages(desk: FrontDesk) -> APIRouter:
    """Return the pages of subscriptions."""
    router = APIRouter(prefix=_PAGE, include_in_schema=False)
    router.include_router(_beginning(desk))
    router.include_router(_changing(desk))
    router.include_router(_choosing(desk))
    router.include_router(_one_press(desk))
    return router


def _beginning(desk: FrontDesk) -> APIRouter:
    router = APIRouter()

    @router.get("")
    async def listing(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Return the member's subscriptions."""
        async with desk.database.unit_of_work() as session:
            now = desk.clock.now()
            found = await service.list_subscriptions(session, user.user_id, now)
        words = {"frequencies": FREQUENCIES, "statuses": STATUSES}
        return await show(request, pages, "subscriptions", {"subscriptions": found, **words})

    @router.get("/new")
    async def offer(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        variant_id: VariantId,
        quantity: Bottles = 1,
        frequency: Frequency = Frequency.MONTHLY,
    ) -> Response:
        """Return what a subscription would cost, before anybody agrees to it."""
        typed = {
            "variant_id": str(variant_id),
            "quantity": str(quantity),
            "frequency": frequency.value,
        }
        return await _offer(desk, request, pages, user, typed)

    @router.post("")
    async def agree(request: Request, pages: Pages, user: CurrentUser) -> Response:
        """Subscribe to what was shown; a second press of the same form makes no second one."""
        typed = await _typed(request)
        try:
            site = await desk.site.facts()
            asked = read_new(typed, site.currency)
            async with desk.database.unit_of_work() as session:
                made = await service.create(
                    session,
                    user.user_id,
                    asked,
                    key=typed.get("key", "")[:100] or secrets.token_urlsafe(16),
                    actor=customer_actor(user),
                    now=desk.clock.now(),
                )
        except CloudError as error:
            return await _offer(desk, request, pages, user, typed, error)
        return RedirectResponse(f"{_PAGE}/{made.id}", 303)

    @router.get("/{subscription_id}")
    async def one(
        request: Request, pages: Pages, user: CurrentUser, subscription_id: RowId
    ) -> Response:
        """Return one subscription with everything that can be done to it."""
        return await _one(desk, request, pages, user, subscription_id)

    return router


def _choosing(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix="/{subscription_id}")

    @router.post("/pause")
    async def pause(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        subscription_id: RowId,
        version: Version,
        resume_on: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        """Charge nothing until it is resumed, or by itself on a day."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            asked = PauseAsked(resume_on=read_day(resume_on, "resume_on"), version=version)
            await service.pause_own(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    @router.post("/day")
    async def choose_day(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        subscription_id: RowId,
        number: Parcel,
        day: Annotated[str, Form(max_length=20)],
        version: Version,
        counts_from_there: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        """Move the next charge to another day."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            chosen = read_day(day, "day")
            if chosen is None:
                raise SubscriptionFormWrong("day")
            asked = DayAsked(
                number=number,
                day=chosen,
                counts_from_there=bool(counts_from_there),
                version=version,
            )
            await service.choose_own_day(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    return router


def _one_press(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix="/{subscription_id}")

    @router.post("/skip")
    async def skip(
        request: Request, pages: Pages, user: CurrentUser, subscription_id: RowId, number: Parcel
    ) -> Response:
        """Leave the next parcel out."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            await service.skip_own(session, me, subscription_id, number, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    @router.post("/retry")
    async def retry(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        subscription_id: RowId,
        number: Parcel,
        tries: Tries,
    ) -> Response:
        """Charge the unpaid parcel again."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            asked = RetryAsked(number=number, tries=tries)
            await service.retry_own(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    @router.post("/resume")
    async def resume(
        request: Request, pages: Pages, user: CurrentUser, subscription_id: RowId, version: Version
    ) -> Response:
        """Go on after the pause that was shown, or begin again."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            asked = Seen(version=version)
            await service.resume_own(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    @router.post("/cancel")
    async def cancel(
        request: Request, pages: Pages, user: CurrentUser, subscription_id: RowId
    ) -> Response:
        """End it."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            now = desk.clock.now()
            await service.cancel_own(session, desk.subscriptions, me, subscription_id, now)

        return await _do(desk, request, pages, user, subscription_id, deed)

    return router


def _changing(desk: FrontDesk) -> APIRouter:
    router = APIRouter(prefix="/{subscription_id}/change")

    @router.get("")
    async def preview(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        subscription_id: RowId,
        variant_id: VariantId,
        quantity: Bottles,
        address_id: Annotated[str, Query(pattern="^[0-9]{0,18}$")] = "",
    ) -> Response:
        """Return what another product, quantity or address would cost, before it is changed."""
        wished = ParcelAsked(
            variant_id=variant_id, quantity=quantity, address_id=int(address_id or 0) or None
        )
        return await _one(desk, request, pages, user, subscription_id, wished=wished)

    @router.post("")
    async def change(
        request: Request, pages: Pages, user: CurrentUser, subscription_id: RowId
    ) -> Response:
        """Change what a form says: product and quantity, frequency, card, address, limit."""
        typed = await _typed(request)

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            currency = (await desk.site.facts()).currency
            asked = read_change(typed, currency)
            await service.change_own(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    @router.post("/price")
    async def accept(
        request: Request,
        pages: Pages,
        user: CurrentUser,
        subscription_id: RowId,
        seen_total_minor: Annotated[int, Form(ge=0, lt=2**53)],
        version: Version,
    ) -> Response:
        """Agree to a price above the limit."""

        async def deed(session: AsyncSession, me: SignedIn) -> None:
            asked = PriceAccepted(seen_total_minor=seen_total_minor, version=version)
            await service.accept_own_price(session, me, subscription_id, asked, desk.clock.now())

        return await _do(desk, request, pages, user, subscription_id, deed)

    return router


async def _typed(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


async def _do(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    subscription_id: int,
    deed: _Deed,
) -> Response:
    try:
        async with desk.database.unit_of_work() as session:
            await deed(session, user)
    except CloudError as error:
        return await _one(desk, request, pages, user, subscription_id, error)
    return RedirectResponse(f"{_PAGE}/{subscription_id}", 303)


async def _offer(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    typed: dict[str, str],
    error: CloudError | None = None,
) -> Response:
    """Show the price, the days and the form to agree; or what stands in the way."""
    now = desk.clock.now()
    site = await desk.site.site()
    quote, obstacle = None, None
    async with desk.database.unit_of_work() as session:
        try:
            asked = _parcel(typed)
            quote = await service.quote(session, user.user_id, asked, now)
        except CloudError as refused:
            obstacle = refused
        card = await payments.default_card(session, user.user_id, now)
    context = {
        "typed": {"frequency": "MONTHLY", **typed},
        "quote": quote,
        "card": card,
        "obstacle": obstacle,
        "frequencies": FREQUENCIES,
        "today": today_in(site.time_zone, now),
        "limit": _plain(quote.usual_ceiling_minor, quote.currency) if quote else "",
        "key": typed.get("key") or secrets.token_urlsafe(16),
    }
    return await show(request, pages, "subscribe", context, error=error)


def _parcel(typed: dict[str, str]) -> ParcelAsked:
    try:
        return ParcelAsked(variant_id=int(typed["variant_id"]), quantity=int(typed["quantity"]))
    except (KeyError, ValueError) as error:
        raise SubscriptionFormWrong("quantity") from error


def _plain(minor: int, currency: str) -> str:
    """Return an amount as a number field holds it."""
    return str(Money(minor, currency).major)


async def _one(
    desk: FrontDesk,
    request: Request,
    pages: Templates,
    user: SignedIn,
    subscription_id: int,
    error: CloudError | None = None,
    *,
    wished: ParcelAsked | None = None,
) -> Response:
    now = desk.clock.now()
    async with desk.database.unit_of_work() as session:
        view = await service.get_view(session, subscription_id, user.user_id, now)
        cards = await payments.list_cards(session, user.user_id)
        addresses = await accounts.list_addresses(session, user.user_id)
        choices = await service.list_choices(session, view.variant_id, now)
        quote, refused = await _new_price(session, desk, user, view, wished)
    context = {
        "view": view,
        "words": STATUSES[view.status],
        "question": QUESTIONS[view.question] if view.question else "",
        "frequencies": FREQUENCIES,
        "parcels": PARCELS,
        "cards": cards,
        "addresses": addresses,
        "choices": choices,
        "wished": wished,
        "quote": quote,
        "limit": _plain(view.max_total_minor, view.currency),
        "today": today_in(view.time_zone, now),
    }
    return await show(request, pages, "subscription", context, error=error or refused)


async def _new_price(
    session: AsyncSession,
    desk: FrontDesk,
    user: SignedIn,
    view: SubscriptionView,
    wished: ParcelAsked | None,
) -> tuple[ParcelQuote | None, CloudError | None]:
    """Return what is to be agreed to: of a change that was asked for, or of a price that rose."""
    if wished is None and view.question is not Question.PRICE_ABOVE_LIMIT:
        return None, None
    asked = wished or ParcelAsked(variant_id=view.variant_id, quantity=view.quantity)
    try:
        now = desk.clock.now()
        return await service.quote_change(session, user.user_id, view.id, asked, now), None
    except CloudError as refused:
        return None, refused
