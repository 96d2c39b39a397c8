"""Paying in a program of the buyer's: an intent to confirm there, and the word that it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout.service.attempting import bill_of, find_payer, make_ready
from cloud.checkout.service.paying import PageNotOpened
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.orders import service as orders
from cloud.orders.models import Order, OrderItem
from cloud.payments import service as payments
from cloud.payments.errors import CardNotFound, PaymentNotFound
from cloud.payments.models import Payment, PaymentKind, SavedCard
from cloud.payments.ports import PaymentGateway
from cloud.payments.service import Bill, IntentDetails
from cloud.payments.states import IntentState, PageState


@dataclass(frozen=True, slots=True)
class Completion:
    """How an order stands after the provider was asked; `state` None: there was nobody to ask."""

    order: Order
    state: IntentState | None


async def pay_by_intent(
    database: Database,
    gateway: PaymentGateway,
    clock: Clock,
    order_id: int,
    *,
    save_card: bool = False,
    card_id: int | None = None,
) -> IntentState | None:
    """Return an intent with which a waiting order can be paid; sets its bottles aside.

    Calling it again returns the same intent while that is good and asks for the same; a payment
    page that stood open is closed. None: nothing was due, and the order is paid. `card_id` names
    a saved card of the buyer. Raises NotPayable, PaymentUnderWay, CardNotFound, OutOfStock,
    GatewayUnavailable.
    """
    now = clock.now()
    payer = await find_payer(database, gateway, order_id, now)
    if payer.is_paid:
        return None
    async with database.unit_of_work() as session:
        card = await _card(session, payer.user_id, card_id, clock)
        payment_id = await _attempt(
            session, gateway, order_id, payer.customer_id, card, now, save_card=save_card
        )
    state = await payments.open_pending_intent(database, gateway, payment_id, clock)
    if state is None:
        raise PageNotOpened
    return state


async def _attempt(
    session: AsyncSession,
    gateway: PaymentGateway,
    order_id: int,
    customer_id: str | None,
    card: SavedCard | None,
    now: datetime,
    *,
    save_card: bool,
) -> int:
    details = IntentDetails(
        customer_id=customer_id,
        save_card=save_card and customer_id is not None,
        expires_at=now,
        card=card,
    )

    def is_wanted(order: Order, _items: Sequence[OrderItem], standing: Payment) -> bool:
        return payments.is_such_intent(standing, gateway, _bill(order), details)

    ready = await make_ready(session, order_id, PaymentKind.INTENT, now, is_wanted)
    if ready.standing is not None:
        return ready.standing.id
    lasting = replace(details, expires_at=ready.expires_at)
    return (await payments.begin_intent(session, gateway, _bill(ready.order), lasting)).id


def _bill(order: Order) -> Bill:
    return bill_of(order, f"order:{order.id}")


async def _card(
    session: AsyncSession, user_id: int | None, card_id: int | None, clock: Clock
) -> SavedCard | None:
    if card_id is None:
        return None
    card = None
    if user_id is not None:
        card = await payments.find_card(session, user_id, card_id, clock.now())
    if card is None:
        raise CardNotFound
    return card


async def complete(
    database: Database,
    gateway: PaymentGateway,
    clock: Clock,
    order_id: int,
    *,
    intent_id: str | None = None,
) -> Completion:
    """Ask the provider how an order's payment stands and apply it, as its webhook would.

    Any number of calls, before, after or beside the webhook, pay the order once. `intent_id`
    names one attempt, None the newest. Raises PaymentNotFound, GatewayUnavailable.
    """
    async with database.unit_of_work() as session:
        payment = await _named(session, order_id, intent_id)
    heard = await _ask(gateway, payment) if payment is not None else None
    async with database.unit_of_work() as session:
        if isinstance(heard, PageState) and payment is not None:
            await payments.hear_page(session, payment, heard, clock.now())
        elif isinstance(heard, IntentState) and payment is not None:
            await payments.hear_intent(session, payment, heard, clock.now())
        order = await orders.lock(session, order_id)
    return Completion(order, heard.intent if isinstance(heard, PageState) else heard)


async def _named(session: AsyncSession, order_id: int, intent_id: str | None) -> Payment | None:
    if intent_id is None:
        return await payments.latest_payment(session, order_id)
    payment = await payments.find_by_intent(session, intent_id)
    if payment is None or payment.order_id != order_id:
        raise PaymentNotFound
    return payment


async def _ask(gateway: PaymentGateway, payment: Payment) -> IntentState | PageState | None:
    if payment.provider_session_id is not None:
        return await gateway.fetch_page(payment.provider_session_id)
    if payment.provider_intent_id is not None:
        return await gateway.fetch_intent(payment.provider_intent_id)
    return None
