"""The SQL of the shop's hot reads. Only constants of ours are composed; values are always bound."""

from dataclasses import dataclass
from typing import Any

from cloud.catalogue.wishes import Mark, SortOrder, Wish

# Of a product `p` and a variant `v` at the moment `:now`; carts read them too.
PUBLISHED = "p.deleted_at IS NULL AND p.published_at <= :now"
_ON_SALE = (
    "(v.sale_price_minor IS NOT NULL AND coalesce(v.sale_starts_at <= :now, true)"
    " AND coalesce(v.sale_ends_at > :now, true))"
)
PRICE = f"CASE WHEN {_ON_SALE} THEN v.sale_price_minor ELSE v.price_minor END"
_IMAGE = "json_build_object('url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height)"
_COLOURS = (
    "json_build_object('primary', p.colour_primary, 'secondary', p.colour_secondary,"
    " 'accent', p.colour_accent)"
)
_VISIBLE_COLLECTION = (
    "c.is_active AND coalesce(c.starts_at <= :now, true) AND coalesce(c.ends_at > :now, true)"
)
_MOST_SHOWN = 99  # nobody may put more in a cart, and the exact stock is the shop's affair

_QUERY = "(websearch_to_tsquery('public.scent', :words) || to_tsquery('public.scent', :prefix))"
_FOLDED = "lower(public.unaccent('public.unaccent', :words))"
_SCORE = (
    f"round((ts_rank_cd(p.search_document, {_QUERY})"
    f" + word_similarity({_FOLDED}, p.search_words)"
    f" + word_similarity({_FOLDED}, lower(p.name)))::numeric, 6)"
)

# Of each order: the key that rows are compared by, and the direction.
_KEYS = {
    SortOrder.RECOMMENDED: ("p.position", "ASC"),
    SortOrder.RELEVANCE: (_SCORE, "DESC"),
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
    "words": f"(p.search_document @@ {_QUERY} OR p.search_words %> {_FOLDED})",
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
            WHERE c.slug = :collection AND {_VISIBLE_COLLECTION}
        )""",
}


def detail_sql(available: str) -> str:
    """Return the statement for one product by :slug; no row when it is not on sale."""
    return f"""
    SELECT json_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'tagline', p.tagline,
        'description', p.description, 'family', p.family, 'intensity', p.intensity,
        'notes', json_build_object(
            'top', p.notes_top, 'heart', p.notes_heart, 'base', p.notes_base),
        'moods', p.moods, 'rooms', p.rooms, 'colours', {_COLOURS},
        'pet_note', p.pet_note, 'child_note', p.child_note,
        'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
        'meta_title', p.meta_title, 'meta_description', p.meta_description,
        'published_at', p.published_at,
        'images', (
            SELECT coalesce(json_agg({_IMAGE} ORDER BY i.position), '[]')
            FROM product_images i WHERE i.product_id = p.id),
        'variants', (
            SELECT coalesce(json_agg(json_build_object(
                'id', v.id, 'sku', v.sku, 'name', v.name, 'capacity_ul', v.capacity_ul,
                'is_default', v.is_default,
                'price', json_build_object('minor', {PRICE}, 'currency', v.currency),
                'regular_price', json_build_object('minor', v.price_minor, 'currency', v.currency),
                'sale_ends_at', CASE WHEN {_ON_SALE} THEN v.sale_ends_at END,
                'available', least({available}, {_MOST_SHOWN})
            ) ORDER BY v.capacity_ul), '[]')
            FROM variants v WHERE v.product_id = p.id AND v.is_active),
        'categories', (
            SELECT coalesce(json_agg(json_build_object('slug', c.slug, 'name', c.name)
                ORDER BY c.position, c.id), '[]')
            FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = p.id),
        'collections', (
            SELECT coalesce(json_agg(json_build_object('slug', c.slug, 'name', c.name)
                ORDER BY c.position, c.id), '[]')
            FROM product_collections pc JOIN collections c ON c.id = pc.collection_id
            WHERE pc.product_id = p.id AND {_VISIBLE_COLLECTION}),
        'tags', (
            SELECT coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name)
                ORDER BY t.name), '[]')
            FROM product_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.product_id = p.id)
    )::text
    FROM products p WHERE p.slug = :slug AND {PUBLISHED}
    """


@dataclass(frozen=True, slots=True)
class PageShape:
    """What a page's statement depends on; its values are bound. `filters` are names of a Wish."""

    order: SortOrder
    filters: frozenset[str]
    in_stock: bool
    is_first: bool


