"""The SQL of a product's page: the product itself, and what is shown beneath it."""

from cloud.catalogue.page_sql import card, card_source
from cloud.catalogue.window_sql import (
    COLOURS,
    MOST_SHOWN,
    ON_SALE,
    PRICE,
    PUBLISHED,
    RATING,
    VISIBLE_COLLECTION,
    image,
    local_name,
)

_MOST_BENEATH = 4
_TEXTS = ("name", "tagline", "description", "meta_title", "meta_description")


def detail_sql(available: str, *, is_local: bool) -> str:
    """Return the statement for one product by :slug as it is at :now.

    No row when it is not out by :out_by, a moment after :now for those who may buy it early.
    """
    texts = ", ".join(
        f"'{name}', " + (f"coalesce(t.{name}, p.{name})" if is_local else f"p.{name}")
        for name in _TEXTS
    )
    return f"""
    SELECT json_build_object(
        'id', p.id, 'slug', p.slug, {texts}, 'family', p.family, 'intensity', p.intensity,
        'notes', json_build_object(
            'top', p.notes_top, 'heart', p.notes_heart, 'base', p.notes_base),
        'moods', p.moods, 'rooms', p.rooms, 'colours', {COLOURS},
        'pet_note', p.pet_note, 'child_note', p.child_note,
        'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
        'published_at', p.published_at,
        'rating', {RATING}, 'rating_counts', p.rating_counts,
        'model', CASE WHEN num_nonnulls(p.model_glb_key, p.model_usdz_key) > 0
            THEN json_build_object(
                'glb', '/files/' || p.model_glb_key, 'usdz', '/files/' || p.model_usdz_key,
                'placement', p.ar_placement) END,
        'images', (
            SELECT coalesce(json_agg({image(is_local=is_local)} ORDER BY i.position), '[]')
            FROM product_images i WHERE i.product_id = p.id),
        'variants', (
            SELECT coalesce(json_agg(json_build_object(
                'id', v.id, 'sku', v.sku, 'name', v.name, 'capacity_ul', v.capacity_ul,
                'options', v.options, 'is_default', v.is_default,
                'price', json_build_object('minor', {PRICE}, 'currency', v.currency),
                'regular_price', json_build_object('minor', v.price_minor, 'currency', v.currency),
                'sale_ends_at', CASE WHEN {ON_SALE} THEN v.sale_ends_at END,
                'available', least({available}, {MOST_SHOWN})
            ) ORDER BY v.capacity_ul, v.id), '[]')
            FROM variants v WHERE v.product_id = p.id AND v.is_active),
        'path', {_path(is_local=is_local)},
        {_shelves(is_local=is_local)}
    )::text
    FROM products p
    {
        "LEFT JOIN product_translations t ON t.product_id = p.id AND t.language = :language"
        if is_local
        else ""
    }
    WHERE p.slug = :slug AND p.deleted_at IS NULL AND p.published_at <= :out_by
    """


def beneath_sql(available: str, *, is_local: bool) -> str:
    """Return the statement for what goes with a product by :slug, out by :out_by or once on sale.

    Its one row is JSON: `related`, chosen by staff, and `similar`, of the same family, those first
    that share the most moods and rooms; cards, four at most of each. No row: no such product.
    """
    shown = f"json_agg({card(available, is_local=is_local)} ORDER BY b.place)"
    return f"""
    WITH shown AS MATERIALIZED (
        SELECT p.id, p.family, p.moods || p.rooms AS words, p.position
        FROM products p WHERE p.slug = :slug AND p.published_at <= :out_by
    ), related AS MATERIALIZED (
        SELECT p.id, row_number() OVER (ORDER BY p.position, p.id) AS place
        FROM shown
        JOIN related_products r ON shown.id IN (r.product_id, r.other_id)
        JOIN products p ON p.id IN (r.product_id, r.other_id) AND p.id <> shown.id
        WHERE {PUBLISHED} LIMIT {_MOST_BENEATH}
    ), neighbour AS (
        SELECT p.id, p.moods || p.rooms AS words, p.position
        FROM products p JOIN shown ON p.family = shown.family AND p.id <> shown.id
        WHERE {PUBLISHED} AND NOT EXISTS (SELECT FROM related WHERE related.id = p.id)
        ORDER BY p.position, p.id LIMIT 200
    ), similar_to AS (
        SELECT n.id, row_number() OVER (ORDER BY (
            SELECT count(*) FROM unnest(n.words) AS w WHERE w = ANY(shown.words)) DESC,
            abs(n.position - shown.position), n.id) AS place
        FROM neighbour n, shown
    )
    SELECT json_build_object(
        'related', (
            SELECT coalesce({shown}, '[]') FROM related b JOIN products p USING (id)
            {card_source(is_local=is_local)}),
        'similar', (
            SELECT coalesce({shown}, '[]')
            FROM (SELECT * FROM similar_to WHERE place <= {_MOST_BENEATH}) b
            JOIN products p USING (id)
            {card_source(is_local=is_local)})
    )::text FROM shown
    """


def _path(*, is_local: bool) -> str:
    """Return the way to a product from the root, through its first category."""
    return f"""(
            WITH RECURSIVE way(id, parent_id, slug, name, depth) AS (
                (SELECT c.id, c.parent_id, c.slug, {local_name("category", is_local=is_local)}, 0
                 FROM product_categories pc JOIN categories c ON c.id = pc.category_id
                 WHERE pc.product_id = p.id ORDER BY c.position, c.id LIMIT 1)
                UNION ALL
                SELECT c.id, c.parent_id, c.slug, {local_name("category", is_local=is_local)},
                    way.depth + 1
                FROM way JOIN categories c ON c.id = way.parent_id
            )
            SELECT coalesce(json_agg(json_build_object('slug', slug, 'name', name)
                ORDER BY depth DESC), '[]') FROM way)"""


def _shelves(*, is_local: bool) -> str:
    category, collection, tag = (
        local_name(kind, is_local=is_local) for kind in ("category", "collection", "tag")
    )
    return f"""
        'categories', (
            SELECT coalesce(json_agg(json_build_object('slug', c.slug, 'name', {category})
                ORDER BY c.position, c.id), '[]')
            FROM product_categories pc JOIN categories c ON c.id = pc.category_id
            WHERE pc.product_id = p.id),
        'collections', (
            SELECT coalesce(json_agg(json_build_object('slug', c.slug, 'name', {collection})
                ORDER BY c.position, c.id), '[]')
            FROM product_collections pc JOIN collections c ON c.id = pc.collection_id
            WHERE pc.product_id = p.id AND {VISIBLE_COLLECTION}),
        'tags', (
            SELECT coalesce(json_agg(json_build_object('slug', c.slug, 'name', {tag})
                ORDER BY c.name), '[]')
            FROM product_tags pt JOIN tags c ON c.id = pt.tag_id WHERE pt.product_id = p.id)"""
