"""Queries of gift cards. Whoever decides about money on a card holds the lock of its row."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.models import GiftCard, GiftCardEntry, GiftCardEntryKind, GiftCardHold


async def find_by_digest(session: AsyncSession, digest: bytes) -> GiftCard | None:
    """Return the card of a code."""
    found: GiftCard | None = await session.scalar(
        select(GiftCard).where(GiftCard.code_digest == digest)
    )
    return found


async def list_cards(session: AsyncSession, ids: Collection[int]) -> Sequence[GiftCard]:
    """Return cards by id, as they are now."""
    if not ids:
        return []
    found = await session.scalars(
        select(GiftCard).where(GiftCard.id.in_(ids)).execution_options(populate_existing=True)
    )
    return found.all()


async def list_page(session: AsyncSession, after: int | None, limit: int) -> Sequence[GiftCard]:
    """Return cards, the newest first, behind one by id; None: from the start."""
    query = select(GiftCard).order_by(GiftCard.id.desc()).limit(limit)
    if after is not None:
        query = query.where(GiftCard.id < after)
    return (await session.scalars(query)).all()


async def lock_cards(session: AsyncSession, ids: Collection[int]) -> Sequence[GiftCard]:
    """Return cards, fresh and locked in id order until the transaction ends."""
    found = await session.scalars(
        select(GiftCard)
        .where(GiftCard.id.in_(ids))
        .order_by(GiftCard.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def sum_held(
    session: AsyncSession, ids: Collection[int], now: datetime, *, except_for: int | None
) -> dict[int, int]:
    """Return what unpaid orders hold at a moment by card id, leaving one order out."""
    rows = await session.execute(
        select(GiftCardHold.gift_card_id, func.sum(GiftCardHold.amount_minor).label("held"))
        .where(
            GiftCardHold.gift_card_id.in_(ids),
            GiftCardHold.expires_at > now,
            GiftCardHold.order_id != (except_for or 0),
        )
        .group_by(GiftCardHold.gift_card_id)
    )
    return {row.gift_card_id: int(row.held) for row in rows}


async def list_holds(session: AsyncSession, order_id: int) -> Sequence[GiftCardHold]:
    """Return what an order was to be paid with, in card id order, whether it still holds or not."""
    found = await session.scalars(
        select(GiftCardHold)
        .where(GiftCardHold.order_id == order_id)
        .order_by(GiftCardHold.gift_card_id)
    )
    return found.all()


async def end_holds(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Let an order hold nothing from a moment on."""
    await session.execute(
        update(GiftCardHold)
        .where(GiftCardHold.order_id == order_id, GiftCardHold.expires_at > now)
        .values(expires_at=now)
    )


async def prolong_holds(session: AsyncSession, order_id: int, until: datetime) -> None:
    """Let an order hold what it holds until a moment at least."""
    await session.execute(
        update(GiftCardHold)
        .where(GiftCardHold.order_id == order_id)
        .values(expires_at=func.greatest(GiftCardHold.expires_at, until))
    )


async def delete_holds(session: AsyncSession, order_id: int) -> None:
    """Forget what an order held, once it is spent."""
    await session.execute(delete(GiftCardHold).where(GiftCardHold.order_id == order_id))


async def delete_lapsed(session: AsyncSession, before: datetime) -> None:
    """Forget holds that ended before a moment."""
    await session.execute(delete(GiftCardHold).where(GiftCardHold.expires_at < before))


async def book(
    session: AsyncSession,
    card: GiftCard,
    kind: GiftCardEntryKind,
    delta_minor: int,
    now: datetime,
    *,
    order_id: int | None = None,
    note: str = "",
) -> None:
    """Write an entry of a locked card, and the balance it leads to."""
    card.balance_minor += delta_minor
    session.add(
        GiftCardEntry(
            gift_card_id=card.id,
            kind=kind,
            delta_minor=delta_minor,
            balance_after_minor=card.balance_minor,
            order_id=order_id,
            note=note,
            at=now,
        )
    )
    await session.flush()


async def sum_of_order(session: AsyncSession, order_id: int) -> dict[int, int]:
    """Return what each card still pays of an order: spent less given back, by card id."""
    rows = await session.execute(
        select(GiftCardEntry.gift_card_id, func.sum(-GiftCardEntry.delta_minor).label("paid"))
        .where(GiftCardEntry.order_id == order_id)
        .group_by(GiftCardEntry.gift_card_id)
        .order_by(GiftCardEntry.gift_card_id)
    )
    return {row.gift_card_id: int(row.paid) for row in rows}


async def list_entries(session: AsyncSession, card_id: int) -> Sequence[GiftCardEntry]:
    """Return the history of a card, the newest first."""
    found = await session.scalars(
        select(GiftCardEntry)
        .where(GiftCardEntry.gift_card_id == card_id)
        .order_by(GiftCardEntry.id.desc())
    )
    return found.all()


async def list_differences(session: AsyncSession) -> Sequence[Row[int, int, int]]:
    """Return id, balance and booked sum of the cards whose entries do not explain the balance."""
    booked = func.coalesce(func.sum(GiftCardEntry.delta_minor), 0)
    rows = await session.execute(
        select(GiftCard.id, GiftCard.balance_minor, booked)
        .outerjoin(GiftCardEntry, GiftCardEntry.gift_card_id == GiftCard.id)
        .group_by(GiftCard.id)
        .having(GiftCard.balance_minor != booked)
    )
    return rows.all()
