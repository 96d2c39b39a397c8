"""Pieces of the SQL of the shop's hot reads. Only constants are composed; values are always bound.

The statements: `page_sql`, `search_sql`, `detail_sql`, `facets_sql`, `suggestions_sql`. A piece
that is local shows texts in `:language`, and in the shop's own where there is none.
"""

import re
from typing import Any

from cloud.foundation.conversion import Conversion

# Of a product `p` and a variant `v` at the moment `:now`; carts read them too.
PUBLISHED = "p.deleted_at IS NULL AND p.published_at <= :now"
ON_SALE = (
    "(v.sale_price_minor IS NOT NULL AND coalesce(v.sale_starts_at <= :now, true)"
    " AND coalesce(v.sale_ends_at > :now, true))"
)
PRICE = f"CASE WHEN {ON_SALE} THEN v.sale_price_minor ELSE v.price_minor END"
COLOURS = (
    "json_build_object('primary', p.colour_primary, 'secondary', p.colour_secondary,"
    " 'accent', p.colour_accent)"
)
# What buyers say of a product `p`; it stands in its row, so that no list looks at reviews.
RATING = (
    "CASE WHEN p.rating_count > 0 THEN json_build_object("
    "'average', round(p.rating_sum::numeric / p.rating_count, 2), 'count', p.rating_count) END"
)
VISIBLE_COLLECTION = (
    "c.is_active AND coalesce(c.starts_at <= :now, true) AND coalesce(c.ends_at > :now, true)"
)
_BOTTLES = re.compile(r"\bvariants v\b")
_PRICED_BOTTLES = "public.variants_in(:currency, :factor, :step, :ending)"
MOST_SHOWN = 99  # nobody may put more in a cart, and the exact stock is the shop's affair


def image(*, is_local: bool) -> str:
    """Return the JSON of a picture `i`, with its smaller sizes."""
    alt = (
        "coalesce((SELECT it.alt FROM image_translations it"
        " WHERE it.image_id = i.id AND it.language = :language), i.alt)"
        if is_local
        else "i.alt"
    )
    return (
        f"json_build_object('url', i.url, 'alt', {alt}, 'width', i.width, 'height', i.height,"
        f" 'sizes', CASE WHEN i.file_key IS NULL THEN '[]'::json ELSE {sizes_of('i.file_key')} END)"
    )


def sizes_of(key: str) -> str:
    """Return the JSON of the smaller sizes of a stored picture."""
    return f"""(
    SELECT coalesce(json_agg(json_build_object(
        'url', '/files/' || s.file_key, 'width', s.width) ORDER BY s.width), '[]')
    FROM picture_sizes s WHERE s.original_key = {key})"""


def local_name(kind: str, column: str = "name", *, is_local: bool) -> str:
    """Return a text of a category, collection or tag (`kind`) `c`."""
    if not is_local:
        return f"c.{column}"
    return (
        f"coalesce((SELECT lc.{column} FROM {kind}_translations lc"
        f" WHERE lc.{kind}_id = c.id AND lc.language = :language), c.{column})"
    )


def in_stock(available: str) -> str:
    """Return the condition that any bottle of a product `p` can be bought."""
    return (
        "EXISTS (SELECT FROM variants v"
        f" WHERE v.product_id = p.id AND v.is_active AND {available} > 0)"
    )


def in_currency(statement: str) -> str:
    """Return a statement over bottles `v` with their prices in another currency.

    That is the one of `:currency`, by `:factor`, `:step` and `:ending` of its Conversion.
    """
    return _BOTTLES.sub(f"{_PRICED_BOTTLES} v", statement)


def bound(conversion: Conversion) -> dict[str, Any]:
    """Return what `in_currency` binds."""
    return {
        "currency": conversion.currency,
        "factor": conversion.factor,
        "step": conversion.step,
        "ending": conversion.ending,
    }
