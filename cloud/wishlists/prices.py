"""Watching the prices of what members wish for.

Prices move by hands, imports and the clock (a sale begins), so what counts is looked at, not
listened for: every look compares the price that holds now with the one that wishers know of.
"""

from datetime import datetime
from itertools import groupby

from sqlalchemy import DateTime, RowMapping, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.window_sql import PRICE, PUBLISHED
from cloud.foundation.events import emit
from cloud.wishlists.events import Fall, PriceFell

# Less is no news to anybody; several small falls add up until they are one.
WORTH_TELLING_PERCENT = 5

_NOW = bindparam("now", type_=DateTime(timezone=True))
_WATCHED = text(f"""
    SELECT v.id, v.product_id, {PRICE} AS minor, v.currency, m.minor AS before,
        m.currency AS before_currency, coalesce(m.falls, 0) AS falls
    FROM variants v
    JOIN products p ON p.id = v.product_id
    LEFT JOIN price_marks m ON m.variant_id = v.id
    WHERE v.is_active AND {PUBLISHED} AND EXISTS (
        SELECT FROM wishes w WHERE w.product_id = p.id AND w.user_id IS NOT NULL
            AND (w.variant_id IS NULL OR w.variant_id = v.id))
    ORDER BY v.product_id, minor, v.id
""").bindparams(_NOW)
_FORGET = text("""
    DELETE FROM price_marks m WHERE NOT EXISTS (
        SELECT FROM wishes w JOIN variants v ON v.product_id = w.product_id
        WHERE v.id = m.variant_id AND w.user_id IS NOT NULL
            AND (w.variant_id IS NULL OR w.variant_id = v.id))
""")
_MARK = text("""
    INSERT INTO price_marks (variant_id, minor, currency, falls)
    VALUES (:variant_id, :minor, :currency, :falls)
    ON CONFLICT (variant_id) DO UPDATE
    SET minor = excluded.minor, currency = excluded.currency, falls = excluded.falls
""")


async def watch_prices(session: AsyncSession, now: datetime) -> None:
    """Emit what became cheaper since its wishers were last told, and remember today's prices.

    What nobody wishes for is forgotten: a later wisher never knew of that price.
    """
    await session.execute(_FORGET)
    rows = (await session.execute(_WATCHED, {"now": now})).mappings().all()
    for product_id, listed in groupby(rows, key=lambda row: row["product_id"]):
        falls = [fall for row in listed if (fall := await _look(session, row)) is not None]
        if falls:
            await emit(session, PriceFell(product_id, tuple(falls), now))


async def _look(session: AsyncSession, row: RowMapping) -> Fall | None:
    before, minor = row["before"], row["minor"]
    if before is None or row["before_currency"] != row["currency"] or minor > before:
        await _mark(session, row, row["falls"])
        return None
    if minor * 100 > before * (100 - WORTH_TELLING_PERCENT):
        return None
    number = row["falls"] + 1
    await _mark(session, row, number)
    return Fall(row["id"], before, minor, row["currency"], number)


async def _mark(session: AsyncSession, row: RowMapping, falls: int) -> None:
    known = {"variant_id": row["id"], "minor": row["minor"], "currency": row["currency"]}
    await session.execute(_MARK, {**known, "falls": falls})
