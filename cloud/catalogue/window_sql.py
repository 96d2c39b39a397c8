"""The SQL of the shop's hot reads. Only constants of ours are composed; values are always bound.

The list has a module of its own: `cloud.catalogue.page_sql`.
"""

# Of a product `p` and a variant `v` at the moment `:now`; carts read them too.
PUBLISHED = "p.deleted_at IS NULL AND p.published_at <= :now"
_ON_SALE = (
    "(v.sale_price_minor IS NOT NULL AND coalesce(v.sale_starts_at <= :now, true)"
    " AND coalesce(v.sale_ends_at > :now, true))"
)
PRICE = f"CASE WHEN {_ON_SALE} THEN v.sale_price_minor ELSE v.price_minor END"
IMAGE = "json_build_object('url', i.url, 'alt', i.alt, 'width', i.width, 'height', i.height)"
COLOURS = (
    "json_build_object('primary', p.colour_primary, 'secondary', p.colour_secondary,"
    " 'accent', p.colour_accent)"
)
VISIBLE_COLLECTION = (
    "c.is_active AND coalesce(c.starts_at <= :now, true) AND coalesce(c.ends_at > :now, true)"
)
_MOST_SHOWN = 99  # nobody may put more in a cart, and the exact stock is the shop's affair


def detail_sql(available: str) -> str:
    """Return the statement for one product by :slug; no row when it is not on sale."""
    return f"""
    SELECT json_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'tagline', p.tagline,
        'description', p.description, 'family', p.family, 'intensity', p.intensity,
        'notes', json_build_object(
            'top', p.notes_top, 'heart', p.notes_heart, 'base', p.notes_base),
        'moods', p.moods, 'rooms', p.rooms, 'colours', {COLOURS},
        'pet_note', p.pet_note, 'child_note', p.child_note,
        'is_new', p.is_new, 'is_best_seller', p.is_best_seller,
        'meta_title', p.meta_title, 'meta_description', p.meta_description,
        'published_at', p.published_at,
        'images', (
            SELECT coalesce(json_agg({IMAGE} ORDER BY i.position), '[]')
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
            WHERE pc.product_id = p.id AND {VISIBLE_COLLECTION}),
        'tags', (
            SELECT coalesce(json_agg(json_build_object('slug', t.slug, 'name', t.name)
                ORDER BY t.name), '[]')
            FROM product_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.product_id = p.id)
    )::text
    FROM products p WHERE p.slug = :slug AND {PUBLISHED}
    """


def facets_sql(available: str) -> str:
    """Return the statement for what the list can be narrowed by; always one row."""
    return f"""
    WITH shown AS MATERIALIZED (
        SELECT p.id, p.family, p.moods, p.rooms FROM products p WHERE {PUBLISHED}
    )
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
            FROM collections c WHERE {VISIBLE_COLLECTION}),
        'in_stock', (SELECT count(*) FROM shown p WHERE {in_stock(available)}),
        'total', (SELECT count(*) FROM shown)
    )::text
    """


def in_stock(available: str) -> str:
    """Return the condition that any bottle of a product `p` can be bought."""
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
