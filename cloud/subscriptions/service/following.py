"""A subscription follows the orders of its parcels. Their rows are locked by who brings news."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.events import (
    OrderCancelled,
    OrderFailed,
    OrderPaid,
    OrderShipped,
    OrderStatusChanged,
)
from cloud.orders.models import Order
from cloud.orders.status import SHIPPABLE, OrderStatus
from cloud.payments.events import ChargeRefused
from cloud.subscriptions import repository
from cloud.subscriptions.events import Change, SubscriptionPaid, SubscriptionPaymentFailed
from cloud.subscriptions.frequencies import today_in
from cloud.subscriptions.models import Subscription, SubscriptionCycle
from cloud.subscriptions.service.dunning import note_refusal
from cloud.subscriptions.service.pausing import plan_after
from cloud.subscriptions.service.recording import facts, move, note, planned, tell
from cloud.subscriptions.states import CycleStatus, SubscriptionStatus

_S = SubscriptionStatus
HOLD = "subscriptions.hold"
RELEASE = "subscriptions.release_parcel"


async def _locked_for(
    session: AsyncSession, order: Order
) -> tuple[Subscription, SubscriptionCycle] | None:
    """Return what an order is a parcel of, the subscription locked; None: of nothing."""
    if order.subscription_cycle_id is None:
        return None
    known = await repository.cycle_by_id(session, order.subscription_cycle_id)
    if known is None:
        return None
    subscription = await repository.fetch_locked(session, known.subscription_id)
    cycle = await repository.cycle_by_id(session, order.subscription_cycle_id)
    return None if subscription is None or cycle is None else (subscription, cycle)


async def follow_payment(session: AsyncSession, event: OrderPaid) -> None:
    """Note that a parcel is paid; a subscription that waited for it, or ended over it, goes on.

    It goes on waiting while another parcel is unpaid: one that was given up may be paid late.
    """
    order = await orders.lock(session, event.order_id)
    found = await _locked_for(session, order)
    if found is None:
        return
    subscription, cycle = found
    if cycle.status is CycleStatus.PAID:
        # A parcel is paid once, whatever is told of its order.
        return
    cycle.status = CycleStatus.PAID
    cycle.paid_at = event.at
    cycle.next_try_at = None
    cycle.reason = ""
    await session.flush()
    today = today_in(subscription.time_zone, event.at)
    is_settled = await repository.open_cycle(session, subscription.id) is None
    if is_settled and subscription.status in (_S.PENDING_PAYMENT, _S.EXPIRED):
        await move(session, subscription, _S.ACTIVE, actor=SYSTEM, now=event.at, what="paid")
        plan_after(subscription, today)
    else:
        await note(session, subscription, "paid", actor=SYSTEM, now=event.at)
    if cycle.ships_on > today:
        cycle.is_held = True
        await defer(session, HOLD, order_id=order.id)
    await session.flush()
    await emit(
        session,
        SubscriptionPaid(
            **await facts(session, subscription, event.at),
            order_number=order.number,
            total_minor=order.total_minor,
            currency=order.currency,
            next_billing_on=planned(subscription),
        ),
    )


async def follow_refusal(session: AsyncSession, event: ChargeRefused) -> None:
    """Plan another try for a parcel whose card was refused."""
    order = await orders.lock(session, event.order_id)
    found = await _locked_for(session, order)
    if found is None or found[1].status is not CycleStatus.BILLED:
        return
    await note_refusal(
        session, *found, order, event.code, event.at, needs_customer=event.needs_customer
    )


async def follow_failure(session: AsyncSession, event: OrderFailed) -> None:
    """Give a parcel up that was not paid, or could not be had: the subscription ends, or goes on.

    It ends when all tries for its money were in vain; not while the shop itself charges nobody,
    nor when the money came and there were no bottles for it any more.
    """
    order = await orders.lock(session, event.order_id)
    found = await _locked_for(session, order)
    if found is None or found[1].status is not CycleStatus.BILLED:
        return
    subscription, cycle = found
    _fail(cycle, event.reason)
    if subscription.status is not _S.PENDING_PAYMENT:
        await note(session, subscription, "failed", actor=SYSTEM, now=event.at)
        await tell(session, subscription, Change.SKIPPED, event.at, reason=event.reason)
        return
    was_lacking = order.pay_until > event.at
    if was_lacking or await repository.is_shop_paused(session):
        await _go_on(session, subscription, event.at)
        return
    await move(
        session,
        subscription,
        _S.EXPIRED,
        actor=SYSTEM,
        now=event.at,
        what="expired",
        reason=event.reason,
    )
    await emit(
        session,
        SubscriptionPaymentFailed(
            **await facts(session, subscription, event.at),
            order_number=order.number,
            total_minor=order.total_minor,
            currency=order.currency,
            code=event.reason,
            needs_customer=True,
            next_try_at=None,
            pay_until=order.pay_until,
            is_final=True,
        ),
    )


async def follow_cancellation(session: AsyncSession, event: OrderCancelled) -> None:
    """Give a parcel up that was called off, paid or not; the subscription goes on with the next.

    Devices that counted on it hear that it does not come.
    """
    order = await orders.lock(session, event.order_id)
    found = await _locked_for(session, order)
    if found is None or found[1].status not in (CycleStatus.BILLED, CycleStatus.PAID):
        return
    subscription, cycle = found
    was_paid = cycle.status is CycleStatus.PAID
    _fail(cycle, "cancelled")
    if was_paid:
        await tell(session, subscription, Change.SKIPPED, event.at, reason="cancelled")
    if subscription.status is _S.PENDING_PAYMENT:
        await _go_on(session, subscription, event.at)
    await session.flush()


def _fail(cycle: SubscriptionCycle, reason: str) -> None:
    cycle.status = CycleStatus.FAILED
    cycle.reason = reason
    cycle.next_try_at = cycle.paid_at = None
    cycle.is_held = False


async def _go_on(session: AsyncSession, subscription: Subscription, now: datetime) -> None:
    await move(session, subscription, _S.ACTIVE, actor=SYSTEM, now=now, what="went_on")
    plan_after(subscription, today_in(subscription.time_zone, now))
    await session.flush()
    await tell(session, subscription, Change.RESUMED, now)


async def follow_shipment(session: AsyncSession, event: OrderShipped) -> None:
    """Note when a parcel left."""
    order = await orders.lock(session, event.order_id)
    found = await _locked_for(session, order)
    if found is None:
        return
    subscription, cycle = found
    cycle.shipped_at = event.at
    subscription.last_shipped_on = today_in(subscription.time_zone, event.at)
    await session.flush()


async def hold_parcel(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Keep a paid parcel in the house until its day; what staff began with is left alone."""
    order = await orders.lock(session, order_id)
    found = await _locked_for(session, order)
    if found is None:
        return
    cycle = found[1]
    if order.status is not OrderStatus.PAID or not cycle.is_held:
        cycle.is_held = False
        return
    comment = f"leaves on {cycle.ships_on.isoformat()}"
    await orders.move(session, order, OrderStatus.ON_HOLD, actor=SYSTEM, now=now, comment=comment)


