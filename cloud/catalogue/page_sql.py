"""The SQL of the list, composed of constants by what a visitor wishes. Search: `search_sql`."""

from dataclasses import dataclass
from typing import Any

from cloud.catalogue.filters_sql import FLAGS, PRICE_FILTERS, VALUES
from cloud.catalogue.search_sql import configuration_of, found_sql
from cloud.catalogue.window_sql import COLOURS, PRICE, PUBLISHED, RATING, image, in_stock
from cloud.catalogue.wishes import Mark, SortOrder, Wish, joined_words, prefix_query, split_words

# The cheapest bottle of a product `p`, as `o`.
_OFFER = f"""CROSS JOIN LATERAL (
            SELECT {PRICE} AS minor, v.price_minor AS regular_minor, v.currency,
                   count(*) OVER () AS prices
            FROM variants v WHERE v.product_id = p.id AND v.is_active ORDER BY 1, v.id LIMIT 1
        ) o"""
# Its price alone: for a list that may look at every product, one pass over all bottles; for one
# that few are left of, the bottles of each.
_CHEAPEST_OF_ALL = f"""JOIN (
            SELECT v.product_id, min({PRICE}) AS minor
            FROM variants v WHERE v.is_active GROUP BY v.product_id
        ) o ON o.product_id = p.id"""
_CHEAPEST_OF_EACH = f"""JOIN LATERAL (
            SELECT min({PRICE}) AS minor
            FROM variants v WHERE v.product_id = p.id AND v.is_active
        ) o ON o.minor IS NOT NULL"""
_HAS_OFFER = "EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.is_active)"
_LOCAL = "LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = :language"

# Of each order: the key that rows are compared by, and the direction.
_KEYS = {
    SortOrder.RECOMMENDED: ("p.position", "ASC"),
    SortOrder.RELEVANCE: ("found.score", "DESC"),
    SortOrder.NEWEST: ("p.published_at", "DESC"),
    SortOrder.CHEAPEST: ("o.minor", "ASC"),
    SortOrder.DEAREST: ("o.minor", "DESC"),
    SortOrder.BEST_RATED: ("p.rating_rank", "DESC"),
    SortOrder.NAME: ('lower(p.name) COLLATE "C"', "ASC"),
}
_LOCAL_NAME = 'lower(coalesce(t.name, p.name)) COLLATE "C"'
_BY_PRICE = frozenset({SortOrder.CHEAPEST, SortOrder.DEAREST})


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page's statement depends on; its values are bound. `filters` are names of a Wish.

    `configuration` is how the visitor's language is searched, empty for the shop's own. `limit`
    stands in the statement: with it bound, PostgreSQL plans for a tenth of the shop, which is so
    dear that it plans each time anew, for longer than it reads (1.1 ms instead of 0.5, November
    2026). `is_corrected` says that words which nothing has are replaced by near ones.
    `is_replanned` binds the limit after all: in a large shop, only a fresh plan sees how common a
    word is (9 ms instead of 24 at 50,000 products).
    """

    order: SortOrder
    filters: frozenset[str]
    has_words: bool
    configuration: str
    is_first: bool
    limit: int
    is_corrected: bool = False
    is_replanned: bool = False

    @property
    def needs_price(self) -> bool:
        """Tell whether the price decides which rows are on the page."""
        return self.order in _BY_PRICE or bool(self.filters & PRICE_FILTERS)

    @property
    def sort(self) -> tuple[str, str]:
        """Return the key that rows are compared by, and the direction."""
        key, direction = _KEYS[self.order]
        is_local = self.order is SortOrder.NAME and self.configuration
        return (_LOCAL_NAME if is_local else key), direction


def page_values(wish: Wish) -> tuple[PageShape, dict[str, Any]]:
    """Return the shape of a wish's statement and its values, without :now; raises CursorInvalid."""
    values: dict[str, Any] = {
        name: wished for name in VALUES if (wished := getattr(wish, name)) not in (None, "")
    }
    shape = PageShape(
        order=wish.order,
        filters=frozenset(values) | {name for name in FLAGS if getattr(wish, name)},
        has_words=bool(wish.words),
        configuration=configuration_of(wish.language) if wish.language else "",
        is_first=not wish.after,
        limit=wish.limit,
    )
    values["limit"] = wish.limit
    if wish.language:
        values["language"] = wish.language
    if wish.words:
        values |= {
            "words": wish.words,
            "prefix": prefix_query(wish.words),
            "joined": joined_words(wish.words),
            "typed": split_words(wish.words),
        }
    if wish.after:
        mark = Mark.read(wish.after, wish.order)
        values |= {"after_key": mark.value, "after_id": mark.id}
    return shape, values


