"""Queries of sold gift cards. Whoever decides about one holds the lock of its row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.gifts.models import SoldGift


async def list_of_order(
    session: AsyncSession, order_id: int, *, locked: bool = False
) -> Sequence[SoldGift]:
    """Return what an order buys, first line first; fresh and locked until the end if asked."""
    query = select(SoldGift).where(SoldGift.order_id == order_id).order_by(SoldGift.id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).all()


async def lock_one(session: AsyncSession, gift_id: int) -> SoldGift | None:
    """Return one, fresh and locked until the transaction ends; None for an unknown id."""
    found: SoldGift | None = await session.scalar(
        select(SoldGift)
        .where(SoldGift.id == gift_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def find_of_card(session: AsyncSession, card_id: int) -> SoldGift | None:
    """Return what sold a card; None for one that staff issued."""
    found: SoldGift | None = await session.scalar(
        select(SoldGift).where(SoldGift.gift_card_id == card_id)
    )
    return found


async def list_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return the ids of those that may go out at a moment and did not, the longest due first."""
    found = await session.scalars(
        select(SoldGift.id)
        .where(
            SoldGift.gift_card_id.is_not(None),
            SoldGift.sent_at.is_(None),
            SoldGift.withdrawn_at.is_(None),
            SoldGift.due_at <= now,
        )
        .order_by(SoldGift.due_at)
        .limit(limit)
    )
    return found.all()
