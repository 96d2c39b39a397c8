"""Applying the provider's word on a dispute; it may repeat, come late or out of turn."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import repository
from cloud.disputes.events import DisputeEnded
from cloud.disputes.models import Dispute
from cloud.foundation.events import emit
from cloud.gifts import service as gifts
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.models import Order
from cloud.orders.standing import Objection
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.events import AttentionNeeded, DisputeObserved
from cloud.payments.states import DisputeStage, DisputeState

_S = DisputeStage
_RANK = {_S.NEEDS_RESPONSE: 0, _S.UNDER_REVIEW: 1, _S.LOST: 2, _S.CLOSED: 3, _S.WON: 3}
_CLOSED = (_S.WON, _S.LOST, _S.CLOSED)
_NOT_SENT_YET = (OrderStatus.PAID, OrderStatus.PROCESSING)


async def apply_dispute(session: AsyncSession, event: DisputeObserved) -> None:
    """Store how a dispute stands; hold its order's goods while it is open, release them after.

    Only a later stage is news: an answer that was fetched earlier and is told later changes
    nothing. A lost dispute may still be won, by an appeal. Staff are told of beginning and end.
    """
    order = await orders.lock(session, event.order_id)
    dispute = await repository.by_provider_id(session, event.state.dispute_id)
    if dispute is None:
        dispute = _new(event)
        session.add(dispute)
        await session.flush()
        await _open(session, order, dispute, event.at)
    elif _RANK[event.state.stage] < _RANK[dispute.stage]:
        return
    was_closed = dispute.closed_at is not None and dispute.stage is event.state.stage
    _write(dispute, event.state, event.at)
    await session.flush()
    order.objection = await _objection(session, order)
    if dispute.stage in _CLOSED and not was_closed:
        await _close(session, order, dispute, event.at)


async def _objection(session: AsyncSession, order: Order) -> Objection | None:
    """Return how the bank's objections to what an order was paid with stand, all together."""
    accepted = await payments.accepted_payment(session, order.id)
    stages = {
        dispute.stage
        for dispute in await repository.all_of(session, order.id)
        if accepted is not None and dispute.payment_id == accepted.id
    }
    if stages - set(_CLOSED):
        return Objection.OPEN
    return Objection.LOST if _S.LOST in stages else None


def _new(event: DisputeObserved) -> Dispute:
    state = event.state
    return Dispute(
        order_id=event.order_id,
        payment_id=event.payment_id,
        provider_dispute_id=state.dispute_id,
        stage=_S.NEEDS_RESPONSE,
        reason=state.reason,
        amount_minor=state.amount_minor,
        currency=state.currency,
        is_inquiry=state.is_inquiry,
        is_refundable=state.is_refundable,
        answer_until=state.answer_until,
        opened_at=state.opened_at,
        evidence="",
    )


def _write(dispute: Dispute, state: DisputeState, now: datetime) -> None:
    dispute.stage = state.stage
    dispute.amount_minor = state.amount_minor
    dispute.is_inquiry = state.is_inquiry
    dispute.is_refundable = state.is_refundable
    dispute.answer_until = state.answer_until
    dispute.closed_at = (dispute.closed_at or now) if state.stage in _CLOSED else None


async def _open(session: AsyncSession, order: Order, dispute: Dispute, now: datetime) -> None:
    is_for_goods = await _is_for_goods(session, order, dispute)
    if is_for_goods and order.sold_cards_minor:
        await gifts.freeze(session, order, now)
    if is_for_goods and order.status in _NOT_SENT_YET:
        dispute.held_status = order.status
        await orders.move(
            session,
            order,
            OrderStatus.ON_HOLD,
            actor=SYSTEM,
            now=now,
            comment="the buyer's bank disputes the payment",
        )
    asks = "asks about" if dispute.is_inquiry else "disputes"
    until = f", answer until {dispute.answer_until:%Y-%m-%d}" if dispute.answer_until else ""
    await _call_staff(
        session,
        order,
        dispute,
        "opened",
        subject=f"A bank {asks} the payment of order {order.number}",
        detail=f"{_amount(dispute)}, {dispute.reason.replace('_', ' ')}{until}.",
        now=now,
    )


async def _close(session: AsyncSession, order: Order, dispute: Dispute, now: datetime) -> None:
    is_lost = dispute.stage is _S.LOST
    if order.sold_cards_minor and await _is_for_goods(session, order, dispute):
        await (gifts.forfeit if is_lost else gifts.thaw)(session, order, now)
    if not is_lost and dispute.held_status is not None and order.status is OrderStatus.ON_HOLD:
        await orders.move(
            session,
            order,
            dispute.held_status,
            actor=SYSTEM,
            now=now,
            comment="the dispute ended well",
        )
    await emit(session, DisputeEnded(dispute.id, order.id, is_lost, now))
    end = {_S.WON: "was won", _S.LOST: "was lost", _S.CLOSED: "ended"}[dispute.stage]
    what = "The money stays with us." if not is_lost else "The bank has taken the money back."
    if is_lost and order.status is OrderStatus.ON_HOLD:
        what += " Nothing was sent yet: cancel the order, no refund is made for it."
    await _call_staff(
        session,
        order,
        dispute,
        dispute.stage.value,
        subject=f"The dispute about order {order.number} {end}",
        detail=f"{_amount(dispute)}. {what}",
        now=now,
    )


async def _is_for_goods(session: AsyncSession, order: Order, dispute: Dispute) -> bool:
    accepted = await payments.accepted_payment(session, order.id)
    return accepted is not None and accepted.id == dispute.payment_id


def _amount(dispute: Dispute) -> str:
    return f"{dispute.amount_minor} {dispute.currency}"


async def _call_staff(
    session: AsyncSession,
    order: Order,
    dispute: Dispute,
    what: str,
    *,
    subject: str,
    detail: str,
    now: datetime,
) -> None:
    key = f"dispute:{dispute.id}:{what}"
    await emit(session, AttentionNeeded(key, subject, detail, at=now, order_id=order.id))
