"""The SQL of the list and the search, composed of constants by what a visitor wishes."""

from dataclasses import dataclass
from typing import Any

from cloud.catalogue.window_sql import (
    COLOURS,
    IMAGE,
    PRICE,
    PUBLISHED,
    VISIBLE_COLLECTION,
    in_stock,
)
from cloud.catalogue.wishes import Mark, SortOrder, Wish

_QUERY = "(websearch_to_tsquery('public.scent', :words) || to_tsquery('public.scent', :prefix))"
_FOLDED = "lower(public.unaccent('public.unaccent', :words))"
# Words are searched for as a whole; only what nobody has is searched for by its sound.
_FOUND = f"""
    exact AS MATERIALIZED (
        SELECT p.id, round(ts_rank_cd(p.search_document, {_QUERY})::numeric, 6) AS score
        FROM products p WHERE p.search_document @@ {_QUERY} AND {PUBLISHED}
    ), found AS MATERIALIZED (
        SELECT id, score FROM exact
        UNION ALL
        SELECT p.id, round(word_similarity({_FOLDED}, p.search_words)::numeric, 6)
        FROM products p
        WHERE NOT EXISTS (SELECT FROM exact) AND p.search_words %> {_FOLDED} AND {PUBLISHED}
    ),"""

# The cheapest bottle of a product `p`, as `o`.
_OFFER = f"""CROSS JOIN LATERAL (
            SELECT {PRICE} AS minor, v.price_minor AS regular_minor, v.currency,
                   count(*) OVER () AS prices
            FROM variants v WHERE v.product_id = p.id AND v.is_active ORDER BY 1, v.id LIMIT 1
        ) o"""
_HAS_OFFER = "EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.is_active)"

# Of each order: the key that rows are compared by, and the direction.
_KEYS = {
    SortOrder.RECOMMENDED: ("p.position", "ASC"),
    SortOrder.RELEVANCE: ("found.score", "DESC"),
    SortOrder.NEWEST: ("p.published_at", "DESC"),
    SortOrder.CHEAPEST: ("o.minor", "ASC"),
    SortOrder.DEAREST: ("o.minor", "DESC"),
    SortOrder.NAME: ('lower(p.name) COLLATE "C"', "ASC"),
}

_FILTERS = {
    "family": "p.family = :family",
    "mood": ":mood = ANY(p.moods)",
    "room": ":room = ANY(p.rooms)",
    "cheapest_minor": "o.minor >= :cheapest_minor",
    "dearest_minor": "o.minor <= :dearest_minor",
    "category": """
        p.id IN (
            WITH RECURSIVE branch(id) AS (
                SELECT id FROM categories WHERE slug = :category
                UNION
                SELECT child.id FROM categories child JOIN branch ON child.parent_id = branch.id
            )
            SELECT product_id FROM product_categories JOIN branch ON category_id = branch.id
        )""",
    "collection": f"""
        p.id IN (
            SELECT product_id FROM product_collections JOIN collections c ON c.id = collection_id
            WHERE c.slug = :collection AND {VISIBLE_COLLECTION}
        )""",
}
_BY_PRICE = frozenset({SortOrder.CHEAPEST, SortOrder.DEAREST})
_PRICE_FILTERS = frozenset({"cheapest_minor", "dearest_minor"})


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page's statement depends on; its values are bound. `filters` are names of a Wish."""

    order: SortOrder
    filters: frozenset[str]
    has_words: bool
    in_stock: bool
    is_first: bool

    @property
    def needs_price(self) -> bool:
        """Tell whether the price decides which rows are on the page."""
        return self.order in _BY_PRICE or bool(self.filters & _PRICE_FILTERS)


def page_values(wish: Wish) -> tuple[PageShape, dict[str, Any]]:
    """Return the shape of a wish's statement and its values, without :now; raises CursorInvalid."""
    values: dict[str, Any] = {
        name: wished for name in _FILTERS if (wished := getattr(wish, name)) not in (None, "")
    }
    shape = PageShape(
        order=wish.order,
        filters=frozenset(values),
        has_words=bool(wish.words),
        in_stock=wish.in_stock,
        is_first=not wish.after,
    )
    values["limit"] = wish.limit
    if wish.words:
        values |= {"words": wish.words, "prefix": wish.prefix_query}
    if wish.after:
        mark = Mark.read(wish.after, wish.order)
        values |= {"after_key": mark.value, "after_id": mark.id}
    return shape, values


def page_sql(shape: PageShape, available: str) -> str:
    """Return the statement for one page.

    Its one row: `more`, `last_key` and `last_id` of the page, `items` (JSON array or null). What
    a card shows is looked up for the rows of the page alone.
    """
    key, direction = _KEYS[shape.order]
    return f"""
    WITH {_FOUND if shape.has_words else ""}
    hit AS MATERIALIZED (
        SELECT p.id, {key} AS sort_key
        FROM products p
        {"JOIN found USING (id)" if shape.has_words else ""}
        {_OFFER if shape.needs_price else ""}
        WHERE {" AND ".join(_conditions(shape, available))}
        ORDER BY sort_key {direction}, p.id {direction} LIMIT :limit + 1
    ), placed AS (
        SELECT *, row_number() OVER (ORDER BY sort_key {direction}, id {direction}) AS place
        FROM hit
    )
    SELECT count(*) > :limit AS more,
        max(placed.sort_key::text) FILTER (WHERE place = :limit) AS last_key,
        max(placed.id) FILTER (WHERE place = :limit) AS last_id,
        (json_agg(json_build_object(
            'id', p.id, 'slug', p.slug, 'name', p.name, 'tagline', p.tagline,
            'family', p.family, 'colours', {COLOURS},
            'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
            'image', CASE WHEN i.id IS NOT NULL THEN {IMAGE} END,
            'price', json_build_object('minor', o.minor, 'currency', o.currency),
            'regular_price', json_build_object('minor', o.regular_minor, 'currency', o.currency),
            'has_several_sizes', o.prices > 1,
            'is_in_stock', {in_stock(available)}
        ) ORDER BY place) FILTER (WHERE place <= :limit))::text AS items
    FROM placed JOIN products p USING (id)
    {_OFFER}
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
    """


def _conditions(shape: PageShape, available: str) -> list[str]:
    key, direction = _KEYS[shape.order]
    conditions = [PUBLISHED, *(_FILTERS[name] for name in _FILTERS if name in shape.filters)]
    if shape.in_stock:
        conditions.append(in_stock(available))
    elif not shape.needs_price:
        conditions.append(_HAS_OFFER)
    if not shape.is_first:
        beyond = ">" if direction == "ASC" else "<"
        conditions.append(f"({key}, p.id) {beyond} (:after_key, :after_id)")
    return conditions
