"""Deciding that money goes back: stored under the order's lock, sent by a job."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.inventory import service as inventory
from cloud.inventory.errors import MoreThanSold
from cloud.inventory.service import StockLine
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor
from cloud.orders.models import Order
from cloud.orders.status import CANCELLABLE, REFUNDABLE, OrderStatus
from cloud.payments import service as payments
from cloud.payments.ports import PaymentGateway
from cloud.refunds import repository
from cloud.refunds.errors import BadRestock, NotCancellable, NotRefundable, RefundTooLarge
from cloud.refunds.models import Refund, RefundStage
from cloud.refunds.schemas import RefundRequest, RefundView

# The name under which checkout sets an order's bottles aside.
_HOLDER = "order:{}"


async def refund_order(
    session: AsyncSession,
    gateway: PaymentGateway,
    order_id: int,
    asked: RefundRequest,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Give back a part of an order's money, or all that is left; return the refund's id.

    Raises NotRefundable, RefundTooLarge, BadRestock. Two at once take turns at the order's row,
    so together they never pass the total.
    """
    order = await orders.lock(session, order_id)
    if order.status not in REFUNDABLE:
        raise NotRefundable(order.number, _words(order.status))
    left = Money(order.total_minor - order.refunded_minor, order.currency)
    amount = left.minor if asked.amount_minor is None else asked.amount_minor
    if left.minor == 0:
        raise NotRefundable(order.number, "everything went back already")
    if amount > left.minor:
        raise RefundTooLarge(amount, left)
    await _restock(session, order, asked.restock, asked.reason)
    return await _begin(
        session,
        gateway,
        order,
        amount,
        reason=asked.reason,
        restock=asked.restock,
        actor=actor,
        now=now,
    )


async def cancel_order(
    session: AsyncSession,
    gateway: PaymentGateway,
    order_id: int,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Call an order off before anything left the house; what was paid goes back by itself.

    Repeating it changes nothing. Raises NotCancellable. A payment that arrives afterwards is
    returned in full.
    """
    order = await orders.lock(session, order_id)
    if order.status is OrderStatus.CANCELLED:
        return
    if order.status not in CANCELLABLE:
        raise NotCancellable(order.number, f"it is {_words(order.status)}")
    view = await orders.get_order_view(session, order_id)
    if view.shipments:
        raise NotCancellable(order.number, "a part of it is on its way")
    is_paid = order.paid_at is not None
    await orders.move(session, order, OrderStatus.CANCELLED, actor=actor, now=now, comment=reason)
    if not is_paid:
        await payments.void_pending(session, order.id, now)
        await inventory.release(session, _HOLDER.format(order.id))
        return
    everything = {item.id: item.quantity for item in view.items}
    await _restock(session, order, everything, reason)
    left = order.total_minor - order.refunded_minor
    if left > 0:
        await _begin(
            session,
            gateway,
            order,
            left,
            reason=reason,
            restock=everything,
            actor=actor,
            now=now,
        )


async def return_payment(
    session: AsyncSession,
    gateway: PaymentGateway,
    order_id: int,
    payment_id: int,
    received: Money,
    reason: str,
) -> None:
    """Give back a payment that its order could not take, all of it, once."""
    order = await orders.lock(session, order_id)
    payment = await payments.lock_payment(session, payment_id)
    if await repository.excess_of(session, payment_id) is not None:
        return
    await _store(
        session,
        gateway,
        Refund(
            order_id=order.id,
            payment_id=payment.id,
            stage=RefundStage.PENDING,
            amount_minor=received.minor,
            currency=received.currency,
            reason=reason,
            is_excess=True,
            restock={},
            reference=mint_token(),
        ),
        payment.provider_intent_id,
    )


async def _restock(
    session: AsyncSession, order: Order, restock: Mapping[int, int], reason: str
) -> None:
    """Put bottles back on the shelf; those of test orders never left it."""
    items = {item.id: item for item in await orders.order_items(session, order.id)}
    lines = []
    for item_id, quantity in restock.items():
        if item_id not in items or not 1 <= quantity <= items[item_id].quantity:
            raise BadRestock(item_id, items[item_id].quantity if item_id in items else 0)
        lines.append(StockLine(items[item_id].variant_id, quantity))
    if not lines or order.is_test:
        return
    try:
        await inventory.restock(session, order.id, lines, reason or "returned")
    except MoreThanSold as error:
        variant = {item.variant_id: item.id for item in items.values()}
        raise BadRestock(variant[error.variant_id], error.outside) from error


async def _begin(
    session: AsyncSession,
    gateway: PaymentGateway,
    order: Order,
    amount_minor: int,
    *,
    reason: str,
    restock: Mapping[int, int],
    actor: Actor,
    now: datetime,
) -> int:
    payment = await payments.accepted_payment(session, order.id)
    if payment is None and not order.is_test:
        raise NotRefundable(order.number, "no payment for it is known")
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id if payment else None,
        stage=RefundStage.PENDING,
        amount_minor=amount_minor,
        currency=order.currency,
        reason=reason,
        is_excess=False,
        restock={str(item_id): quantity for item_id, quantity in restock.items()},
        reference=mint_token(),
        actor_user_id=actor.user_id,
    )
    await orders.record_refund(session, order, amount_minor, is_settled=False, actor=actor, now=now)
    await _store(session, gateway, refund, payment.provider_intent_id if payment else None)
    if order.is_test:
        refund.stage = RefundStage.SUCCEEDED
        refund.settled_at = now
        await orders.record_refund(
            session, order, amount_minor, is_settled=True, actor=SYSTEM, now=now
        )
    return refund.id


async def _store(
    session: AsyncSession, gateway: PaymentGateway, refund: Refund, intent_id: str | None
) -> None:
    if intent_id is not None:
        refund.request = gateway.compose_refund(refund.reference, intent_id, refund.amount_minor)
    session.add(refund)
    await session.flush()
    if refund.request is not None:
        await defer(session, "refunds.send", refund_id=refund.id)


async def list_refunds(session: AsyncSession, order_id: int) -> list[RefundView]:
    """Return the refunds of an order, oldest first."""
    return [
        RefundView(
            id=refund.id,
            stage=refund.stage.value,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            reason=refund.reason,
            is_excess=refund.is_excess,
            restock={int(item_id): quantity for item_id, quantity in refund.restock.items()},
            created_at=refund.created_at,
            settled_at=refund.settled_at,
        )
        for refund in await repository.all_of(session, order_id)
    ]


def _words(status: OrderStatus) -> str:
    return status.value.lower().replace("_", " ")
