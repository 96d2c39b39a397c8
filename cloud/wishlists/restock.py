"""Hearing by e-mail when something can be bought again, without an account.

Whoever types an address may not own it: it is asked first, once, and nothing else is written
there before its owner says yes. What was told is forgotten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, DateTime, RowMapping, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.service.users import clean_email
from cloud.catalogue.window_sql import PRICE, PUBLISHED
from cloud.foundation.events import emit
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.wishlists import repository
from cloud.wishlists.errors import NothingToWishFor
from cloud.wishlists.events import RestockAsked
from cloud.wishlists.models import RestockWish, Wish

# Long enough for a holiday, short enough that an address of a stranger does not lie here for long.
QUESTION_KEPT = timedelta(days=14)

_OFFER = text(f"""
    SELECT p.id AS product_id, p.slug, p.name, p.tagline, v.sku, v.name AS variant_name,
        {PRICE} AS minor, v.currency, {AVAILABLE_UNITS} AS available
    FROM variants v JOIN products p ON p.id = v.product_id
    WHERE v.id = :variant_id AND v.is_active AND {PUBLISHED}
""").bindparams(
    bindparam("variant_id", type_=BigInteger()), bindparam("now", type_=DateTime(timezone=True))
)


async def ask(
    session: AsyncSession,
    email: str,
    language: str,
    product_id: int,
    variant_id: int | None,
    now: datetime,
) -> None:
    """Note that an address wants to hear of a product, or one size of it; twice is once.

    Its owner is asked by mail unless they said yes before. Raises NotAnEmail, NothingToWishFor.
    """
    address = clean_email(email)
    if not await repository.can_be_wished(session, product_id, variant_id, now):
        raise NothingToWishFor
    statement = insert(RestockWish).values(
        email=address,
        language=language,
        product_id=product_id,
        variant_id=variant_id,
        asked_at=now,
    )
    wish_id = await session.scalar(statement.on_conflict_do_nothing().returning(RestockWish.id))
    if wish_id is not None:
        name = str(await session.scalar(_NAME, {"product_id": product_id}))
        await emit(session, RestockAsked(wish_id, address, language, name, now))


async def confirm(session: AsyncSession, wish_id: int, now: datetime) -> bool:
    """Note that an address's owner said yes, twice is once; False for what is told or forgotten."""
    wish = await session.get(RestockWish, wish_id, with_for_update=True)
    if wish is None:
        return False
    wish.confirmed_at = wish.confirmed_at or now
    await session.flush()
    return True


async def forget_unconfirmed(session: AsyncSession, now: datetime) -> None:
    """Forget addresses whose owner never said yes."""
    await session.execute(
        delete(RestockWish).where(
            RestockWish.confirmed_at.is_(None), RestockWish.asked_at < now - QUESTION_KEPT
        )
    )


async def find_offer(session: AsyncSession, variant_id: int, now: datetime) -> RowMapping | None:
    """Return what a bottle is, costs and how many are left; None when it is not on the shelves."""
    found = await session.execute(_OFFER, {"variant_id": variant_id, "now": now})
    return found.mappings().one_or_none()


async def take_waiting(
    session: AsyncSession, product_id: int, variant_id: int, limit: int
) -> Sequence[RestockWish]:
    """Return, and forget, confirmed addresses that wait for a bottle, the longest first."""
    found = await session.scalars(
        select(RestockWish)
        .where(
            RestockWish.product_id == product_id,
            RestockWish.confirmed_at.is_not(None),
            (RestockWish.variant_id == variant_id) | RestockWish.variant_id.is_(None),
        )
        .order_by(RestockWish.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    waiting = found.all()
    for wish in waiting:
        await session.delete(wish)
    return waiting


async def members_wishing(
    session: AsyncSession, product_id: int, after: int, limit: int
) -> Sequence[tuple[int, Sequence[int | None]]]:
    """Return members by id above `after` who wish for a product, with the sizes; None: any."""
    found = await session.execute(
        select(Wish.user_id, func.array_agg(Wish.variant_id))
        .where(Wish.product_id == product_id, Wish.user_id > after)
        .group_by(Wish.user_id)
        .order_by(Wish.user_id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in found if row[0] is not None]


_NAME = text("SELECT name FROM products WHERE id = :product_id")
