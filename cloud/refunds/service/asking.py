"""Deciding that money goes back: stored under the order's lock, sent by a job."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import service as disputes
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.inventory import service as inventory
from cloud.inventory.errors import MoreThanSold
from cloud.inventory.service import StockLine
from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.errors import standing_in_words
from cloud.orders.models import Order
from cloud.orders.status import CANCELLABLE, REFUNDABLE, OrderStatus
from cloud.payments import service as payments
from cloud.payments.events import AttentionNeeded
from cloud.payments.models import PaymentKind
from cloud.payments.ports import PaymentGateway
from cloud.refunds import repository
from cloud.refunds.errors import (
    BadRestock,
    NotCancellable,
    NotRefundable,
    RefundLineTooMany,
    RefundTooLarge,
    ShippingRefundTooLarge,
)
from cloud.refunds.models import Refund, RefundLine, RefundStage
from cloud.refunds.schemas import RefundRequest
from cloud.refunds.service.cards import take_cards_back
from cloud.refunds.service.paying_back import read_paid
from cloud.refunds.service.settling import count_settled
from cloud.refunds.shares import Paid, RefundPlan, Share, everything, plan, worth_of

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
    """Give back bottles' money, a part of it, or all that is left; return the refund's id.

    Raises NotRefundable, ChargeDisputed, RefundTooLarge, RefundLineTooMany,
    ShippingRefundTooLarge, BadRestock. Two at once take turns at the order's row, so together
    they never pass the total.
    """
    order = await orders.lock(session, order_id)
    if order.status not in REFUNDABLE:
        raise NotRefundable(standing_in_words(order.number, order.status))
    await disputes.require_refundable(session, order)
    paid = await read_paid(session, order)
    if paid.left_minor == 0:
        raise NotRefundable.all_gone(order.number)
    planned = _planned(order, paid, asked)
    await take_cards_back(session, order, paid, planned, now)
    await restock(session, order, asked.restock, asked.reason)
    return await _begin(
        session,
        gateway,
        order,
        planned,
        reason=asked.reason,
        restock=asked.restock,
        actor=actor,
        now=now,
    )


def _planned(order: Order, paid: Paid, asked: RefundRequest) -> RefundPlan:
    """Return the parts of a refund that staff ask for, all of it left."""
    quantities = {item_id: quantity for item_id, quantity in asked.lines.items() if quantity}
    shipping = asked.shipping_minor
    amount = asked.amount_minor
    if amount is None and not quantities and not shipping:
        quantities, shipping, amount = (
            everything(paid),
            paid.shipping_left_minor,
            paid.left_minor,
        )
    for item_id, quantity in quantities.items():
        line = paid.line(item_id)
        if line is None or quantity > line.left:
            raise RefundLineTooMany(item_id, line.left if line else 0)
    if shipping > paid.shipping_left_minor:
        raise ShippingRefundTooLarge(Money(paid.shipping_left_minor, order.currency))
    if amount is None:
        amount = worth_of(paid, quantities, shipping)
    if amount == 0:
        raise NotRefundable.worthless(order.number)
    if amount > paid.left_minor:
        raise RefundTooLarge(amount, Money(paid.left_minor, order.currency))
    return plan(paid, quantities, shipping, amount)


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

    Bottles of which staff gave the money back before are where staff said.
    Repeating it changes nothing. Money that the buyer's bank took back is not given back again.
    Raises NotCancellable, and ChargeDisputed while the bank has not decided. A payment that
    arrives afterwards is returned in full.
    """
    order = await orders.lock(session, order_id)
    if order.status is OrderStatus.CANCELLED:
        return
    if order.status not in CANCELLABLE:
        raise NotCancellable(standing_in_words(order.number, order.status))
    view = await orders.get_order_view(session, order_id)
    if view.shipments:
        raise NotCancellable.on_its_way(order.number)
    is_paid = order.paid_at is not None
    is_taken_back = is_paid and await disputes.taken_back(session, order) > 0
    await orders.move(session, order, OrderStatus.CANCELLED, actor=actor, now=now, comment=reason)
    if not is_paid:
        await payments.void_pending(session, order.id, now)
        await inventory.release(session, _HOLDER.format(order.id))
        return
    paid = await read_paid(session, order)
    planned = plan(paid, everything(paid), paid.shipping_left_minor, paid.left_minor)
    if paid.left_minor > 0 and not is_taken_back:
        await take_cards_back(session, order, paid, planned, now)
    bottles = await _still_out(session, order, paid)
    await restock(session, order, bottles, reason)
    if paid.left_minor > 0 and not is_taken_back:
        await _begin(
            session,
            gateway,
            order,
            planned,
            reason=reason,
            restock=bottles,
            actor=actor,
            now=now,
        )


