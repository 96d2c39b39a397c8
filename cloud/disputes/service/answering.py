"""Answering a bank: written under the order's lock, sent by a job, once."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import repository
from cloud.disputes.errors import DisputeAnswered, DisputeNotFound
from cloud.disputes.models import Dispute
from cloud.disputes.service.hearing import apply_dispute
from cloud.foundation import audit
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.orders import service as orders
from cloud.payments.errors import GatewayRefused
from cloud.payments.events import AttentionNeeded, DisputeObserved
from cloud.payments.ports import PaymentGateway
from cloud.payments.states import DisputeStage, DisputeState

# Staff are reminded of an unanswered dispute when so much of its time is left.
_REMIND_BEFORE = timedelta(days=2)


async def answer(
    session: AsyncSession, dispute_id: int, text: str, *, staff: SignedIn, now: datetime
) -> None:
    """Store what the shop says to the bank, and the job that sends it.

    Raises DisputeNotFound, DisputeAnswered: a bank takes evidence once, and none after its time.
    """
    found = await repository.fetch(session, dispute_id)
    if found is None:
        raise DisputeNotFound
    order = await orders.lock(session, found.order_id)
    dispute = await repository.fetch_locked(session, dispute_id)
    is_late = dispute.answer_until is not None and dispute.answer_until <= now
    if dispute.stage is not DisputeStage.NEEDS_RESPONSE or dispute.evidence_at or is_late:
        raise DisputeAnswered
    dispute.evidence = text
    dispute.evidence_at = now
    await audit.note(
        session,
        staff,
        "answer",
        "disputes",
        dispute.id,
        before={"evidence": ""},
        after={"evidence": text, "order": order.number},
    )
    await defer(session, "disputes.send_evidence", dispute_id=dispute.id)


async def send_evidence(
    database: Database, gateway: PaymentGateway, dispute_id: int, clock: Clock
) -> None:
    """Send the stored evidence, once. GatewayUnavailable: run it again."""
    async with database.unit_of_work() as session:
        dispute = await repository.fetch(session, dispute_id)
    if dispute is None or dispute.evidence_at is None or dispute.evidence_sent_at is not None:
        return
    try:
        state = await _sent(gateway, dispute)
    except GatewayRefused as error:
        async with database.unit_of_work() as session:
            await _turned_down(session, dispute, error.reason, clock.now())
        return
    now = clock.now()
    async with database.unit_of_work() as session:
        await orders.lock(session, dispute.order_id)
        locked = await repository.fetch_locked(session, dispute_id)
        locked.evidence_sent_at = locked.evidence_sent_at or now
        await session.flush()
        news = DisputeObserved(dispute.payment_id, dispute.order_id, state, now)
        await apply_dispute(session, news)


async def _sent(gateway: PaymentGateway, dispute: Dispute) -> DisputeState:
    state = await gateway.fetch_dispute(dispute.provider_dispute_id)
    if state.has_answer:
        # An earlier request of ours was heard, and its answer lost.
        return state
    key = f"dispute:{dispute.id}:{dispute.evidence_at:%Y%m%d%H%M%S}"
    return await gateway.send_evidence(dispute.provider_dispute_id, dispute.evidence, key)


async def _turned_down(session: AsyncSession, dispute: Dispute, reason: str, now: datetime) -> None:
    await orders.lock(session, dispute.order_id)
    locked = await repository.fetch_locked(session, dispute.id)
    locked.evidence_at = None
    await emit(
        session,
        AttentionNeeded(
            key=f"dispute:{dispute.id}:turned_down:{now:%Y%m%d%H%M}",
            subject="The evidence for a dispute was not taken",
            detail=f"The payment provider says: {reason} Write it again.",
            at=now,
            order_id=dispute.order_id,
        ),
    )


async def remind(session: AsyncSession, now: datetime) -> None:
    """Remind staff, once each, of the disputes whose time to answer is nearly over."""
    for dispute in await repository.unanswered_until(session, now + _REMIND_BEFORE):
        await emit(
            session,
            AttentionNeeded(
                key=f"dispute:{dispute.id}:soon_over",
                subject="A dispute must be answered within two days",
                detail="Without an answer the bank decides for the buyer.",
                at=now,
                order_id=dispute.order_id,
            ),
        )
