"""Paying in a program of the buyer's, over HTTP: get an intent, confirm it there, say so here."""

from typing import Annotated

from fastapi import Path, Query, Request

from cloud.checkout import service
from cloud.checkout.schemas import CompletionAnswer, CompletionForm, IntentAnswer, IntentForm
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import OptionalUser, RequestClock
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.orders import service as orders
from cloud.orders.errors import OrderNotFound
from cloud.orders.links import OrderLinks
from cloud.orders.schemas import OrderView
from cloud.payments.errors import PaymentsOff
from cloud.payments.ports import PaymentGateway

Number = Annotated[str, Path(max_length=40, pattern="^[!-~]+$")]
Key = Annotated[
    str | None, Query(max_length=64, description="A guest's: from the order's address or mail.")
]


def intent_routes(gateway: PaymentGateway, links: OrderLinks, publishable_key: str) -> APIRouter:
    """Return the routes that open and complete payment intents."""
    router = APIRouter(prefix="/api/v1/checkout/orders/{number}", tags=["checkout"])

    @router.post("/payment-intent")
    async def open_intent(
        number: Number,
        request: Request,
        form: IntentForm,
        user: OptionalUser,
        clock: RequestClock,
        key: Key = None,
    ) -> IntentAnswer:
        """Open the order's payment intent, or return the one that stands; twice is once."""
        if not publishable_key:
            raise PaymentsOff
        order = await _own_order(request, links, number, user, key)
        state = await service.pay_by_intent(
            services_of(request).database,
            gateway,
            clock,
            order.id,
            save_card=form.save_card,
            card_id=form.card_id,
        )
        return IntentAnswer(
            order_number=number,
            amount_minor=state.amount_minor if state else 0,
            currency=order.currency,
            publishable_key=publishable_key,
            payment_intent=state.intent_id if state else None,
            client_secret=state.client_secret if state else None,
        )

    @router.post("/complete")
    async def complete(
        number: Number,
        request: Request,
        form: CompletionForm,
        user: OptionalUser,
        clock: RequestClock,
        key: Key = None,
    ) -> CompletionAnswer:
        """Ask the payment provider how the order's payment stands, without waiting for its word."""
        order = await _own_order(request, links, number, user, key)
        done = await service.complete(
            services_of(request).database, gateway, clock, order.id, intent_id=form.payment_intent
        )
        state = done.state
        return CompletionAnswer(
            order_number=number,
            order_status=done.order.status,
            is_paid=done.order.paid_at is not None,
            payment_status=state.status.value if state else None,
            refusal=state.refusal.message if state and state.refusal else None,
        )

    return router


async def _own_order(
    request: Request, links: OrderLinks, number: str, user: SignedIn | None, key: str | None
) -> OrderView:
    """Return an order to its member or to whoever holds its key; OrderNotFound to others."""
    has_key = key is not None and links.opens(number, key)
    if not has_key and user is None:
        raise OrderNotFound(number)
    async with services_of(request).database.unit_of_work() as session:
        if has_key or user is None:
            return await orders.view_by_number(session, number)
        return await orders.view_by_number(session, number, user_id=user.user_id)
