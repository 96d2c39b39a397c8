"""Charging a parcel's card, and what follows when it is refused: a few tries, and no more."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service as checkout
from cloud.foundation.events import emit
from cloud.inventory.errors import OutOfStock
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.errors import CardNotFound, PaymentUnderWay
from cloud.payments.models import SavedCard
from cloud.subscriptions import repository
from cloud.subscriptions.events import SubscriptionPaymentFailed
from cloud.subscriptions.models import Subscription, SubscriptionCycle
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.recording import facts, move, note
from cloud.subscriptions.states import SubscriptionStatus
from cloud.subscriptions.terms import RETRIES

NO_CARD = "no_card"
_LATER = timedelta(days=1)


async def charge(
    session: AsyncSession,
    desk: Desk,
    subscription: Subscription,
    cycle: SubscriptionCycle,
    order: Order,
    now: datetime,
) -> None:
    """Store the charge of a parcel's new order, with its job; without a card, say so."""
    cycle.tries += 1
    if order.due_minor == 0:
        await checkout.settle_free(session, order, now)
        return
    card = await find_card(session, subscription, now)
    if card is None:
        await note_refusal(session, subscription, cycle, order, NO_CARD, now, needs_customer=False)
        return
    try:
        await checkout.charge_card(
            session,
            desk.gateway,
            order,
            card,
            key_stem=f"subscription:{cycle.id}",
            facts={"subscription": str(subscription.id)},
        )
    except CardNotFound:
        # Its owner was forgotten at the provider; the card is kept here alone.
        await note_refusal(session, subscription, cycle, order, NO_CARD, now, needs_customer=False)


async def find_card(
    session: AsyncSession, subscription: Subscription, now: datetime
) -> SavedCard | None:
    """Return the card that was chosen if it can be charged, else the default one, else None."""
    user_id = subscription.user_id
    named = None
    if subscription.card_id is not None:
        named = await payments.find_card(session, user_id, subscription.card_id, now)
    return named or await payments.default_card(session, user_id, now)


async def retry(
    session: AsyncSession, desk: Desk, subscription: Subscription, now: datetime
) -> None:
    """Charge an unpaid parcel once more if its time has come; bottles are set aside first."""
    cycle = await repository.open_cycle(session, subscription.id)
    order_id = await repository.open_order_id(session, subscription.id)
    if cycle is None or order_id is None:
        return
    if cycle.next_try_at is None or cycle.next_try_at > now:
        return
    order = await orders.lock(session, order_id)
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        return
    cycle.next_try_at = None
    card = await find_card(session, subscription, now)
    if card is None:
        cycle.tries += 1
        await note_refusal(session, subscription, cycle, order, NO_CARD, now, needs_customer=False)
        return
    try:
        async with session.begin_nested():
            await checkout.charge_again(
                session,
                desk.gateway,
                order_id,
                card,
                key_stem=f"subscription:{cycle.id}",
                facts={"subscription": str(subscription.id)},
                now=now,
            )
    except (OutOfStock, PaymentUnderWay):
        # Its owner is paying just now, or the bottles are gone for the moment.
        cycle.next_try_at = now + _LATER
        await session.flush()
        return
    except CardNotFound:
        # What was begun is taken back, and what was read with it.
        order = await orders.lock(session, order_id)
        cycle.tries += 1
        await note_refusal(session, subscription, cycle, order, NO_CARD, now, needs_customer=False)
        return
    cycle.tries += 1
    await note(session, subscription, "retried", actor=SYSTEM, now=now, tries=cycle.tries)


async def note_refusal(
    session: AsyncSession,
    subscription: Subscription,
    cycle: SubscriptionCycle,
    order: Order,
    code: str,
    now: datetime,
    *,
    needs_customer: bool,
) -> None:
    """Leave an unpaid parcel waiting, and plan the next try; the locks are held.

    What its bank wants its owner's approval for is not tried again by itself. A try that somebody
    asked for while this one was under way stands: it may be with another card. A subscription that
    was paused or suspended meanwhile is not dunned: its order can still be paid by hand.
    """
    if subscription.status is SubscriptionStatus.ACTIVE:
        pending = SubscriptionStatus.PENDING_PAYMENT
        await move(
            session, subscription, pending, actor=SYSTEM, now=now, what="refused", reason=code
        )
    elif subscription.status is not SubscriptionStatus.PENDING_PAYMENT:
        await note(session, subscription, "refused", actor=SYSTEM, now=now, reason=code)
        return
    else:
        await note(session, subscription, "refused", actor=SYSTEM, now=now, reason=code)
    cycle.reason = code
    is_planned = cycle.next_try_at is not None
    if not is_planned and not needs_customer and cycle.tries <= len(RETRIES):
        cycle.next_try_at = now + RETRIES[cycle.tries - 1]
    await session.flush()
    await emit(
        session,
        SubscriptionPaymentFailed(
            **await facts(session, subscription, now),
            order_number=order.number,
            total_minor=order.total_minor,
            currency=order.currency,
            code=code,
            needs_customer=needs_customer,
            next_try_at=cycle.next_try_at,
            pay_until=order.pay_until,
            is_final=False,
        ),
    )
