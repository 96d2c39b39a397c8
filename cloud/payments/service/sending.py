"""Talking to the provider: commit what will be asked, ask, commit what was answered.

Each function opens its own units of work and can be killed between any two statements: the next
run finds the stored body and key and goes on. A key is good for a day; after 20 hours without an
answer the provider is not asked again but searched.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.payments import repository
from cloud.payments.errors import GatewayRefused, PaymentNotFound
from cloud.payments.events import AttemptEnded, ChargeGivenUp, PaymentObserved
from cloud.payments.models import Payment, PaymentKind, PaymentStatus
from cloud.payments.ports import PaymentGateway
from cloud.payments.service.hearing import page_news
from cloud.payments.states import IntentState

KEY_IS_GOOD_FOR = timedelta(hours=20)


async def ensure_customer(
    database: Database, gateway: PaymentGateway, user_id: int, email: str, name: str
) -> str:
    """Return the provider's customer of a member, made at first need; GatewayUnavailable."""
    async with database.unit_of_work() as session:
        known = await repository.customer_of(session, user_id)
        epoch = await repository.epoch_of(session, user_id)
    if known is not None:
        return known
    key = f"customer:{user_id}:{email}" + (f":{epoch}" if epoch else "")
    made = await gateway.open_customer(user_id, email, name, key=key)
    async with database.unit_of_work() as session:
        await repository.store_customer(session, user_id, made, epoch)
        # Another request may have been first with another one; the stored one counts.
        return await repository.customer_of(session, user_id) or made


async def known_customer(session: AsyncSession, user_id: int) -> str | None:
    """Return the provider's customer of a member; None before `ensure_customer` made one."""
    return await repository.customer_of(session, user_id)


async def open_card_page(
    database: Database,
    gateway: PaymentGateway,
    *,
    user_id: int,
    email: str,
    name: str,
    currency: str,
    success_url: str,
    cancel_url: str,
    key: str,
) -> str:
    """Return the address of a page on which a member saves a card; nothing is charged.

    `key` makes a double click open one page; it should name the member's session and the minute.
    """
    customer_id = await ensure_customer(database, gateway, user_id, email, name)
    body = gateway.compose_card_page(user_id, customer_id, currency, success_url, cancel_url)
    page = await gateway.open_page(body, key)
    return page.url or success_url


async def open_portal(
    database: Database,
    gateway: PaymentGateway,
    *,
    user_id: int,
    email: str,
    name: str,
    return_url: str,
) -> str:
    """Return the address of the provider's page where a member looks after their cards."""
    customer_id = await ensure_customer(database, gateway, user_id, email, name)
    return await gateway.open_portal(customer_id, return_url)


async def open_pending_page(
    database: Database, gateway: PaymentGateway, payment_id: int, clock: Clock
) -> str | None:
    """Return the address of a stored payment page, opening it at first need.

    None when the page is over. Raises GatewayUnavailable; the next call goes on.
    """
    async with database.unit_of_work() as session:
        payment = await _for_asking(session, payment_id, clock.now())
    if payment is None or payment.page_url is not None:
        return payment.page_url if payment else None
    return await open_begun_page(database, gateway, payment)


async def open_begun_page(
    database: Database, gateway: PaymentGateway, payment: Payment
) -> str | None:
    """Return the address of a payment page that is stored as asked for, and keep it.

    Raises GatewayUnavailable; asking again gives the same page.
    """
    page = await gateway.open_page(payment.request, payment.idempotency_key)
    async with database.unit_of_work() as session:
        await repository.store_page(session, payment.id, page.session_id, page.url)
    return page.url


async def open_pending_intent(
    database: Database, gateway: PaymentGateway, payment_id: int, clock: Clock
) -> IntentState | None:
    """Return a stored intent as it stands now, opening it at first need; None when it is over.

    Raises GatewayUnavailable; the next call goes on.
    """
    async with database.unit_of_work() as session:
        payment = await _for_asking(session, payment_id, clock.now())
    if payment is None:
        return None
    if payment.provider_intent_id is not None:
        return await gateway.fetch_intent(payment.provider_intent_id)
    state = await gateway.open_intent(payment.request, payment.idempotency_key)
    async with database.unit_of_work() as session:
        locked = await repository.fetch_locked(session, payment_id)
        locked.provider_intent_id = state.intent_id
    return state


