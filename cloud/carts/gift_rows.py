"""Queries of the gift cards that lie in carts, to be bought."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.models import CartGift


async def list_gifts(session: AsyncSession, cart_id: int) -> Sequence[CartGift]:
    """Return the gift cards in a cart, first put in first."""
    found = await session.scalars(
        select(CartGift).where(CartGift.cart_id == cart_id).order_by(CartGift.id)
    )
    return found.all()


async def count_gifts(session: AsyncSession, cart_id: int) -> int:
    """Return how many gift cards are in a cart."""
    counted = await session.scalar(
        select(func.count()).select_from(CartGift).where(CartGift.cart_id == cart_id)
    )
    return counted or 0


async def remove_gifts(session: AsyncSession, cart_id: int, ids: Collection[int]) -> bool:
    """Take gift cards out of a cart; return whether one of them was in it."""
    gone = await session.execute(
        delete(CartGift)
        .where(CartGift.cart_id == cart_id, CartGift.id.in_(ids))
        .returning(CartGift.id)
    )
    return gone.first() is not None


async def pour(session: AsyncSession, source_id: int, target_id: int) -> None:
    """Move the gift cards of one cart into another; both are locked."""
    await session.execute(
        update(CartGift).where(CartGift.cart_id == source_id).values(cart_id=target_id)
    )
