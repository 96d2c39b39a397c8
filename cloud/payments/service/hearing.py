"""Hearing what the provider says: an event only points at an object, which is then fetched.

So events may repeat, come late, in any order or from elsewhere: the object's present state counts,
and whoever applies it does so under the order's row lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.payments import repository
from cloud.payments.errors import GatewayRefused, UnknownReference
from cloud.payments.events import (
    AttemptEnded,
    DisputeObserved,
    PaymentObserved,
    RefundObserved,
)
from cloud.payments.models import Payment, PaymentEvent, PaymentKind
from cloud.payments.ports import PaymentGateway
from cloud.payments.repository import Attempt
from cloud.payments.service.cards import remember_card
from cloud.payments.states import (
    CardState,
    DisputeState,
    EventNotice,
    IntentState,
    IntentStatus,
    PageState,
    PageStatus,
    RefundState,
)

# The provider's list may lag behind its webhooks by minutes; repeats cost nothing.
_OVERLAP = timedelta(hours=1)
# A page or a charge without news for this long is asked about.
_PATIENCE = timedelta(minutes=45)


@dataclass
class _Heard:
    """The present state of the object that an event points at; all empty when it is not ours."""

    intent: IntentState | None = None
    page: PageState | None = None
    refunds: Sequence[RefundState] = field(default_factory=tuple)
    dispute: DisputeState | None = None
    card: CardState | None = None
    card_user: int | None = None
    removed_method: str | None = None

    @property
    def reference(self) -> str | None:
        if self.page is not None:
            return self.page.reference
        return self.intent.reference if self.intent is not None else None


async def store_event(session: AsyncSession, notice: EventNotice, now: datetime) -> bool:
    """Store an event and the job that works on it; False, and nothing, when it is known."""
    if not await repository.store_event(session, notice, now):
        return False
    await defer(session, "payments.apply_event", event_id=notice.event_id)
    return True


async def apply_event(
    database: Database, gateway: PaymentGateway, event_id: str, clock: Clock
) -> None:
    """Work on a stored event once. Raises GatewayUnavailable or UnknownReference: try later."""
    async with database.unit_of_work() as session:
        event = await repository.event_locked(session, event_id)
    if event is None or event.processed_at is not None:
        return
    heard = await _fetch(gateway, event)
    async with database.unit_of_work() as session:
        outcome = await _tell(session, heard, clock.now())
        locked = await repository.event_locked(session, event_id)
        if locked is not None and locked.processed_at is None:
            locked.processed_at = clock.now()
            locked.outcome = outcome


async def _fetch(gateway: PaymentGateway, event: PaymentEvent) -> _Heard:
    """Fetch what the event points at; an object that is gone tells nothing."""
    try:
        heard = await _fetch_object(gateway, event.kind, event.object_id)
    except GatewayRefused:
        return _Heard()
    intent = heard.page.intent if heard.page is not None else heard.intent
    if intent is not None and intent.status is IntentStatus.SUCCEEDED:
        # A refund's own event may have come before the payment was known here.
        heard.refunds = await gateway.refunds_of_intent(intent.intent_id)
    return heard


async def _fetch_object(gateway: PaymentGateway, kind: str, object_id: str) -> _Heard:
    family = kind.rpartition(".")[0]
    if family == "payment_intent":
        return _Heard(intent=await gateway.fetch_intent(object_id))
    if family == "charge.dispute":
        return await _fetch_dispute(gateway, object_id)
    if family == "checkout.session":
        return _Heard(page=await gateway.fetch_page(object_id))
    if family == "refund":
        return await _fetch_refunds(gateway, [await gateway.fetch_refund(object_id)])
    if kind == "charge.refunded":
        return await _fetch_refunds(gateway, await gateway.refunds_of_charge(object_id))
    if kind == "setup_intent.succeeded":
        user_id, card = await gateway.fetch_setup(object_id)
        return _Heard(card=card, card_user=user_id)
    if kind == "payment_method.detached":
        return _Heard(removed_method=object_id)
    return _Heard()


async def _fetch_refunds(gateway: PaymentGateway, refunds: Sequence[RefundState]) -> _Heard:
    """Fetch the payment too: whether its order took the money decides what a refund means."""
    intents = [refund.intent_id for refund in refunds if refund.intent_id is not None]
    if not intents:
        return _Heard(refunds=refunds)
    return _Heard(refunds=refunds, intent=await gateway.fetch_intent(intents[0]))


async def _fetch_dispute(gateway: PaymentGateway, dispute_id: str) -> _Heard:
    """Fetch the payment too: the dispute may be heard of before it."""
    dispute = await gateway.fetch_dispute(dispute_id)
    if dispute.intent_id is None:
        return _Heard()
    return _Heard(dispute=dispute, intent=await gateway.fetch_intent(dispute.intent_id))


async def _tell(session: AsyncSession, heard: _Heard, now: datetime) -> str:
    if heard.removed_method is not None:
        return await _forget(session, heard.removed_method, now)
    if heard.card is not None and heard.card_user is not None:
        await remember_card(session, heard.card_user, heard.card)
        return "card saved"
    if heard.page is not None and heard.page.saved_for_user is not None:
        return await _hear_card_page(session, heard.page)
    outcome = await _hear_payment(session, heard, now)
    for refund in heard.refunds:
        await emit(session, RefundObserved(refund, now))
    return outcome


async def _hear_payment(session: AsyncSession, heard: _Heard, now: datetime) -> str:
    if heard.reference is None:
        return "refund" if heard.refunds else "not ours"
    payment = await repository.by_reference(session, heard.reference)
    if payment is None:
        raise UnknownReference(heard.reference)
    if heard.page is not None:
        await hear_page(session, payment, heard.page, now)
        return f"page {heard.page.status.value}"
    if heard.intent is not None:
        await hear_intent(session, payment, heard.intent, now)
    if heard.dispute is not None:
        await emit(session, DisputeObserved(payment.id, payment.order_id, heard.dispute, now))
        return "dispute"
    return "intent"


async def hear_intent(
    session: AsyncSession, payment: Payment, state: IntentState, now: datetime
) -> None:
    """Tell the listeners how an intent stands."""
    await emit(session, PaymentObserved(payment.id, payment.order_id, state, now))


async def hear_page(
    session: AsyncSession, payment: Payment | Attempt, page: PageState, now: datetime
) -> None:
    """Tell the listeners how a payment page stands."""
    for event in page_news(payment, page, now):
        await emit(session, event)


def page_news(
    payment: Payment | Attempt, page: PageState, now: datetime
) -> list[PaymentObserved | AttemptEnded]:
    """Return what there is to tell about a payment page."""
    news: list[PaymentObserved | AttemptEnded] = []
    if page.intent is not None:
        news.append(PaymentObserved(payment.id, payment.order_id, page.intent, now))
    if page.status is PageStatus.EXPIRED:
        news.append(AttemptEnded(payment.id, payment.order_id, now))
    return news


async def _hear_card_page(session: AsyncSession, page: PageState) -> str:
    if page.card is None or page.saved_for_user is None:
        return "card page without a card"
    await remember_card(session, page.saved_for_user, page.card)
    return "card saved"


async def _forget(session: AsyncSession, method_id: str, now: datetime) -> str:
    card = await repository.card_by_method(session, method_id)
    if card is None:
        return "not ours"
    card.is_default = False
    card.removed_at = card.removed_at or now
    return "card removed"


async def catch_up(
    database: Database, gateway: PaymentGateway, since: datetime, clock: Clock
) -> None:
    """Find what was missed: events that never came, attempts and events nobody finished.

    Level-triggered: run it whenever, as often as wanted. `since` is the last success.
    """
    now = clock.now()
    for notice in await gateway.events_since(since - _OVERLAP):
        async with database.unit_of_work() as session:
            await store_event(session, notice, now)
    async with database.unit_of_work() as session:
        for event_id in await repository.unprocessed_events(session, now - _OVERLAP):
            lock = f"payment_event:{event_id}"
            await defer(session, "payments.apply_event", queueing_lock=lock, event_id=event_id)
        for payment in await repository.unanswered(session, now - _PATIENCE):
            await _ask_again(session, payment)
        for payment in await repository.unasked_charges(session, now - _PATIENCE):
            await _ask_again(session, payment)


async def _ask_again(session: AsyncSession, payment: Payment) -> None:
    task = "payments.charge" if payment.kind is PaymentKind.CHARGE else "payments.close"
    await defer(session, task, queueing_lock=f"{task}:{payment.id}", payment_id=payment.id)