async def charge_saved_card(
    database: Database, gateway: PaymentGateway, payment_id: int, clock: Clock
) -> None:
    """Make a stored charge, once, and tell the listeners how it went.

    Raises GatewayUnavailable while the answer is unknown; run it again then.
    """
    async with database.unit_of_work() as session:
        before = await repository.fetch(session, payment_id)
        was_asked_at = before.asked_at if before is not None else None
        payment = await _for_asking(session, payment_id, clock.now())
    if payment is None:
        return
    now = clock.now()
    try:
        news = await _news(gateway, payment, was_asked_at, now)
    except GatewayRefused as error:
        news = _given_up(payment, error.provider_code or error.code, error.reason, now)
    async with database.unit_of_work() as session:
        await emit(session, news)


async def _news(
    gateway: PaymentGateway, payment: Payment, was_asked_at: datetime | None, now: datetime
) -> PaymentObserved | ChargeGivenUp:
    state = await _answer(gateway, payment, was_asked_at, now)
    if state is None:
        return _given_up(payment, "no_answer", "The payment provider never answered.", now)
    return PaymentObserved(payment.id, payment.order_id, state, now)


def _given_up(payment: Payment, code: str, message: str, now: datetime) -> ChargeGivenUp:
    return ChargeGivenUp(payment.id, payment.order_id, code, message, now)


async def _answer(
    gateway: PaymentGateway, payment: Payment, was_asked_at: datetime | None, now: datetime
) -> IntentState | None:
    if was_asked_at is None:
        return await gateway.charge(payment.request, payment.idempotency_key)
    # Asked before without an answer: a find is certain, a miss is so only for an old request.
    found = await gateway.find_intent(payment.reference)
    if found is not None or now - was_asked_at > KEY_IS_GOOD_FOR:
        return found
    return await gateway.charge(payment.request, payment.idempotency_key)


async def _for_asking(session: AsyncSession, payment_id: int, now: datetime) -> Payment | None:
    """Return a pending payment stamped as asked for; None when it is over."""
    payment = await repository.fetch_locked(session, payment_id)
    if payment.status is not PaymentStatus.PENDING:
        return None
    payment.asked_at = payment.asked_at or now
    return payment


async def close_attempt(
    database: Database, gateway: PaymentGateway, payment_id: int, clock: Clock
) -> None:
    """Make sure that nobody pays on an attempt any more; a payment that came first is told.

    Repeating it is harmless. A charge of a saved card is left to end by itself.
    """
    async with database.unit_of_work() as session:
        payment = await repository.fetch(session, payment_id)
        if payment is None:
            raise PaymentNotFound
    if payment.status is PaymentStatus.SUCCEEDED or payment.kind is PaymentKind.CHARGE:
        return
    if payment.kind is PaymentKind.INTENT:
        news = await _news_of_closed_intent(gateway, payment, clock.now())
    else:
        news = await _news_of_closed_page(gateway, payment, clock.now())
    async with database.unit_of_work() as session:
        for event in news:
            await emit(session, event)


async def _news_of_closed_page(
    gateway: PaymentGateway, payment: Payment, now: datetime
) -> list[PaymentObserved | AttemptEnded]:
    expired = AttemptEnded(payment.id, payment.order_id, now)
    session_id = payment.provider_session_id or await _find_page(gateway, payment)
    if session_id is not None:
        return page_news(payment, await gateway.close_page(session_id), now)
    # No page was ever made under this key, or one so long ago that it is over: was it paid?
    state = await gateway.find_intent(payment.reference)
    if state is None:
        return [expired]
    return [PaymentObserved(payment.id, payment.order_id, state, now), expired]


async def _news_of_closed_intent(
    gateway: PaymentGateway, payment: Payment, now: datetime
) -> list[PaymentObserved | AttemptEnded]:
    ended = AttemptEnded(payment.id, payment.order_id, now)
    intent_id = payment.provider_intent_id or await _find_intent(gateway, payment, now)
    if intent_id is None:
        return [ended]
    state = await gateway.cancel_intent(intent_id)
    return [PaymentObserved(payment.id, payment.order_id, state, now), ended]


async def _find_intent(gateway: PaymentGateway, payment: Payment, now: datetime) -> str | None:
    """Return the intent that an unanswered request made: the same key gives it again."""
    if payment.asked_at is None or now - payment.asked_at > KEY_IS_GOOD_FOR:
        found = await gateway.find_intent(payment.reference)
        return found.intent_id if found is not None else None
    try:
        return (await gateway.open_intent(payment.request, payment.idempotency_key)).intent_id
    except GatewayRefused:
        return None


async def _find_page(gateway: PaymentGateway, payment: Payment) -> str | None:
    """Return the page that an unanswered request made: the same key gives it again."""
    try:
        page = await gateway.open_page(payment.request, payment.idempotency_key)
    except GatewayRefused:
        return None
    return page.session_id
