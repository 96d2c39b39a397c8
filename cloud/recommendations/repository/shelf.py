"""What is on the shelves, as the model and as the pages need it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, RowMapping, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.window_sql import PRICE, PUBLISHED, bound, image, in_currency, in_stock
from cloud.foundation.conversion import Conversion
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.recommendations.scents import Scent, kind_of, scent_of
from cloud.recommendations.taste import Taste

_SCENT = (
    "p.id, p.family, p.intensity, p.moods, p.rooms,"
    " p.notes_top || p.notes_heart || p.notes_base AS notes, p.aliases"
)
_NOW = bindparam("now", type_=DateTime(timezone=True))
_IDS = bindparam("ids", type_=ARRAY(BigInteger()))
_WORDS = [bindparam(name, type_=ARRAY(Text())) for name in ("families", "moods", "rooms", "notes")]
# Twice as many as are wanted are looked up in the stock: at 50,000 products that is the dear part.
_FITTING = text(f"""
    WITH near AS MATERIALIZED (
        SELECT {_SCENT}, p.position,
            CASE WHEN p.family = ANY(:families) THEN 3 ELSE 0 END
            + 2 * (SELECT count(*) FROM unnest(p.moods) w WHERE w = ANY(:moods))
            + (SELECT count(*) FROM unnest(p.rooms) w WHERE w = ANY(:rooms))
            + 3 * (SELECT count(*) FROM unnest(p.notes_top || p.notes_heart || p.notes_base) w
                   WHERE w = ANY(:notes)) AS points
        FROM products p WHERE {PUBLISHED}
        ORDER BY points DESC, p.position, p.id LIMIT 2 * :most
    )
    SELECT * FROM near p WHERE {in_stock(AVAILABLE_UNITS)}
    ORDER BY points DESC, p.position, p.id LIMIT :most
""").bindparams(_NOW, *_WORDS)
_SOLD = text(f"""
    SELECT {_SCENT} FROM products p
    WHERE p.id = ANY(:ids) AND {PUBLISHED} AND {in_stock(AVAILABLE_UNITS)}
""").bindparams(_NOW, _IDS)
_ALL = text(f"SELECT {_SCENT} FROM products p WHERE {PUBLISHED} ORDER BY p.id").bindparams(_NOW)
_ANY = text(f"SELECT {_SCENT} FROM products p WHERE p.id = ANY(:ids)").bindparams(_IDS)
_OF_VARIANTS = text(
    "SELECT DISTINCT v.product_id FROM variants v WHERE v.id = ANY(:ids) ORDER BY 1"
).bindparams(_IDS)
_NAMES = text("""
    SELECT p.id, coalesce(t.name, p.name) AS name FROM products p
    LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = :language
    WHERE p.id = ANY(:ids)
""").bindparams(_IDS)
_CARDS_SQL = f"""
    SELECT p.id AS product_id, p.slug, coalesce(t.name, p.name) AS name,
        coalesce(t.tagline, p.tagline) AS tagline,
        CASE WHEN i.id IS NOT NULL THEN {image(is_local=True)} END AS image,
        o.variant_id, o.variant_name, o.minor, o.currency, o.has_several
    FROM unnest(:ids) WITH ORDINALITY AS wanted(id, place)
    JOIN products p ON p.id = wanted.id
    LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = :language
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
    JOIN LATERAL (
        SELECT v.id AS variant_id, v.name AS variant_name, {PRICE} AS minor, v.currency,
            count(*) OVER () > 1 AS has_several
        FROM variants v
        WHERE v.product_id = p.id AND v.is_active AND {AVAILABLE_UNITS} > 0
        ORDER BY {PRICE}, v.id LIMIT 1
    ) o ON true
    WHERE {PUBLISHED} ORDER BY wanted.place LIMIT :most
