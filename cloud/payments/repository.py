"""Queries about payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.database import Database
from cloud.payments.models import (
    Payment,
    PaymentCustomer,
    PaymentEvent,
    PaymentKind,
    PaymentStatus,
    SavedCard,
)
from cloud.payments.states import CardState, EventNotice


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which payment it is, and of which order, where nothing else of it is needed."""

    id: int
    order_id: int


async def fetch(session: AsyncSession, payment_id: int) -> Payment | None:
    """Return a payment as it stands, without a lock."""
    return await session.get(Payment, payment_id, populate_existing=True)


async def fetch_locked(session: AsyncSession, payment_id: int) -> Payment:
    """Return a payment with its row locked; whoever calls holds its order's lock already."""
    found = await session.scalars(
        select(Payment)
        .where(Payment.id == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


_STORE_PAGE = (
    update(Payment)
    .where(Payment.id == bindparam("payment_id"))
    .values(provider_session_id=bindparam("session_id"), page_url=bindparam("url"))
    .execution_options(synchronize_session=False)
)


async def store_page(
    session: AsyncSession, payment_id: int, session_id: str, url: str | None
) -> None:
    """Keep which page of the provider an attempt got; the same key gives the same one again."""
    await session.execute(
        _STORE_PAGE, {"payment_id": payment_id, "session_id": session_id, "url": url}
    )


async def by_reference(session: AsyncSession, reference: str) -> Payment | None:
    """Return the payment that the provider's metadata name."""
    payment: Payment | None = await session.scalar(
        select(Payment).where(Payment.reference == reference)
    )
    return payment


async def attempt_of_page(database: Database, session_id: str) -> Attempt | None:
    """Return which attempt a page is of."""
    row = await database.row(
        "SELECT id, order_id FROM payments WHERE provider_session_id = $1", session_id
    )
    return None if row is None else Attempt(*row)


async def by_intent_id(session: AsyncSession, intent_id: str) -> Payment | None:
    """Return the payment of an intent."""
    payment: Payment | None = await session.scalar(
        select(Payment).where(Payment.provider_intent_id == intent_id)
    )
    return payment


async def pending_of(session: AsyncSession, order_id: int) -> Payment | None:
    """Return the attempt that is under way for an order, locked."""
    payment: Payment | None = await session.scalar(
        select(Payment)
        .where(Payment.order_id == order_id, Payment.status == PaymentStatus.PENDING)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return payment


async def accepted_of(session: AsyncSession, order_id: int) -> Payment | None:
    """Return the payment that an order was paid with."""
    payment: Payment | None = await session.scalar(
        select(Payment).where(Payment.order_id == order_id, Payment.is_accepted)
    )
    return payment


async def all_of(session: AsyncSession, order_id: int) -> Sequence[Payment]:
    """Return all attempts for an order, oldest first."""
    found = await session.scalars(
        select(Payment).where(Payment.order_id == order_id).order_by(Payment.epoch)
    )
    return found.all()


async def next_epoch(session: AsyncSession, order_id: int) -> int:
    """Return the number of the next attempt; the caller holds the order's lock."""
    last = await session.scalar(select(func.max(Payment.epoch)).where(Payment.order_id == order_id))
    return int(last or 0) + 1


async def unanswered(session: AsyncSession, asked_before: datetime) -> Sequence[Payment]:
    """Return attempts that were asked for long ago and of which nothing was heard."""
    found = await session.scalars(
        select(Payment)
        .where(Payment.status == PaymentStatus.PENDING, Payment.asked_at <= asked_before)
        .order_by(Payment.id)
        .limit(500)
    )
    return found.all()


async def refusals_due(session: AsyncSession, now: datetime) -> Sequence[tuple[int, int]]:
    """Return attempts of whose refusal a buyer is to be told by now, with their orders' ids."""
    found = await session.execute(
        select(Payment.id, Payment.order_id)
        .where(Payment.tell_refusal_at <= now)
        .order_by(Payment.tell_refusal_at)
        .limit(500)
    )
    return [(row.id, row.order_id) for row in found]


async def unasked_charges(session: AsyncSession, made_before: datetime) -> Sequence[Payment]:
    """Return charges whose job seems to have been lost before it asked."""
    found = await session.scalars(
        select(Payment)
        .where(
            Payment.status == PaymentStatus.PENDING,
            Payment.kind == PaymentKind.CHARGE,
            Payment.asked_at.is_(None),
            Payment.created_at <= made_before,
        )
        .limit(500)
    )
    return found.all()


async def customer_of(session: AsyncSession, user_id: int) -> str | None:
    """Return the provider's id of a member."""
    found: str | None = await session.scalar(
        select(PaymentCustomer.provider_customer_id).where(PaymentCustomer.user_id == user_id)
    )
    return found


async def lock_customer(session: AsyncSession, user_id: int) -> PaymentCustomer | None:
    """Return a member's customer with its row locked; None for who never had one."""
    return await session.get(PaymentCustomer, user_id, with_for_update=True, populate_existing=True)


async def epoch_of(session: AsyncSession, user_id: int) -> int:
    """Return how many customers of a member were forgotten."""
    found = await session.scalar(
        select(PaymentCustomer.epoch).where(PaymentCustomer.user_id == user_id)
    )
    return found or 0


async def user_of(session: AsyncSession, customer_id: str) -> int | None:
    """Return the member behind the provider's customer."""
    found: int | None = await session.scalar(
        select(PaymentCustomer.user_id).where(PaymentCustomer.provider_customer_id == customer_id)
    )
    return found


async def store_customer(session: AsyncSession, user_id: int, customer_id: str, epoch: int) -> None:
    """Remember a member's customer: the first one of an epoch that is not over."""
    await session.execute(
        insert(PaymentCustomer)
        .values(user_id=user_id, provider_customer_id=customer_id, epoch=epoch)
        .on_conflict_do_update(
            index_elements=["user_id"],
            set_={"provider_customer_id": customer_id},
            where=and_(
                PaymentCustomer.provider_customer_id.is_(None), PaymentCustomer.epoch == epoch
            ),
        )
    )


async def cards_of(session: AsyncSession, user_id: int) -> Sequence[SavedCard]:
    """Return a member's cards, the default one first."""
    found = await session.scalars(
        select(SavedCard)
        .where(SavedCard.user_id == user_id, SavedCard.removed_at.is_(None))
        .order_by(SavedCard.is_default.desc(), SavedCard.id)
    )
    return found.all()


async def card_by_method(session: AsyncSession, method_id: str) -> SavedCard | None:
    """Return a card by the provider's id, removed ones too."""
    card: SavedCard | None = await session.scalar(
        select(SavedCard).where(SavedCard.provider_method_id == method_id)
    )
    return card


async def store_card(session: AsyncSession, user_id: int, card: CardState) -> None:
    """Remember a card; one that is known already stays as it is."""
    await session.execute(
        insert(SavedCard)
        .values(
            user_id=user_id,
            provider_method_id=card.method_id,
            brand=card.brand,
            last4=card.last4,
            exp_month=card.exp_month,
            exp_year=card.exp_year,
        )
        .on_conflict_do_nothing()
    )


async def clear_default(session: AsyncSession, user_id: int) -> None:
    """Leave a member without a default card."""
    await session.execute(
        update(SavedCard).where(SavedCard.user_id == user_id).values(is_default=False)
    )


async def store_event(session: AsyncSession, notice: EventNotice, now: datetime) -> bool:
    """Store an event unless its id is known; tell whether it was new."""
    stored = await session.scalar(
        insert(PaymentEvent)
        .values(
            id=notice.event_id,
            kind=notice.kind,
            object_id=notice.object_id,
            occurred_at=notice.occurred_at,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(PaymentEvent.id)
    )
    return stored is not None


async def event_locked(session: AsyncSession, event_id: str) -> PaymentEvent | None:
    """Return an event with its row locked."""
    event: PaymentEvent | None = await session.scalar(
        select(PaymentEvent)
        .where(PaymentEvent.id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return event


async def unprocessed_events(session: AsyncSession, received_before: datetime) -> Sequence[str]:
    """Return ids of events that nobody has finished working on."""
    found = await session.scalars(
        select(PaymentEvent.id)
        .where(PaymentEvent.processed_at.is_(None), PaymentEvent.received_at <= received_before)
        .order_by(PaymentEvent.received_at)
        .limit(500)
    )
    return found.all()
