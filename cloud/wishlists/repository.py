"""The queries of wishlists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    LargeBinary,
    RowMapping,
    bindparam,
    delete,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from cloud.catalogue.window_sql import PRICE, PUBLISHED, bound, in_currency
from cloud.foundation.conversion import Conversion
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.wishlists.models import Wish


@dataclass(frozen=True, slots=True)
class Wisher:
    """A member, by user id, or a guest, by the digest of their cookie's token; exactly one."""

    user_id: int | None
    token_digest: bytes | None


# Of each wish the bottle that would be put into a cart: the one wished for, else the cheapest.
_LIST_SQL = f"""
    SELECT wish.id, wish.variant_id AS wished_variant_id, wish.wished_at, p.id AS product_id,
        p.slug, p.name, p.tagline, i.url, i.alt, i.width, i.height,
        coalesce({PUBLISHED}, false) AND o.variant_id IS NOT NULL AS is_sellable,
        o.variant_id, o.sku, o.variant_name, o.minor, o.currency,
        coalesce(o.available, 0) AS available
    FROM wishes wish
    JOIN products p ON p.id = wish.product_id
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
    LEFT JOIN LATERAL (
        SELECT v.id AS variant_id, v.sku, v.name AS variant_name, {PRICE} AS minor, v.currency,
            {AVAILABLE_UNITS} AS available
        FROM variants v
        WHERE v.product_id = p.id AND v.is_active
            AND (wish.variant_id IS NULL OR v.id = wish.variant_id)
        ORDER BY {PRICE}, v.id LIMIT 1
    ) o ON true
    WHERE wish.user_id IS NOT DISTINCT FROM :user_id
        AND wish.token_digest IS NOT DISTINCT FROM :token_digest
    ORDER BY wish.wished_at DESC, wish.id DESC
"""
_PLACES = (
    bindparam("user_id", type_=BigInteger()),
    bindparam("token_digest", type_=LargeBinary()),
    bindparam("now", type_=DateTime(timezone=True)),
)
_LIST = text(_LIST_SQL).bindparams(*_PLACES)
_LIST_CONVERTED = text(in_currency(_LIST_SQL)).bindparams(*_PLACES)
_KNOWN = text("""
    SELECT EXISTS (
        SELECT FROM products p WHERE p.id = :product_id AND p.deleted_at IS NULL
            AND p.published_at <= :now
            AND (CAST(:variant_id AS bigint) IS NULL OR EXISTS (
                SELECT FROM variants v WHERE v.id = :variant_id AND v.product_id = p.id
                    AND v.is_active)))
""").bindparams(
    bindparam("product_id", type_=BigInteger()),
    bindparam("variant_id", type_=BigInteger()),
    bindparam("now", type_=DateTime(timezone=True)),
)


async def list_wishes(
    session: AsyncSession, wisher: Wisher, now: datetime, conversion: Conversion | None = None
) -> Sequence[RowMapping]:
    """Return somebody's wishes with what can be bought of them now, the newest first.

    `conversion` gives the prices in another currency than the shop's own.
    """
    values: dict[str, Any] = {
        "user_id": wisher.user_id,
        "token_digest": wisher.token_digest,
        "now": now,
    }
    statement = _LIST
    if conversion is not None:
        statement, values = _LIST_CONVERTED, values | bound(conversion)
    return (await session.execute(statement, values)).mappings().all()


async def can_be_wished(
    session: AsyncSession, product_id: int, variant_id: int | None, now: datetime
) -> bool:
    """Tell whether a product is on the shelves and the size, if any, is one of it."""
    values = {"product_id": product_id, "variant_id": variant_id, "now": now}
    return bool(await session.scalar(_KNOWN, values))


async def add(
    session: AsyncSession,
    wisher: Wisher,
    product_id: int,
    variant_id: int | None,
    now: datetime,
) -> None:
    """Add a wish; the same one twice is one."""
    await session.execute(
        insert(Wish)
        .values(
            user_id=wisher.user_id,
            token_digest=wisher.token_digest,
            product_id=product_id,
            variant_id=variant_id,
            wished_at=now,
        )
        .on_conflict_do_nothing()
    )


async def remove(session: AsyncSession, wisher: Wisher, wish_id: int) -> None:
    """Take one of somebody's own wishes off the list; nothing happens when it is not there."""
    await session.execute(delete(Wish).where(_is_of(wisher), Wish.id == wish_id))


async def count(session: AsyncSession, wisher: Wisher) -> int:
    """Return how many wishes somebody has."""
    return int(await session.scalar(select(func.count()).where(_is_of(wisher))) or 0)


async def has_wishes(session: AsyncSession, wisher: Wisher) -> bool:
    """Tell whether somebody has a list."""
    return bool(await session.scalar(select(exists().where(_is_of(wisher)))))


async def pour(session: AsyncSession, guest: Wisher, member: Wisher) -> None:
    """Make a guest's wishes a member's; what both wished for is there once."""
    taken = (
        delete(Wish)
        .where(_is_of(guest))
        .returning(Wish.product_id, Wish.variant_id, Wish.wished_at)
    )
    rows: list[dict[str, Any]] = [
        {**row, "user_id": member.user_id, "token_digest": None}
        for row in (await session.execute(taken)).mappings()
    ]
    if rows:
        await session.execute(insert(Wish).on_conflict_do_nothing(), rows)


async def forget_old(session: AsyncSession, before: datetime) -> None:
    """Forget the wishes of guests from before a moment."""
    await session.execute(delete(Wish).where(Wish.user_id.is_(None), Wish.wished_at < before))


async def forget_of(session: AsyncSession, user_id: int) -> None:
    """Forget a member's wishes."""
    await session.execute(delete(Wish).where(Wish.user_id == user_id))


def _is_of(wisher: Wisher) -> ColumnElement[bool]:
    if wisher.user_id is not None:
        return Wish.user_id == wisher.user_id
    return Wish.user_id.is_(None) & (Wish.token_digest == wisher.token_digest)