"""
_CARDS = text(_CARDS_SQL).bindparams(_NOW, _IDS)
_CARDS_CONVERTED = text(in_currency(_CARDS_SQL)).bindparams(_NOW, _IDS)
_BY_SKU = text("SELECT sku, product_id FROM variants WHERE sku = ANY(:skus)").bindparams(
    bindparam("skus", type_=ARRAY(Text()))
)
_FEATURES = text("""
    SELECT DISTINCT f FROM products p CROSS JOIN LATERAL (
        SELECT 'family:' || p.family UNION ALL SELECT 'intensity:' || p.intensity
        UNION ALL SELECT 'mood:' || w FROM unnest(p.moods) w
        UNION ALL SELECT 'room:' || w FROM unnest(p.rooms) w
        UNION ALL SELECT 'note:' || lower(w)
            FROM unnest(p.notes_top || p.notes_heart || p.notes_base) w
    ) AS held(f) WHERE p.deleted_at IS NULL ORDER BY f
""")


async def fitting_scents(
    session: AsyncSession, taste: Taste, now: datetime, most: int
) -> list[Scent]:
    """Return the scents on sale and in stock that have most of what a taste likes."""
    liked: dict[str, list[str]] = {"family": [], "mood": [], "room": [], "note": []}
    for feature in sorted(taste.liked):
        liked.setdefault(kind_of(feature), []).append(feature.partition(":")[2])
    values = {
        "now": now,
        "most": most,
        "families": liked["family"],
        "moods": liked["mood"],
        "rooms": liked["room"],
        "notes": liked["note"],
    }
    return [_scent(row) for row in (await session.execute(_FITTING, values)).mappings()]


async def sold_scents(
    session: AsyncSession, product_ids: Collection[int], now: datetime
) -> dict[int, Scent]:
    """Return those of some products that are on sale and in stock, by id."""
    rows = await session.execute(_SOLD, {"ids": list(product_ids), "now": now})
    return {row["id"]: _scent(row) for row in rows.mappings()}


async def scents_of(session: AsyncSession, product_ids: Collection[int]) -> dict[int, Scent]:
    """Return products as the model sees them, on sale or not, by id."""
    rows = await session.execute(_ANY, {"ids": list(product_ids)})
    return {row["id"]: _scent(row) for row in rows.mappings()}


async def products_of(session: AsyncSession, variant_ids: Collection[int]) -> list[int]:
    """Return the products of variants."""
    return list(await session.scalars(_OF_VARIANTS, {"ids": list(variant_ids)}))


async def all_scents(session: AsyncSession, now: datetime) -> list[Scent]:
    """Return every scent on sale, in stock or not."""
    return [_scent(row) for row in (await session.execute(_ALL, {"now": now})).mappings()]


async def list_cards(
    session: AsyncSession,
    product_ids: Sequence[int],
    now: datetime,
    *,
    language: str | None,
    conversion: Conversion | None,
    most: int,
) -> Sequence[RowMapping]:
    """Return the first `most` of some products that can be bought now, in the order given.

    Each with the cheapest bottle in stock. `language` None is the shop's own, `conversion` gives
    prices in another currency.
    """
    values: dict[str, Any] = {
        "ids": list(product_ids),
        "now": now,
        "language": language,
        "most": most,
    }
    statement = _CARDS
    if conversion is not None:
        statement, values = _CARDS_CONVERTED, values | bound(conversion)
    return (await session.execute(statement, values)).mappings().all()


async def names_of(
    session: AsyncSession, product_ids: Collection[int], language: str | None
) -> dict[int, str]:
    """Return what products are called, sold or not, by id."""
    if not product_ids:
        return {}
    rows = await session.execute(_NAMES, {"ids": list(product_ids), "language": language})
    return {row.id: row.name for row in rows}


async def products_by_sku(session: AsyncSession, skus: Collection[str]) -> dict[str, int]:
    """Return the product of each SKU that exists."""
    rows = await session.execute(_BY_SKU, {"skus": list(skus)})
    return {row.sku: row.product_id for row in rows}


async def list_features(session: AsyncSession) -> list[str]:
    """Return every feature that a product has: what weights can be about."""
    return list(await session.scalars(_FEATURES))


def _scent(row: RowMapping) -> Scent:
    return scent_of(
        row["id"],
        row["family"],
        row["intensity"],
        row["moods"],
        row["rooms"],
        row["notes"],
        row["aliases"],
    )
