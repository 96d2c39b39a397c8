"""The SQL of what a list can be narrowed by, with counts over the whole shop."""

from cloud.catalogue.filters_sql import FLAGS
from cloud.catalogue.window_sql import (
    PUBLISHED,
    VISIBLE_COLLECTION,
    in_stock,
    local_name,
    sizes_of,
)


def facets_sql(available: str, *, is_local: bool) -> str:
    """Return the statement for what the list can be narrowed by; always one row."""
    tag = local_name("tag", is_local=is_local)
    return f"""
    WITH shown AS MATERIALIZED (
        SELECT p.id, p.family, p.moods, p.rooms, p.intensity, p.is_new, p.is_best_seller,
            p.rating_sum, p.rating_count
        FROM products p
        WHERE {PUBLISHED}
            AND EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.is_active)
    )
    SELECT json_build_object(
        'families', (
            SELECT coalesce(json_agg(json_build_object('value', family, 'count', hits)
                ORDER BY family), '[]')
            FROM (SELECT family, count(*) AS hits FROM shown GROUP BY family) f),
        'moods', {_word_counts("moods")},
        'rooms', {_word_counts("rooms")},
        'intensities', (
            SELECT coalesce(json_agg(json_build_object('value', intensity, 'count', hits)
                ORDER BY intensity), '[]')
            FROM (SELECT intensity, count(*) AS hits FROM shown GROUP BY intensity) i),
        'stars', (
            SELECT coalesce(json_agg(json_build_object('value', stars, 'count', hits)
                ORDER BY stars DESC), '[]')
            FROM (SELECT stars, count(*) AS hits
                  FROM generate_series(2, 4) AS stars
                  JOIN shown ON rating_count > 0 AND rating_sum >= stars * rating_count
                  GROUP BY stars) s),
        'categories', {_categories(is_local=is_local)},
        'collections', {_collections(is_local=is_local)},
        'tags', (
            SELECT coalesce(json_agg(json_build_object(
                'slug', c.slug, 'name', {tag}, 'count', hits) ORDER BY c.name), '[]')
            FROM (SELECT pt.tag_id, count(*) AS hits FROM product_tags pt
                  JOIN shown ON shown.id = pt.product_id GROUP BY pt.tag_id) counted
            JOIN tags c ON c.id = counted.tag_id),
        'in_stock', (SELECT count(*) FROM shown p WHERE {in_stock(available)}),
        'on_sale', (SELECT count(*) FROM shown p WHERE {FLAGS["on_sale"]}),
        'new', (SELECT count(*) FROM shown WHERE is_new),
        'best_seller', (SELECT count(*) FROM shown WHERE is_best_seller),
        'total', (SELECT count(*) FROM shown)
    )::text
    """


def _word_counts(column: str) -> str:
    return f"""(
            SELECT coalesce(json_agg(json_build_object('value', word, 'count', hits)
                ORDER BY word), '[]')
            FROM (SELECT word, count(*) AS hits FROM shown, unnest({column}) AS word
                  GROUP BY word) w)"""


# A shelf's own picture, else one of a product of its (`{held}`): by chance of its name, so that two
# shelves which share products seldom share the picture.
_PICTURE = """coalesce('/files/' || c.image_key, (
                    SELECT i.url FROM ({held}) AS held
                    JOIN shown ON shown.id = held.product_id
                    JOIN product_images i ON i.product_id = shown.id AND i.position = 0
                    ORDER BY hashtext(c.slug || shown.id), shown.id LIMIT 1))"""
# Its own picture with what it shows; null where the shop has to lend it one of its scents'.
_OWN_PICTURE = f"""(
                    SELECT json_build_object('url', '/files/' || f.key, 'alt', {{alt}},
                        'width', f.width, 'height', f.height, 'sizes', {sizes_of("f.key")})
                    FROM stored_files f WHERE f.key = c.image_key)"""
_IN_BRANCH = """
                    WITH RECURSIVE branch(id) AS (
                        SELECT c.id
                        UNION
                        SELECT child.id FROM categories child
                        JOIN branch ON child.parent_id = branch.id
                    )
                    SELECT pc.product_id FROM branch
                    JOIN product_categories pc ON pc.category_id = branch.id"""
_IN_COLLECTION = "SELECT product_id FROM product_collections WHERE collection_id = c.id"


def _own_picture(*, is_local: bool) -> str:
    alt = "coalesce(c.image_texts ->> :language, c.image_alt)" if is_local else "c.image_alt"
    return _OWN_PICTURE.format(alt=alt)


def _categories(*, is_local: bool) -> str:
    return f"""(
            SELECT coalesce(json_agg(json_build_object(
                'slug', c.slug, 'name', {local_name("category", is_local=is_local)},
                'description',
                {local_name("category", "description", is_local=is_local)},
                'image_url', {_PICTURE.format(held=_IN_BRANCH)},
                'image', {_own_picture(is_local=is_local)}, 'parent', parent.slug,
                'count', (SELECT count(DISTINCT shown.id) FROM ({_IN_BRANCH}) AS held
                          JOIN shown ON shown.id = held.product_id)
            ) ORDER BY c.position, c.id), '[]')
            FROM categories c LEFT JOIN categories parent ON parent.id = c.parent_id)"""


def _collections(*, is_local: bool) -> str:
    return f"""(
            SELECT coalesce(json_agg(json_build_object(
                'slug', c.slug, 'name', {local_name("collection", is_local=is_local)},
                'description',
                {local_name("collection", "description", is_local=is_local)},
                'image_url', {_PICTURE.format(held=_IN_COLLECTION)},
                'image', {_own_picture(is_local=is_local)},
                'is_featured', c.is_featured,
                'count', (SELECT count(*) FROM ({_IN_COLLECTION}) AS held
                          JOIN shown ON shown.id = held.product_id)
            ) ORDER BY c.position, c.id), '[]')
            FROM collections c WHERE {VISIBLE_COLLECTION})"""
