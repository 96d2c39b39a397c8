"""Sending refunds to the provider and hearing how they end."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service as discounts
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.models import Order
from cloud.payments import service as payments
from cloud.payments.errors import GatewayRefused
from cloud.payments.events import AttentionNeeded
from cloud.payments.ports import PaymentGateway
from cloud.payments.states import RefundState, RefundStatus
from cloud.refunds import repository
from cloud.refunds.events import PaymentReturned, RefundSettled
from cloud.refunds.models import Refund, RefundStage
from cloud.refunds.service.cards import forfeit_cards, restore_cards
from cloud.refunds.service.paying_back import read_paid
from cloud.refunds.shares import plan

_KEY_IS_GOOD_FOR = timedelta(hours=20)
_PATIENCE = timedelta(hours=6)

_STAGES = {
    RefundStatus.PENDING: RefundStage.PENDING,
    RefundStatus.SUCCEEDED: RefundStage.SUCCEEDED,
    RefundStatus.FAILED: RefundStage.FAILED,
}


async def send_refund(
    database: Database, gateway: PaymentGateway, refund_id: int, clock: Clock
) -> None:
    """Ask the provider for a stored refund, once. GatewayUnavailable: run it again."""
    now = clock.now()
    async with database.unit_of_work() as session:
        refund = await repository.fetch_locked(session, refund_id)
        was_asked_at = refund.asked_at
        refund.asked_at = refund.asked_at or now
    if refund.stage is not RefundStage.PENDING or refund.request is None:
        return
    try:
        state = await _answer(gateway, refund, was_asked_at, now)
    except GatewayRefused as error:
        async with database.unit_of_work() as session:
            await _fail(session, refund.order_id, refund.id, error.reason, clock.now())
        return
    async with database.unit_of_work() as session:
        await settle_refund(session, state, clock.now())


async def _answer(
    gateway: PaymentGateway, refund: Refund, was_asked_at: datetime | None, now: datetime
) -> RefundState:
    """Ask, unless an earlier request of ours turns out to have been heard."""
    request = refund.request or {}
    if was_asked_at is not None:
        if refund.provider_refund_id is not None:
            return await gateway.fetch_refund(refund.provider_refund_id)
        for made in await gateway.refunds_of_intent(request["payment_intent"]):
            if made.reference == refund.reference:
                return made
    # A list of refunds is exact at once: what is not in it was never made, so a fresh key is safe
    # when the first one may have been forgotten.
    is_old = was_asked_at is not None and now - was_asked_at > _KEY_IS_GOOD_FOR
    key = f"refund:{refund.reference}" + (f":{now:%Y%m%d}" if is_old else "")
    return await gateway.refund(request, key)


async def settle_refund(session: AsyncSession, state: RefundState, now: datetime) -> None:
    """Apply the provider's word on a refund; one made on its own pages is recorded as well."""
    refund = await _known(session, state)
    if refund is None:
        await _record_foreign(session, state, now)
        return
    order = await orders.lock(session, refund.order_id)
    refund = await repository.fetch_locked(session, refund.id)
    refund.provider_refund_id = state.refund_id
    stage = _STAGES[state.status]
    if refund.stage is RefundStage.PENDING and stage is RefundStage.SUCCEEDED:
        refund.stage = stage
        refund.settled_at = now
        await session.flush()
        await count_settled(session, order, refund, now)
    elif stage is RefundStage.FAILED:
        await _turn_down(session, order, refund, "the bank turned it down", now)


async def _known(session: AsyncSession, state: RefundState) -> Refund | None:
    known = await repository.by_provider_id(session, state.refund_id)
    if known is None and state.reference is not None:
        known = await repository.by_reference(session, state.reference)
    return known


