"""Telling buyers of a refused payment, but not those who are still at it.

On a payment page, and in a program of theirs, a buyer sees a refusal and mostly tries another
card at once. So they are told only when nothing was heard of the attempt for ten minutes, or
when the order's time to be paid comes to its end; of each attempt once, however often a card was
refused on it; and not at all when they paid meanwhile or went on to another attempt.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.orders import service as orders
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.events import PaymentRefused
from cloud.payments.models import Payment

QUIET = timedelta(minutes=10)
# Time enough to read a mail and to pay.
_LAST_CALL = timedelta(minutes=5)


def plan_telling(payment: Payment, order: Order, now: datetime) -> None:
    """Note when the buyer of a locked order is to be told of the newest refusal."""
    last_call = max(now, order.pay_until - _LAST_CALL)
    payment.tell_refusal_at = min(now + QUIET, last_call)


async def find_refused(session: AsyncSession, now: datetime) -> int:
    """Enqueue a job for every attempt whose buyer is to be told; return how many."""
    due = await payments.refusals_due(session, now)
    for payment_id, order_id in due:
        lock = f"checkout.tell_refused:{payment_id}"
        await defer(
            session,
            "checkout.tell_refused",
            queueing_lock=lock,
            order_id=order_id,
            payment_id=payment_id,
        )
    return len(due)


async def tell_refused(
    session: AsyncSession, order_id: int, payment_id: int, now: datetime
) -> None:
    """Emit PaymentRefused for an attempt that its buyer left; repeating it is harmless."""
    order = await orders.lock(session, order_id)
    payment = await payments.lock_payment(session, payment_id)
    if payment.tell_refusal_at is None or payment.tell_refusal_at > now:
        return
    payment.tell_refusal_at = None
    await session.flush()
    latest = await payments.latest_payment(session, order_id)
    is_left = latest is not None and latest.id == payment_id
    if order.status is not OrderStatus.AWAITING_PAYMENT or not is_left:
        return
    code = payment.refusal_code or "card_declined"
    await emit(session, PaymentRefused(payment_id, order_id, code, now))