async def follow_release(session: AsyncSession, event: OrderStatusChanged) -> None:
    """Leave a parcel to staff from when they take it off hold before its day.

    What they put on hold afterwards is theirs, and `release_parcel` lets it alone.
    """
    if event.previous is not OrderStatus.ON_HOLD or event.status not in SHIPPABLE:
        return
    found = await _locked_for(session, await orders.lock(session, event.order_id))
    if found is not None:
        found[1].is_held = False


async def defer_releases(session: AsyncSession, now: datetime) -> None:
    """Have a job let each parcel go whose day has come: one that cannot keeps no other back."""
    for order_id in await repository.held_orders_due(session, now, 200):
        key = f"{RELEASE}:{order_id}"
        await defer(session, RELEASE, queueing_lock=key, order_id=order_id)


async def release_parcel(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Let a parcel go whose day has come; a second time does nothing."""
    order = await orders.lock(session, order_id)
    found = await _locked_for(session, order)
    if found is None or not found[1].is_held:
        return
    if found[1].ships_on > today_in(found[0].time_zone, now):
        return
    if order.objection is not None:
        # The buyer's bank takes the money back, or may: staff decide whether it leaves.
        return
    found[1].is_held = False
    if order.status is OrderStatus.ON_HOLD:
        await orders.move(session, order, OrderStatus.PAID, actor=SYSTEM, now=now)
