"""What a list can be narrowed by, as SQL over a product `p`, by the names of a `Wish`."""

from cloud.catalogue.window_sql import ON_SALE, VISIBLE_COLLECTION

VALUES = {
    "family": "p.family = :family",
    "mood": ":mood = ANY(p.moods)",
    "room": ":room = ANY(p.rooms)",
    "weakest": "p.intensity >= :weakest",
    "strongest": "p.intensity <= :strongest",
    "fewest_stars": ("p.rating_count > 0 AND p.rating_sum >= :fewest_stars::int * p.rating_count"),
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
    "tag": """
        p.id IN (
            SELECT product_id FROM product_tags JOIN tags ON tags.id = tag_id
            WHERE tags.slug = :tag
        )""",
}
PRICE_FILTERS = frozenset({"cheapest_minor", "dearest_minor"})

# Yes or nothing. Whether something is in stock is an expression that the composition root brings.
FLAGS = {
    "in_stock": "",
    "on_sale": (
        f"EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.is_active AND {ON_SALE})"
    ),
    "is_new": "p.is_new",
    "is_best_seller": "p.is_best_seller",
    "is_featured": "p.is_featured",
}
