"""Checkout over HTTP: place the cart's order, and open its payment page."""

from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query, Request, Response

from cloud.carts.visitor import look
from cloud.checkout import service
from cloud.checkout.schemas import CheckoutAnswer, CheckoutForm
from cloud.checkout.vies import VatRegister
from cloud.foundation.rate_limits import Rate
from cloud.foundation.web import CurrentUser, Limiter, OptionalUser, RequestClock
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.payments.ports import PaymentGateway
from cloud.payments.schemas import PageLink
from cloud.pricing.errors import NothingToPrice
from cloud.site.service import SiteReader
from cloud.site.visitors import currency_for, language_for

# Generous for a person with second thoughts, tight for a machine that tries cards.
_RATE = Rate(times=20, per=timedelta(minutes=10))

Number = Annotated[str, Path(max_length=40, pattern="^[!-~]+$")]


def routes(
    gateway: PaymentGateway, links: OrderLinks, site: SiteReader, register: VatRegister
) -> APIRouter:
    """Return the routes of checkout."""
    router = APIRouter(tags=["checkout"])

    @router.post("/api/v1/checkout", status_code=201)
    async def check_out(
        request: Request,
        response: Response,
        form: CheckoutForm,
        user: OptionalUser,
        clock: RequestClock,
        limiter: Limiter,
    ) -> CheckoutAnswer:
        """Place the order of the visitor's cart and open its payment page; twice is once."""
        await limiter.count(f"checkout:{_address(request)}", _RATE)
        database = services_of(request).database
        now = clock.now()
        company = await service.recognise_company(
            database, register, form.company, form.vat_number, now
        )
        async with database.unit_of_work() as session:
            seen = await look(session, request, user, now)
            if seen is None:
                raise NothingToPrice
            seen.remember(request, response)
            placed = await service.check_out(
                session,
                seen.owner,
                user,
                form,
                language=await language_for(request, site),
                now=now,
                currency=await currency_for(request, site),
                company=company,
            )
            order, begun = placed.order, None
            save_card = form.save_card and user is not None
            if form.pay_by == "page" and placed.is_new:
                begun = await service.begin_first_page(
                    session, gateway, links, order, now, save_card=save_card
                )
        url = None
        if form.pay_by == "page":
            url = await service.pay_by_page(
                database,
                gateway,
                clock,
                links,
                order.id,
                save_card=save_card,
                begun=begun,
            )
        return CheckoutAnswer(
            order_number=order.number,
            url=url,
            order_url=links.order(order.number, is_guest=user is None),
        )

    @router.post("/api/v1/me/orders/{number}/pay")
    async def pay_own_order(
        number: Number,
        request: Request,
        user: CurrentUser,
        clock: RequestClock,
        *,
        save_card: Annotated[bool, Query()] = False,
    ) -> PageLink:
        """Open the payment page of one of the caller's orders."""
        database = services_of(request).database
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number, user_id=user.user_id)
        url = await service.pay_by_page(
            database, gateway, clock, links, order.id, save_card=save_card
        )
        return PageLink(url=url)

    @router.post("/api/v1/orders/{number}/pay")
    async def pay_guest_order(
        number: Number,
        request: Request,
        clock: RequestClock,
        key: Annotated[str, Query(max_length=64)],
    ) -> PageLink:
        """Open the payment page of an order for whoever holds the key from its mail."""
        if not links.opens(number, key):
            raise OrderNotFound(number)
        database = services_of(request).database
        async with database.unit_of_work() as session:
            order = await orders.view_by_number(session, number)
        return PageLink(url=await service.pay_by_page(database, gateway, clock, links, order.id))

    return router


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