async def count_settled(session: AsyncSession, order: Order, refund: Refund, now: datetime) -> None:
    """Tell that the money of a refund left; it counts against the order unless it was too much.

    What gift cards paid of it goes back to them now, with the rest.
    """
    if not refund.is_excess:
        await orders.record_refund(
            session, order, refund.amount_minor, is_settled=True, actor=SYSTEM, now=now
        )
        if refund.gift_card_minor:
            back = Money(refund.gift_card_minor, refund.currency)
            await discounts.credit_back(session, order.id, back, now, note=order.number)
        await emit(session, RefundSettled(refund.id, order.id, now))
        return
    await emit(
        session,
        PaymentReturned(
            order_id=order.id,
            number=order.number,
            user_id=order.user_id,
            at=now,
            amount_minor=refund.amount_minor,
            currency=refund.currency,
            reason=refund.reason,
        ),
    )


async def _fail(
    session: AsyncSession, order_id: int, refund_id: int, reason: str, now: datetime
) -> None:
    order = await orders.lock(session, order_id)
    refund = await repository.fetch_locked(session, refund_id)
    await _turn_down(session, order, refund, reason, now)


async def _turn_down(
    session: AsyncSession, order: Order, refund: Refund, reason: str, now: datetime
) -> None:
    """Undo a refund; a bank may turn one down even days after it seemed to succeed."""
    if refund.stage is RefundStage.FAILED:
        return
    was_open = refund.stage is RefundStage.PENDING
    refund.stage = RefundStage.FAILED
    refund.settled_at = now
    await session.flush()
    if was_open and not refund.is_excess:
        await orders.undo_refund(session, order, refund.amount_minor, actor=SYSTEM, now=now)
        await restore_cards(session, order, refund, now)
    await emit(
        session,
        AttentionNeeded(
            key=f"refund:{refund.id}:failed",
            subject=f"A refund of order {order.number} failed",
            detail=f"{refund.amount_minor} {refund.currency}: {reason}",
            at=now,
            order_id=order.id,
        ),
    )


async def _record_foreign(session: AsyncSession, state: RefundState, now: datetime) -> None:
    """Store a refund that a person made on the provider's own pages."""
    if state.intent_id is None or state.status is RefundStatus.FAILED:
        return
    found = await payments.find_by_intent(session, state.intent_id)
    if found is None:
        return
    order = await orders.lock(session, found.order_id)
    # Again under the lock: whether its order took this money may have been decided meanwhile.
    payment = await payments.lock_payment(session, found.id)
    if await repository.by_provider_id(session, state.refund_id) is not None:
        return
    refund = _foreign_refund(order, payment.id, state, now)
    refund.is_excess = not payment.is_accepted
    if not refund.is_excess:
        refund.tax_minor = plan(
            await read_paid(session, order), {}, 0, state.amount_minor
        ).tax_minor
    session.add(refund)
    await session.flush()
    if refund.is_excess:
        return
    await orders.record_refund(
        session, order, refund.amount_minor, is_settled=False, actor=SYSTEM, now=now
    )
    await forfeit_cards(session, order, now)
    if refund.settled_at is not None:
        await count_settled(session, order, refund, now)


def _foreign_refund(order: Order, payment_id: int, state: RefundState, now: datetime) -> Refund:
    stage = _STAGES[state.status]
    return Refund(
        order_id=order.id,
        payment_id=payment_id,
        stage=stage,
        amount_minor=state.amount_minor,
        currency=state.currency,
        reason="made with the payment provider",
        restock={},
        reference=mint_token(),
        provider_refund_id=state.refund_id,
        asked_at=now,
        settled_at=now if stage is RefundStage.SUCCEEDED else None,
    )


async def ask_again_about_unsettled(session: AsyncSession, now: datetime) -> None:
    """Enqueue a job for every refund of which nothing was heard for hours."""
    for refund_id in await repository.unsettled(session, now - _PATIENCE):
        await defer(
            session,
            "refunds.send",
            queueing_lock=f"refunds.send:{refund_id}",
            refund_id=refund_id,
        )
