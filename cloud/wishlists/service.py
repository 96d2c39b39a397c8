"""Wishing for scents, and having the list at hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.conversion import Conversion
from cloud.wishlists import repository
from cloud.wishlists.errors import MOST_WISHES, NothingToWishFor, TooManyWishes
from cloud.wishlists.repository import Wisher

# A guest's list; a member's stays.
KEPT = timedelta(days=180)


async def wishes(
    session: AsyncSession,
    wisher: Wisher | None,
    now: datetime,
    conversion: Conversion | None = None,
) -> Sequence[RowMapping]:
    """Return somebody's wishes with what can be bought of them now, the newest first.

    `conversion` gives the prices in another currency than the shop's own.
    """
    if wisher is None:
        return []
    return await repository.list_wishes(session, wisher, now, conversion)


async def wish(
    session: AsyncSession,
    wisher: Wisher,
    product_id: int,
    variant_id: int | None,
    now: datetime,
) -> None:
    """Put a product on somebody's list, in a size or whichever (None); twice is once.

    Raises NothingToWishFor, TooManyWishes.
    """
    if not await repository.can_be_wished(session, product_id, variant_id, now):
        raise NothingToWishFor
    if await repository.count(session, wisher) >= MOST_WISHES:
        raise TooManyWishes
    await repository.add(session, wisher, product_id, variant_id, now)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget the wishes of guests that are half a year old."""
    await repository.forget_old(session, now - KEPT)