def page_values(wish: Wish) -> tuple[PageShape, dict[str, Any]]:
    """Return the shape of a wish's statement and its values, without :now; raises CursorInvalid."""
    values: dict[str, Any] = {
        name: wished for name in _FILTERS if (wished := getattr(wish, name)) not in (None, "")
    }
    shape = PageShape(wish.order, frozenset(values), wish.in_stock, not wish.after)
    values["limit"] = wish.limit
    if "words" in shape.filters:
        values["prefix"] = wish.prefix_query
    if wish.after:
        mark = Mark.read(wish.after, wish.order)
        values |= {"after_key": mark.value, "after_id": mark.id}
    return shape, values


def page_sql(shape: PageShape, available: str) -> str:
    """Return the statement for one page.

    Its one row: `more`, `last_key` and `last_id` of the page, `items` (JSON array or null).
    """
    key, direction = _KEYS[shape.order]
    in_stock = _in_stock(available)
    conditions = [PUBLISHED, *(_FILTERS[name] for name in _FILTERS if name in shape.filters)]
    if shape.in_stock:
        conditions.append(in_stock)
    if not shape.is_first:
        beyond = ">" if direction == "ASC" else "<"
        conditions.append(f"({key}, p.id) {beyond} (:after_key, :after_id)")
    return f"""
    WITH hit AS MATERIALIZED (
        SELECT p.id, {key} AS sort_key, o.minor, o.regular_minor, o.currency, o.prices
        FROM products p
        CROSS JOIN LATERAL (
            SELECT {PRICE} AS minor, v.price_minor AS regular_minor, v.currency,
                   count(*) OVER () AS prices
            FROM variants v WHERE v.product_id = p.id AND v.is_active ORDER BY 1, v.id LIMIT 1
        ) o
        WHERE {" AND ".join(conditions)}
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
            'family', p.family, 'colours', {_COLOURS},
            'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
            'image', CASE WHEN i.id IS NOT NULL THEN {_IMAGE} END,
            'price', json_build_object('minor', minor, 'currency', currency),
            'regular_price', json_build_object('minor', regular_minor, 'currency', currency),
            'has_several_sizes', prices > 1,
            'is_in_stock', {in_stock}
        ) ORDER BY place) FILTER (WHERE place <= :limit))::text AS items
    FROM placed JOIN products p USING (id)
    LEFT JOIN product_images i ON i.product_id = p.id AND i.position = 0
    """


def facets_sql(available: str) -> str:
    """Return the statement for what the list can be narrowed by; always one row."""
    return f"""
    WITH shown AS MATERIALIZED (SELECT p.* FROM products p WHERE {PUBLISHED})
    SELECT json_build_object(
        'families', (
            SELECT coalesce(json_agg(json_build_object('value', family, 'count', hits)
                ORDER BY family), '[]')
            FROM (SELECT family, count(*) AS hits FROM shown GROUP BY family) f),
        'moods', {_word_counts("moods")},
        'rooms', {_word_counts("rooms")},
        'categories', (
            SELECT coalesce(json_agg(json_build_object(
                'slug', c.slug, 'name', c.name, 'description', c.description,
                'parent', parent.slug,
                'count', (
                    WITH RECURSIVE branch(id) AS (
                        SELECT c.id
                        UNION
                        SELECT child.id FROM categories child
                        JOIN branch ON child.parent_id = branch.id
                    )
                    SELECT count(DISTINCT shown.id) FROM branch
                    JOIN product_categories pc ON pc.category_id = branch.id
                    JOIN shown ON shown.id = pc.product_id)
            ) ORDER BY c.position, c.id), '[]')
            FROM categories c LEFT JOIN categories parent ON parent.id = c.parent_id),
        'collections', (
            SELECT coalesce(json_agg(json_build_object(
                'slug', c.slug, 'name', c.name, 'description', c.description,
                'is_featured', c.is_featured,
                'count', (
                    SELECT count(*) FROM product_collections pc
                    JOIN shown ON shown.id = pc.product_id WHERE pc.collection_id = c.id)
            ) ORDER BY c.position, c.id), '[]')
            FROM collections c WHERE {_VISIBLE_COLLECTION}),
        'in_stock', (SELECT count(*) FROM shown p WHERE {_in_stock(available)}),
        'total', (SELECT count(*) FROM shown)
    )::text
    """


def _in_stock(available: str) -> str:
    return (
        "EXISTS (SELECT FROM variants v"
        f" WHERE v.product_id = p.id AND v.is_active AND {available} > 0)"
    )


def _word_counts(column: str) -> str:
    return f"""(
            SELECT coalesce(json_agg(json_build_object('value', word, 'count', hits)
                ORDER BY word), '[]')
            FROM (SELECT word, count(*) AS hits FROM shown, unnest({column}) AS word
                  GROUP BY word) w)"""