def page_sql(shape: PageShape, available: str) -> str:
    """Return the statement for one page.

    Its one row: `more`, `last_key` and `last_id` of the page, `items` (JSON array or null), and
    `understood`, the words that were searched for in place of those typed (or null). What a card
    shows is looked up for the rows of the page alone.
    """
    key, direction = shape.sort
    limit = ":limit::bigint" if shape.is_replanned else str(int(shape.limit))
    understood = "(SELECT string_agg(word, ' ' ORDER BY place) FROM meant)"
    found = found_sql(shape.configuration, is_corrected=shape.is_corrected)
    return f"""
    WITH {found if shape.has_words else ""}
    hit AS MATERIALIZED (
        SELECT p.id, {key} AS sort_key
        FROM products p
        {"JOIN found USING (id)" if shape.has_words else ""}
        {_cheapest(shape) if shape.needs_price else ""}
        {_LOCAL if key == _LOCAL_NAME else ""}
        WHERE {" AND ".join(_conditions(shape, available))}
        ORDER BY sort_key {direction}, p.id {direction} LIMIT {limit} + 1
    ), placed AS (
        SELECT *, row_number() OVER (ORDER BY sort_key {direction}, id {direction}) AS place
        FROM hit
    )
    SELECT count(*) > {limit} AS more,
        max(placed.sort_key::text) FILTER (WHERE place = {limit}) AS last_key,
        max(placed.id) FILTER (WHERE place = {limit}) AS last_id,
        (json_agg({card(available, is_local=bool(shape.configuration))} ORDER BY place)
            FILTER (WHERE place <= {limit}))::text AS items,
        {understood if shape.is_corrected else "NULL::text"} AS understood
    FROM placed JOIN products p USING (id)
    {card_source(is_local=bool(shape.configuration))}
    """


def card(available: str, *, is_local: bool) -> str:
    """Return the JSON of a product `p` as a card, over the joins of `card_source`."""
    name, tagline = (
        ("coalesce(t.name, p.name)", "coalesce(t.tagline, p.tagline)")
        if is_local
        else ("p.name", "p.tagline")
    )
    return f"""json_build_object(
            'id', p.id, 'slug', p.slug, 'name', {name}, 'tagline', {tagline},
            'family', p.family, 'colours', {COLOURS},
            'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
            'image', CASE WHEN i.id IS NOT NULL THEN {image(is_local=is_local)} END,
            'price', json_build_object('minor', o.minor, 'currency', o.currency),
            'regular_price', json_build_object('minor', o.regular_minor, 'currency', o.currency),
            'has_several_sizes', o.prices > 1,
            'rating', {RATING},
            'is_in_stock', {in_stock(available)})"""


def card_source(*, is_local: bool) -> str:
    """Return the joins beside a product `p` that its card needs; none has no bottle on sale."""
    return f"""{_OFFER}
    {_LOCAL if is_local else ""}
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0"""


def _cheapest(shape: PageShape) -> str:
    is_narrow = shape.has_words or shape.filters - PRICE_FILTERS
    return _CHEAPEST_OF_EACH if is_narrow else _CHEAPEST_OF_ALL


def _conditions(shape: PageShape, available: str) -> list[str]:
    key, direction = shape.sort
    flags = {**FLAGS, "in_stock": in_stock(available)}
    conditions = [
        PUBLISHED,
        *(sql for name, sql in (VALUES | flags).items() if name in shape.filters),
    ]
    if not shape.needs_price and "in_stock" not in shape.filters:
        conditions.append(_HAS_OFFER)
    if not shape.is_first:
        beyond = ">" if direction == "ASC" else "<"
        conditions.append(f"({key}, p.id) {beyond} (:after_key, :after_id)")
    return conditions
