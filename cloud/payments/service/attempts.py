"""Attempts to collect an order's total: stored first, body and key fixed, then sent by others.

Whoever calls holds the order's row lock, so an order has one attempt under way at most; a unique
index says so too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.database import Database
from cloud.foundation.jobs import defer
from cloud.foundation.money import Money
from cloud.foundation.secrets import mint_token
from cloud.payments import repository
from cloud.payments.errors import CardNotFound
from cloud.payments.models import Payment, PaymentKind, PaymentStatus, SavedCard
from cloud.payments.ports import (
    ChargeRequest,
    IntentRequest,
    PageLine,
    PageRequest,
    PaymentGateway,
)
from cloud.payments.repository import Attempt
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


@dataclass(frozen=True, slots=True)
class IntentDetails:
    """How an intent may be paid. `card` is a saved card to be confirmed, None a fresh one."""

    customer_id: str | None
    save_card: bool
    expires_at: datetime
    card: SavedCard | None = None


async def begin_page(
    session: AsyncSession, gateway: PaymentGateway, bill: Bill, details: PageDetails
) -> Payment:
    """Store an attempt over a payment page; `open_pending_page` opens it after the commit."""
    reference = mint_token()
    body = _page_body(gateway, bill, details, reference)
    payment = _composed(bill, PaymentKind.PAGE, reference, body)
    payment.page_expires_at = details.expires_at
    return await _stored(session, bill, payment)


async def begin_first_page(
    session: AsyncSession, gateway: PaymentGateway, bill: Bill, details: PageDetails, now: datetime
) -> Payment:
    """Store the page of an order that this transaction placed, which has no other attempt.

    It counts as asked for already: `open_begun_page` asks right after the commit.
    """
    reference = mint_token()
    body = _page_body(gateway, bill, details, reference)
    payment = _composed(bill, PaymentKind.PAGE, reference, body)
    payment.page_expires_at = details.expires_at
    payment.asked_at = now
    return await _stored(session, bill, payment, epoch=1)


def is_such_page(
    payment: Payment, gateway: PaymentGateway, bill: Bill, details: PageDetails
) -> bool:
    """Tell whether an attempt asks for what is wanted now, whenever it ends."""
    lasting = replace(details, expires_at=payment.page_expires_at or details.expires_at)
    return payment.request == _page_body(gateway, bill, lasting, payment.reference)


def _page_body(
    gateway: PaymentGateway, bill: Bill, details: PageDetails, reference: str
) -> dict[str, object]:
    return gateway.compose_page(
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


async def begin_intent(
    session: AsyncSession, gateway: PaymentGateway, bill: Bill, details: IntentDetails
) -> Payment:
    """Store an attempt over an intent; `open_pending_intent` opens it after the commit."""
    reference = mint_token()
    body = _intent_body(gateway, bill, details, reference)
    payment = _composed(bill, PaymentKind.INTENT, reference, body)
    payment.page_expires_at = details.expires_at
    return await _stored(session, bill, payment)


def is_such_intent(
    payment: Payment, gateway: PaymentGateway, bill: Bill, details: IntentDetails
) -> bool:
    """Tell whether an attempt asks for what is wanted now, whenever it ends."""
    return payment.request == _intent_body(gateway, bill, details, payment.reference)


def _intent_body(
    gateway: PaymentGateway, bill: Bill, details: IntentDetails, reference: str
) -> dict[str, object]:
    return gateway.compose_intent(
        IntentRequest(
            reference=reference,
            order_number=bill.order_number,
            amount=bill.amount,
            email=bill.email,
            customer_id=details.customer_id,
            save_card=details.save_card,
            method_id=details.card.provider_method_id if details.card else None,
        )
    )


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
    payment = await _stored(session, bill, _composed(bill, PaymentKind.CHARGE, reference, body))
    await defer(session, "payments.charge", payment_id=payment.id)
    return payment


async def store_transfer(session: AsyncSession, bill: Bill, note: str, now: datetime) -> Payment:
    """Store that a bill's money came to the shop's bank account: the payment of its order.

    `note` is what stood on the bank's paper. The order is locked, and has no accepted payment.
    """
    body: dict[str, object] = {"note": note}
    payment = _composed(bill, PaymentKind.TRANSFER, mint_token(), body)
    payment.status, payment.settled_at, payment.is_accepted = PaymentStatus.SUCCEEDED, now, True
    return await _stored(session, bill, payment)


def _composed(bill: Bill, kind: PaymentKind, reference: str, body: dict[str, object]) -> Payment:
    return Payment(
        order_id=bill.order_id,
        user_id=bill.user_id,
        kind=kind,
        status=PaymentStatus.PENDING,
        reference=reference,
        request=body,
        amount_minor=bill.amount.minor,
        currency=bill.amount.currency,
        is_accepted=False,
    )


async def _stored(
    session: AsyncSession, bill: Bill, payment: Payment, *, epoch: int | None = None
) -> Payment:
    payment.epoch = epoch or await repository.next_epoch(session, bill.order_id)
    payment.idempotency_key = f"{bill.key_stem}:{payment.epoch}"
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


async def find_by_page(database: Database, session_id: str) -> Attempt | None:
    """Return which attempt a page of the provider belongs to, without locking anything."""
    return await repository.attempt_of_page(database, session_id)


async def latest_payment(session: AsyncSession, order_id: int) -> Payment | None:
    """Return the payment an order was paid with, or else its newest attempt; None: no attempt."""
    attempts = await repository.all_of(session, order_id)
    accepted = [attempt for attempt in attempts if attempt.is_accepted]
    return next(iter(accepted or attempts[::-1]), None)


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
        payment.tell_refusal_at = None
        return True
    if state.refusal is not None:
        payment.refusal_code = state.refusal.code
        payment.refusal_message = state.refusal.message
        payment.refused_charge_id = state.refusal.charge_id
    if payment.status is not PaymentStatus.PENDING:
        return False
    return _note_end(payment, state, now)


def _note_end(payment: Payment, state: IntentState, now: datetime) -> bool:
    if state.status is IntentStatus.CANCELLED and payment.kind is not PaymentKind.PAGE:
        payment.status = PaymentStatus.CANCELLED
        payment.settled_at = now
        return True
    if payment.kind is not PaymentKind.CHARGE:
        # The buyer sees the refusal and tries another card; the attempt stays open.
        return False
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


def is_new_refusal(payment: Payment, state: IntentState) -> bool:
    """Tell whether an attempt that its buyer watches was refused once more than we know of."""
    refusal = state.refusal
    if refusal is None or payment.kind is PaymentKind.CHARGE:
        return False
    known = (payment.refused_charge_id, payment.refusal_code)
    is_open = payment.status is PaymentStatus.PENDING
    return (
        is_open
        and state.status is not IntentStatus.SUCCEEDED
        and known
        != (
            refusal.charge_id,
            refusal.code,
        )
    )


async def refusals_due(session: AsyncSession, now: datetime) -> Sequence[tuple[int, int]]:
    """Return attempts of whose refusal a buyer is to be told by now, with their orders' ids."""
    return await repository.refusals_due(session, now)


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
    elif payment.kind is not PaymentKind.CHARGE:
        await _close_later(session, payment)
    await session.flush()


async def replace_pending(session: AsyncSession, payment: Payment, now: datetime) -> None:
    """End a locked attempt, because its buyer pays in another way; a job closes what is open.

    A buyer who is quick may still pay on it: then that money counts, or goes back if the order
    was paid by then.
    """
    note_given_up(payment, "replaced", "The buyer chose another way to pay.", now)
    if payment.asked_at is not None:
        await _close_later(session, payment)
    await session.flush()


async def _close_later(session: AsyncSession, payment: Payment) -> None:
    lock = f"payments.close:{payment.id}"
    await defer(session, "payments.close", queueing_lock=lock, payment_id=payment.id)


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
