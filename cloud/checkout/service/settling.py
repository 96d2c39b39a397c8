"""What a payment means for its order: one function for webhook, return page and jobs.

Always in this order: the order's row, the payment's row, promotions, gift cards, the stock.
Whatever the provider says may be said again, late, or out of turn; the rows tell what is news.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout.errors import NotPayable
from cloud.checkout.service.holding import HOLD_FOR, holder_of, stock_lines
from cloud.checkout.service.refusals import plan_telling
from cloud.discounts import service as discounts
from cloud.discounts.errors import DiscountGone
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.inventory import service as inventory
from cloud.inventory.errors import OutOfStock, ReservationLapsed
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.errors import PaymentUnderWay
from cloud.payments.events import AttentionNeeded, ChargeRefused, PaymentToReturn
from cloud.payments.models import Payment, PaymentKind, PaymentStatus
from cloud.payments.service import Bill
from cloud.payments.states import IntentState

# What was ordered cannot be had any more, or not at this price.
_ENDS_ORDER = ("out_of_stock", "discount_gone")
_TAKES_PAYMENT = (OrderStatus.AWAITING_PAYMENT, OrderStatus.FAILED)


async def settle(
    session: AsyncSession, order_id: int, payment_id: int, state: IntentState, now: datetime
) -> None:
    """Apply the provider's word on a payment to its order. Idempotent; order of calls is free.

    A success pays the order if it waits for it and the bottles are there, even when they have to
    be set aside again. Money that the order cannot take goes back, all of it.
    """
    order = await orders.lock(session, order_id)
    payment = await payments.lock_payment(session, payment_id)
    if payments.is_new_refusal(payment, state):
        plan_telling(payment, order, now)
    was_open = payment.status is PaymentStatus.PENDING
    if not payments.note_state(payment, state, now):
        return
    if payment.status is PaymentStatus.SUCCEEDED:
        await _receive(session, order, payment, state, now, was_open=was_open)
    elif payment.status is PaymentStatus.REFUSED:
        await _tell_refusal(session, payment, state, now)


async def _receive(
    session: AsyncSession,
    order: Order,
    payment: Payment,
    state: IntentState,
    now: datetime,
    *,
    was_open: bool,
) -> None:
    has_card = state.card is not None and state.card.customer_id is not None
    if has_card and state.card is not None and payment.user_id is not None:
        await payments.remember_card(session, payment.user_id, state.card)
    objection = await _objection(session, order, payment, state, now)
    if objection is None:
        payments.accept(payment)
        await _pay(session, order, now)
        if not was_open:
            # This one had ended, so another page may be open; there is one at most.
            await payments.void_pending(session, order.id, now)
        return
    received = Money(state.received_minor, state.currency)
    await emit(session, PaymentToReturn(payment.id, order.id, received, objection, now))
    if objection in _ENDS_ORDER and order.status is OrderStatus.AWAITING_PAYMENT:
        await orders.move(
            session, order, OrderStatus.FAILED, actor=SYSTEM, now=now, comment=objection
        )


async def _objection(
    session: AsyncSession, order: Order, payment: Payment, state: IntentState, now: datetime
) -> str | None:
    """Return why the order cannot take this money; None when it does, the bottles sold."""
    if (state.received_minor, state.currency) != (order.due_minor, order.currency):
        await _call_staff(session, order, payment, state, now)
        return "wrong_amount"
    if order.status not in _TAKES_PAYMENT:
        is_paid = await payments.accepted_payment(session, order.id) is not None
        return "paid_already" if is_paid else "order_closed"
    if _is_reduced(order) and not await discounts.can_settle(
        session, order.id, order.currency, now
    ):
        return "discount_gone"
    try:
        await _sell(session, order, now)
    except OutOfStock:
        return "out_of_stock"
    return None


async def _sell(session: AsyncSession, order: Order, now: datetime) -> None:
    """Take the bottles, set aside anew when that had ended; raises OutOfStock.

    What gift cards pay is spent by it: ask `discounts.can_settle` first.
    """
    if order.has_parcels:
        await _take_bottles(session, order, now)
    if _is_reduced(order):
        await discounts.settle(session, order.id, now)


async def _take_bottles(session: AsyncSession, order: Order, now: datetime) -> None:
    holder = holder_of(order.id)
    try:
        await inventory.consume(session, holder, order.id, now)
    except ReservationLapsed:
        lines = stock_lines(await orders.order_items(session, order.id))
        await inventory.reserve(session, holder, lines, HOLD_FOR, now)
        await inventory.consume(session, holder, order.id, now)


async def _pay(
    session: AsyncSession,
    order: Order,
    now: datetime,
    *,
    comment: str = "",
    actor: Actor = SYSTEM,
) -> None:
    """Move an order to PAID; with nothing to deliver that is all there is to do for it."""
    await orders.move(session, order, OrderStatus.PAID, actor=actor, now=now, comment=comment)
    if not order.has_parcels:
        await orders.move(session, order, OrderStatus.COMPLETED, actor=SYSTEM, now=now)


def _is_reduced(order: Order) -> bool:
    """Tell whether promotions or gift cards have a share in an order."""
    return bool(order.discounts) or order.gift_card_minor > 0


async def _call_staff(
    session: AsyncSession, order: Order, payment: Payment, state: IntentState, now: datetime
) -> None:
    await emit(
        session,
        AttentionNeeded(
            key=f"payment:{payment.id}:amount",
            subject=f"Order {order.number} was paid with another amount",
            detail=(
                f"Expected {order.due_minor} {order.currency}, received "
                f"{state.received_minor} {state.currency}. The money goes back."
            ),
            at=now,
            order_id=order.id,
        ),
    )


async def _tell_refusal(
    session: AsyncSession, payment: Payment, state: IntentState, now: datetime
) -> None:
    refusal = state.refusal
    await emit(
        session,
        ChargeRefused(
            payment_id=payment.id,
            order_id=payment.order_id,
            code=refusal.code if refusal else "authentication_required",
            message=refusal.message if refusal else "The bank asks for your approval.",
            needs_customer=refusal.needs_customer if refusal else True,
            at=now,
        ),
    )


async def settle_free(session: AsyncSession, order: Order, now: datetime) -> None:
    """Pay a locked order of which nothing is due; no payment provider is asked.

    Raises NotPayable when it does not wait for a payment or something is due, OutOfStock, and
    DiscountGone when the gift card's money is not held any more and was spent elsewhere.
    """
    if order.status is not OrderStatus.AWAITING_PAYMENT or order.due_minor > 0:
        raise NotPayable(order.number, order.status)
    if not await discounts.can_settle(session, order.id, order.currency, now):
        raise DiscountGone
    await _sell(session, order, now)
    await _pay(session, order, now, comment="nothing was due")


async def settle_transfer(
    session: AsyncSession, order: Order, note: str, actor: Actor, now: datetime
) -> None:
    """Pay a locked order by money that came to the shop's bank account.

    A payment page that is open ends; who pays there at this very moment gets the money back.
    Raises NotPayable, PaymentUnderWay (a saved card is being charged), DiscountGone, OutOfStock.
    """
    if order.status is not OrderStatus.AWAITING_PAYMENT or order.due_minor == 0:
        raise NotPayable(order.number, order.status)
    pending = await payments.pending_payment(session, order.id)
    if pending is not None:
        if pending.kind is PaymentKind.CHARGE:
            raise PaymentUnderWay
        await payments.replace_pending(session, pending, now)
    if not await discounts.can_settle(session, order.id, order.currency, now):
        raise DiscountGone
    due = Money(order.due_minor, order.currency)
    bill = Bill(order.id, order.number, f"transfer:{order.id}", due, order.email, order.user_id)
    await payments.store_transfer(session, bill, note, now)
    await _sell(session, order, now)
    await _pay(session, order, now, comment="bank transfer", actor=actor)


async def settle_test(session: AsyncSession, order: Order, now: datetime) -> None:
    """Pay a locked test order without any money; the bottles stay on the shelf."""
    await orders.move(
        session, order, OrderStatus.PAID, actor=SYSTEM, now=now, comment="test, nothing charged"
    )


async def note_given_up(
    session: AsyncSession, order_id: int, payment_id: int, code: str, message: str, now: datetime
) -> None:
    """End a charge that will never be answered; staff are told, and whoever waits for it."""
    await orders.lock(session, order_id)
    payment = await payments.lock_payment(session, payment_id)
    if not payments.note_given_up(payment, code, message, now):
        return
    await session.flush()
    await emit(
        session,
        AttentionNeeded(
            key=f"payment:{payment_id}:given_up",
            subject=f"Charge {payment.idempotency_key} was given up",
            detail=f"{code}: {message}",
            at=now,
            order_id=order_id,
        ),
    )
    await emit(
        session,
        ChargeRefused(payment_id, order_id, code, message, needs_customer=False, at=now),
    )


async def note_attempt_ended(
    session: AsyncSession, order_id: int, payment_id: int, now: datetime
) -> None:
    """End the attempt of a page that nobody can pay on any more, and its order when it is time."""
    order = await orders.lock(session, order_id)
    payment = await payments.lock_payment(session, payment_id)
    payments.note_given_up(payment, "page_expired", "The payment page expired.", now)
    await session.flush()
    await _fail_if_overdue(session, order, now)


async def end_unpaid(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Give up one order whose time to be paid is over; repeating it is harmless.

    What the provider may still hold open is closed first: a payment that came at the last moment
    counts, and the order ends only once none can come any more.
    """
    order = await orders.lock(session, order_id)
    await _fail_if_overdue(session, order, now)


async def _fail_if_overdue(session: AsyncSession, order: Order, now: datetime) -> None:
    if order.status is not OrderStatus.AWAITING_PAYMENT or order.pay_until > now:
        return
    await payments.void_pending(session, order.id, now)
    if await payments.pending_payment(session, order.id) is not None:
        return
    await inventory.release(session, holder_of(order.id))
    await orders.move(
        session, order, OrderStatus.FAILED, actor=SYSTEM, now=now, comment="not paid in time"
    )


async def end_unpaid_orders(session: AsyncSession, now: datetime) -> int:
    """Enqueue a job for every order whose time to be paid is over; return how many."""
    due = await orders.unpaid_since(session, now)
    for order_id in due:
        lock = f"checkout.end_unpaid:{order_id}"
        await defer(session, "checkout.end_unpaid", queueing_lock=lock, order_id=order_id)
    return len(due)