async def _still_out(session: AsyncSession, order: Order, paid: Paid) -> dict[int, int]:
    """Return the bottles that staff decided nothing about: neither paid back nor put back."""
    back: Counter[int] = Counter()
    for refund in await repository.all_of(session, order.id):
        back.update({int(item_id): quantity for item_id, quantity in refund.restock.items()})
    still_out = {
        line.item_id: min(line.left, line.quantity - back[line.item_id]) for line in paid.lines
    }
    return {item_id: quantity for item_id, quantity in still_out.items() if quantity > 0}


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
            gift_card_minor=0,
            currency=received.currency,
            reason=reason,
            is_excess=True,
            restock={},
            reference=mint_token(),
        ),
        payment.provider_intent_id,
    )


async def restock(
    session: AsyncSession, order: Order, quantities: Mapping[int, int], reason: str
) -> None:
    """Put bottles back on the shelf, by line id; those of test orders never left it.

    The order is locked. Raises BadRestock for more than the order took.
    """
    items = {item.id: item for item in await orders.order_items(session, order.id)}
    lines = []
    for item_id, quantity in quantities.items():
        if item_id not in items or not 1 <= quantity <= items[item_id].quantity:
            raise BadRestock(item_id, items[item_id].quantity if item_id in items else 0)
        variant_id = items[item_id].variant_id
        if variant_id is not None:
            lines.append(StockLine(variant_id, quantity))
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
    planned: RefundPlan,
    *,
    reason: str,
    restock: Mapping[int, int],
    actor: Actor,
    now: datetime,
) -> int:
    payment = await payments.accepted_payment(session, order.id)
    if payment is None and planned.card_minor and not order.is_test:
        raise NotRefundable.unpaid(order.number)
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id if payment else None,
        stage=RefundStage.PENDING,
        amount_minor=planned.amount_minor,
        currency=order.currency,
        shipping_minor=planned.shipping_minor,
        gift_card_minor=planned.gift_card_minor,
        tax_minor=planned.tax_minor,
        reason=reason,
        is_excess=False,
        restock={str(item_id): quantity for item_id, quantity in restock.items()},
        reference=mint_token(),
        actor_user_id=actor.user_id,
    )
    await orders.record_refund(
        session, order, planned.amount_minor, is_settled=False, actor=actor, now=now
    )
    sent_by = payment.provider_intent_id if payment and planned.card_minor else None
    await _store(session, gateway, refund, sent_by)
    await _store_lines(session, refund, planned.lines)
    if sent_by is None:
        refund.stage = RefundStage.SUCCEEDED
        refund.settled_at = now
        await session.flush()
        await count_settled(session, order, refund, now)
    if payment is not None and payment.kind is PaymentKind.TRANSFER and planned.card_minor:
        await _call_for_transfer(session, order, refund, planned.card_minor, now)
    return refund.id


async def _call_for_transfer(
    session: AsyncSession, order: Order, refund: Refund, minor: int, now: datetime
) -> None:
    """Tell staff to send money back by hand: it came by no provider who could."""
    amount = f"{Money(minor, order.currency).major} {order.currency}"
    await emit(
        session,
        AttentionNeeded(
            key=f"refund:{refund.id}:transfer",
            subject=f"Send {amount} back by bank transfer for order {order.number}",
            detail=f"The order was paid by bank transfer. Reason: {refund.reason or 'none given'}",
            at=now,
            order_id=order.id,
        ),
    )


async def _store_lines(session: AsyncSession, refund: Refund, shares: Sequence[Share]) -> None:
    session.add_all(
        RefundLine(
            refund_id=refund.id,
            order_item_id=share.item_id,
            quantity=share.quantity,
            amount_minor=share.amount_minor,
            tax_minor=share.tax_minor,
        )
        for share in shares
    )
    await session.flush()


async def _store(
    session: AsyncSession, gateway: PaymentGateway, refund: Refund, intent_id: str | None
) -> None:
    if intent_id is not None:
        refund.request = gateway.compose_refund(
            refund.reference,
            intent_id,
            Money(refund.amount_minor - refund.gift_card_minor, refund.currency),
        )
    session.add(refund)
    await session.flush()
    if refund.request is not None:
        await defer(session, "refunds.send", refund_id=refund.id)
