"""Attempts to collect an order's total: stored first, body and key fixed, then sent by others.

Whoever calls holds the order's row lock, so an order has one attempt under way at most; a unique
index says so too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.payments import repository
from cloud.payments.errors import CardNotFound
from cloud.payments.models import Payment, PaymentKind, PaymentStatus, SavedCard
from cloud.payments.ports import ChargeRequest, PageLine, PageRequest, PaymentGateway
from cloud.payments.schemas import PaymentView
from cloud.payments.states import IntentState, IntentStatus


@dataclass(frozen=True, slots=True)
class Bill:
    """What is to be paid. `key_stem` is "order:17" or "reorder:17"; the epoch makes it a key."""

    order_id: int
    order_number: str
    key_stem: str
    amount: Money
    email: str
    user_id: int | None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageDetails:
    """What a payment page shows and where it leads."""

    lines: Sequence[PageLine]
    customer_id: str | None
    save_card: bool
    success_url: str
    cancel_url: str
    expires_at: datetime
    language: str


async def begin_page(
    session: AsyncSession, gateway: PaymentGateway, bill: Bill, details: PageDetails
) -> Payment:
    """Store an attempt over a payment page; `open_pending_page` opens it after the commit."""
    reference = mint_token()
    body = gateway.compose_page(
        PageRequest(
            reference=reference,
            order_number=bill.order_number,
            lines=details.lines,
            email=bill.email,
            customer_id=details.customer_id,
            save_card=details.save_card,
            success_url=details.success_url,
            cancel_url=details.cancel_url,
            expires_at=details.expires_at,
            language=details.language,
        )
    )
    payment = await _stored(session, bill, PaymentKind.PAGE, reference, body)
    payment.page_expires_at = details.expires_at
    await session.flush()
    return payment


async def begin_charge(
    session: AsyncSession, gateway: PaymentGateway, bill: Bill, card: SavedCard
) -> Payment:
    """Store an attempt over a saved card, and the job that makes it."""
    customer_id = await repository.customer_of(session, card.user_id)
    if customer_id is None:
        raise CardNotFound
    reference = mint_token()
    body = gateway.compose_charge(
        ChargeRequest(
            reference=reference,
            order_number=bill.order_number,
            amount=bill.amount,
            customer_id=customer_id,
            method_id=card.provider_method_id,
            facts=bill.facts,
        )
    )
    payment = await _stored(session, bill, PaymentKind.CHARGE, reference, body)
    await defer(session, "payments.charge", payment_id=payment.id)
    return payment


async def _stored(
    session: AsyncSession,
    bill: Bill,
    kind: PaymentKind,
    reference: str,
    body: dict[str, object],
) -> Payment:
    epoch = await repository.next_epoch(session, bill.order_id)
    payment = Payment(
        order_id=bill.order_id,
        user_id=bill.user_id,
        kind=kind,
        status=PaymentStatus.PENDING,
        epoch=epoch,
        reference=reference,
        idempotency_key=f"{bill.key_stem}:{epoch}",
        request=body,
        amount_minor=bill.amount.minor,
        currency=bill.amount.currency,
        is_accepted=False,
    )
    session.add(payment)
    await session.flush()
    return payment


async def pending_payment(session: AsyncSession, order_id: int) -> Payment | None:
    """Return the attempt under way for an order, locked; None when there is none."""
    return await repository.pending_of(session, order_id)


async def lock_payment(session: AsyncSession, payment_id: int) -> Payment:
    """Return a payment locked and fresh; the caller holds its order's lock already."""
    return await repository.fetch_locked(session, payment_id)


async def accepted_payment(session: AsyncSession, order_id: int) -> Payment | None:
    """Return the payment an order was paid with."""
    return await repository.accepted_of(session, order_id)


async def find_by_intent(session: AsyncSession, intent_id: str) -> Payment | None:
    """Return the payment that the provider knows under this intent."""
    return await repository.by_intent_id(session, intent_id)


async def find_by_page(session: AsyncSession, session_id: str) -> Payment | None:
    """Return the payment of a page of the provider."""
    return await repository.by_session_id(session, session_id)


def note_state(payment: Payment, state: IntentState, now: datetime) -> bool:
    """Write the provider's word on a locked payment; tell whether it is news.

    Success is final: nothing that arrives later undoes it. A success after a refusal or a
    cancellation counts, because the money is there.
    """
    payment.provider_intent_id = payment.provider_intent_id or state.intent_id
    if payment.status is PaymentStatus.SUCCEEDED:
        return False
    if state.status is IntentStatus.SUCCEEDED:
        payment.status = PaymentStatus.SUCCEEDED
        payment.settled_at = now
        return True
    if state.refusal is not None:
        payment.refusal_code = state.refusal.code
        payment.refusal_message = state.refusal.message
    if payment.status is not PaymentStatus.PENDING or payment.kind is PaymentKind.PAGE:
        # On a page the buyer sees the refusal and tries another card; the page stays open.
        return False
    return _note_end_of_charge(payment, state, now)


def _note_end_of_charge(payment: Payment, state: IntentState, now: datetime) -> bool:
    if state.status is IntentStatus.CANCELLED:
        payment.status = PaymentStatus.CANCELLED
        payment.settled_at = now
        return True
    if state.status in (IntentStatus.REFUSED, IntentStatus.NEEDS_CUSTOMER):
        payment.status = PaymentStatus.REFUSED
        payment.settled_at = now
        return True
    return False


def note_given_up(payment: Payment, code: str, message: str, now: datetime) -> bool:
    """End a locked payment that will never be answered; tell whether it was under way."""
    if payment.status is not PaymentStatus.PENDING:
        return False
    payment.status = PaymentStatus.CANCELLED
    payment.refusal_code = code
    payment.refusal_message = message
    payment.settled_at = now
    return True


def accept(payment: Payment) -> None:
    """Make a succeeded payment the one its order was paid with."""
    payment.is_accepted = True


async def void_pending(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Give up the attempt under way; what the provider may hold open is closed by a job.

    A charge that was sent already is left to end by itself: if it succeeds, its money is
    returned, because the order will not take it any more.
    """
    payment = await repository.pending_of(session, order_id)
    if payment is None:
        return
    if payment.asked_at is None:
        payment.status = PaymentStatus.CANCELLED
        payment.settled_at = now
    elif payment.kind is PaymentKind.PAGE:
        lock = f"payments.close:{payment.id}"
        await defer(session, "payments.close", queueing_lock=lock, payment_id=payment.id)
    await session.flush()


async def list_payments(session: AsyncSession, order_id: int) -> list[PaymentView]:
    """Return all attempts for an order, oldest first."""
    return [
        PaymentView(
            id=payment.id,
            kind=payment.kind.value,
            status=payment.status.value,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            provider_intent_id=payment.provider_intent_id,
            refusal_code=payment.refusal_code,
            is_accepted=payment.is_accepted,
            created_at=payment.created_at,
        )
        for payment in await repository.all_of(session, order_id)
    ]
