"""The one way a status changes: along an edge, with its history, in the caller's transaction."""

from datetime import datetime, timedelta

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import repository
from cloud.orders.actors import Actor
from cloud.orders.errors import OrderNotFound, StatusRefused
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderFailed,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderStatusChanged,
)
from cloud.orders.models import Order, OrderStep
from cloud.orders.status import OrderStatus, can_move

_HELD = "locked_orders"
# Who comes back to PAID from here was paid before.
_WAS_PAID = frozenset({OrderStatus.ON_HOLD, OrderStatus.REFUND_PENDING})


async def lock(session: AsyncSession, order_id: int) -> Order:
    """Return an order with its row locked and fresh; OrderNotFound when there is none.

    Whoever changes an order or anything that hangs on it (payments, refunds, parcels) takes this
    lock first: so every flow locks in the same order, and nobody decides on stale facts. Asked
    again in one transaction, by the handlers of its news, it gives what it gave and asks nothing.
    """
    held: dict[int, Order] = session.info.setdefault(_HELD, {})
    known = held.get(order_id)
    # What a savepoint changed and took back has to be read again.
    if known is not None and not inspect(known).expired_attributes:
        return known
    order = await repository.fetch_locked(session, order_id)
    if not session.in_nested_transaction():
        # A lock taken inside a savepoint goes when that is rolled back.
        held[order_id] = order
    return order


async def read_order(session: AsyncSession, order_id: int) -> Order:
    """Return an order without locking it, as the session knows it; OrderNotFound."""
    order = await session.get(Order, order_id)
    if order is None:
        raise OrderNotFound(str(order_id))
    return order


async def move(
    session: AsyncSession,
    order: Order,
    to: OrderStatus,
    *,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    """Move a locked order along one edge, write its history, tell the listeners.

    Raises StatusRefused when the edge does not exist. SHIPPED and REFUNDED tell no particular
    event here: a parcel and a refund have their own facts, and their makers emit them.
    """
    previous = order.status
    if not can_move(previous, to):
        raise StatusRefused(order.number, previous, to)
    order.status = to
    if to is OrderStatus.PAID and order.paid_at is None:
        order.paid_at = now
        order.arrives_on = (now + timedelta(days=order.p50_days)).date()
    if to is OrderStatus.DELIVERED:
        order.delivered_at = now
    if to in (OrderStatus.CANCELLED, OrderStatus.FAILED):
        order.cancel_reason = comment or None
    step = _step(previous, to, actor, now, comment)
    step.order_id = order.id
    session.add(step)
    await session.flush()
    await _tell(session, order, previous, now, comment)


async def begin(session: AsyncSession, order: Order, *, actor: Actor, now: datetime) -> None:
    """Store a new order that awaits its payment, with its first two steps; tell the listeners.

    It never rests at PENDING, so it is not written there first and changed at once.
    """
    waiting = OrderStatus.AWAITING_PAYMENT
    order.history = [
        _step(None, OrderStatus.PENDING, actor, now),
        _step(OrderStatus.PENDING, waiting, actor, now),
    ]
    await session.flush()
    await _tell(session, order, OrderStatus.PENDING, now, "")


def _step(
    previous: OrderStatus | None,
    to: OrderStatus,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> OrderStep:
    return OrderStep(
        previous=previous,
        status=to,
        comment=comment,
        actor_kind=actor.kind,
        actor_user_id=actor.user_id,
        actor_name=actor.name,
        at=now,
    )


async def _tell(
    session: AsyncSession, order: Order, previous: OrderStatus, now: datetime, comment: str
) -> None:
    who = (order.id, order.number, order.user_id, now)
    await emit(session, OrderStatusChanged(*who, previous=previous, status=order.status))
    if order.status is OrderStatus.AWAITING_PAYMENT:
        await emit(session, OrderPlaced(*who))
    if order.status is OrderStatus.PAID and previous not in _WAS_PAID:
        await emit(session, OrderPaid(*who))
    if order.status is OrderStatus.DELIVERED:
        await emit(session, OrderDelivered(*who))
    if order.status is OrderStatus.CANCELLED:
        await emit(session, OrderCancelled(*who, reason=comment))
    if order.status is OrderStatus.FAILED:
        await emit(session, OrderFailed(*who, reason=comment))


async def record_refund(
    session: AsyncSession,
    order: Order,
    amount_minor: int,
    *,
    is_settled: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Count a refund against a locked order: set aside first, then again when it is settled.

    `is_settled` False sets the amount aside, so that two refunds together never pass the total
    (a CHECK refuses that too), and moves an order that is wholly given back to REFUND_PENDING.
    True says that the money left: the order becomes REFUNDED when all of it did.
    """
    if not is_settled:
        order.refunded_minor += amount_minor
        if order.refunded_minor == order.total_minor and order.status is not OrderStatus.CANCELLED:
            await move(session, order, OrderStatus.REFUND_PENDING, actor=actor, now=now)
        await session.flush()
        return
    is_full = order.refunded_minor == order.total_minor
    if order.status is OrderStatus.REFUND_PENDING:
        await move(session, order, OrderStatus.REFUNDED, actor=actor, now=now)
    await emit(
        session,
        OrderRefunded(
            order.id,
            order.number,
            order.user_id,
            now,
            amount_minor=amount_minor,
            currency=order.currency,
            is_full=is_full,
        ),
    )


async def undo_refund(
    session: AsyncSession, order: Order, amount_minor: int, *, actor: Actor, now: datetime
) -> None:
    """Take back what `record_refund` set aside, because the refund was turned down."""
    order.refunded_minor -= amount_minor
    if order.status is OrderStatus.REFUND_PENDING:
        before = await repository.status_before_refund(session, order.id)
        if before is not None:
            await move(session, order, before, actor=actor, now=now, comment="refund turned down")
    await session.flush()
