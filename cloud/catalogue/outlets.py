"""What machines read of the whole shop, in portions: sitemaps and product feeds."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from cloud.catalogue.window_sql import (
    ON_SALE,
    PRICE,
    PUBLISHED,
    VISIBLE_COLLECTION,
    bound,
    in_currency,
)
from cloud.foundation.conversion import Conversion
from cloud.foundation.database import Database

_PORTION = 1000
_HAS_BOTTLE = "EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.is_active)"
_COUNT = text(f"SELECT count(*) FROM products p WHERE {PUBLISHED} AND {_HAS_BOTTLE}")
_ADDRESSES = text(f"""
    SELECT p.id, p.slug, p.updated_at FROM products p
    WHERE {PUBLISHED} AND {_HAS_BOTTLE} AND p.id > :after ORDER BY p.id LIMIT :portion
""")
_FIRST_OF_PART = text(f"""
    SELECT p.id FROM products p WHERE {PUBLISHED} AND {_HAS_BOTTLE}
    ORDER BY p.id OFFSET :skipped LIMIT 1
""")
_SHELVES = text(f"""
    SELECT 'categories' AS kind, c.slug, c.updated_at FROM categories c
    UNION ALL
    SELECT 'collections', c.slug, c.updated_at FROM collections c WHERE {VISIBLE_COLLECTION}
    ORDER BY 1, 2
""")


def _offers(available: str) -> str:
    # `b` is the bottle itself: `v` has prices in another currency, and no barcode or weight then.
    return f"""
    SELECT v.id, b.sku, b.barcode, b.name AS size, v.price_minor, v.currency, b.weight_g,
        CASE WHEN {ON_SALE} THEN {PRICE} END AS sale_minor,
        v.sale_starts_at, v.sale_ends_at, {available} > 0 AS is_in_stock,
        p.slug, p.name, p.tagline, p.description, i.url AS image_url,
        (SELECT string_agg(c.name, ' > ' ORDER BY c.position, c.id) FROM product_categories pc
         JOIN categories c ON c.id = pc.category_id WHERE pc.product_id = p.id) AS shelves
    FROM variants v JOIN variants b ON b.id = v.id JOIN products p ON p.id = v.product_id
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
    WHERE v.is_active AND v.id > :after AND {PUBLISHED}
    ORDER BY v.id LIMIT :portion
    """


async def count_products(database: Database, now: datetime) -> int:
    """Return how many products are on sale."""
    async with database.reading() as connection:
        return int(await connection.scalar(_COUNT, {"now": now}) or 0)


async def list_shelves(database: Database, now: datetime) -> list[tuple[str, str, datetime]]:
    """Return ("categories" or "collections", slug, last change) of every shelf to be seen."""
    async with database.reading() as connection:
        rows = await connection.execute(_SHELVES, {"now": now})
        return [(row.kind, row.slug, row.updated_at) for row in rows]


async def products_of_part(
    database: Database, now: datetime, part: int, size: int
) -> AsyncIterator[tuple[str, datetime]]:
    """Yield slug and last change of the products of a part (from 0) of `size` each, by id."""
    async with database.reading() as connection:
        skipped = {"now": now, "skipped": part * size}
        first = await connection.scalar(_FIRST_OF_PART, skipped)
    after, left = (first - 1 if first is not None else None), size
    while after is not None and left > 0:
        values = {"now": now, "after": after, "portion": min(_PORTION, left)}
        async with database.reading() as connection:
            rows = (await connection.execute(_ADDRESSES, values)).all()
        for row in rows:
            yield row.slug, row.updated_at
        left -= len(rows)
        after = rows[-1].id if rows else None


async def all_offers(
    database: Database, available: str, now: datetime, conversion: Conversion | None = None
) -> AsyncIterator[Row[Any]]:
    """Yield every bottle on sale, with its product, by id; `available` as for `ShopWindow`.

    `conversion` gives the prices in another currency than the shop's own.
    """
    offers = _offers(available)
    statement, after = text(in_currency(offers) if conversion else offers), 0
    prices = bound(conversion) if conversion else {}
    while True:
        values = {"now": now, "after": after, "portion": _PORTION, **prices}
        async with database.reading() as connection:
            rows = (await connection.execute(statement, values)).all()
        for row in rows:
            yield row
        if len(rows) < _PORTION:
            return
        after = rows[-1].id
