"""Products by the ten thousand, copied into a shop that has the demo's catalogue.

They are its scents under new names, notes mixed anew, in two bottles each and in stock; a fifth
is spoken in German and Spanish. The same number gives the same goods.
"""

import random
from collections.abc import Iterable, Iterator

import psycopg

from cloud.foundation.database import libpq_dsn

_FIRST = (
    "Amber Ancient Autumn Bitter Black Blue Bright Calm Cedar Cinder Clear Cloudy Coastal Copper"
    " Coral Crisp Crystal Dark Dawn Deep Distant Dusky Early Ember Evening Faded Fallen Far Festive"
    " Field First Floral Foggy Forest Frosted Garden Gentle Gilded Golden Green Grey Hazel Hidden"
    " Highland Hollow Honey Indigo Inner Ivory Jade Lavender Lemon Light Lost Lunar Maple Marble"
    " Meadow Mellow Midnight Misty Morning Mossy Mountain Northern Olive Open Orchard Pale Pearl"
    " Pine Plum Quiet Rainy Red River Rose Rustic Saffron Salted Sandy Scarlet Sea Secret Shaded"
    " Silent Silver Smoked Snowy Soft Solar Southern Spiced Spring Still Stone Summer Sunlit Sweet"
    " Tall Tender Twilight Velvet Violet Wandering Warm White Wild Windy Winter Wooden Yellow"
)
_SECOND = (
    "Arbour Ash Bay Beach Bloom Blossom Branch Breeze Brook Cabin Canyon Cellar Chapel Cliff Cloud"
    " Cottage Courtyard Cove Creek Desert Dew Dune Dusk Echo Fern Fig Fire Fjord Flower Fountain"
    " Gate Glade Grove Harbour Hearth Heath Hill Hour House Island Lagoon Lake Lane Lantern Leaf"
    " Library Linen Marsh Mill Mint Moon Moss Musk Night Oak Oasis Orchid Path Peak Petal Pier"
    " Pond Porch Prairie Quarry Rain Resin Ridge Sail Shade Shore Sky Slope Smoke Snow Song Spice"
    " Spring Star Stream Sun Terrace Thicket Thyme Tide Trail Vale Valley Veranda Vine Walk Water"
    " Wave Well Willow Wind Window Wood Yard"
)
_SAID = {
    "de": ("Lavendel Zeder Kaffee Zitrone Rose Kiefer Meer", "Duft für ruhige Räume"),
    "es": ("Lavanda Cedro Café Limón Rosa Pino Mar", "Aroma para casas tranquilas"),
}
_BOTTLES = ((30_000, 210, 1490), (100_000, 430, 3490))
_COLUMNS = (
    "slug, name, tagline, description, family, notes_top, notes_heart, notes_base, moods, rooms,"
    " aliases, intensity, colour_primary, colour_secondary, colour_accent, pet_note, child_note,"
    " is_featured, is_best_seller, is_new"
)


_COPIED = tuple(_COLUMNS.split(", "))


def add_goods(url: str, count: int) -> None:
    """Copy `count` products into the shop at a database address, and gather its statistics."""
    chance = random.Random(count)
    with psycopg.connect(libpq_dsn(url)) as connection:
        models = connection.execute(f"SELECT {_COLUMNS} FROM products").fetchall()
        first = _next_id(connection, "products")
        ids = range(first, first + count)
        _copy(
            connection,
            f"products (id, position, published_at, version, {_COLUMNS})",
            (_product(number, chance.choice(models), models, chance) for number in ids),
        )
        _copy(
            connection,
            "product_translations (product_id, language, name, tagline)",
            _translations(ids, chance),
        )
        _stock(connection, ids)
        _shelve(connection, ids)
    with psycopg.connect(libpq_dsn(url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _product(
    number: int, model: tuple[object, ...], models: list[tuple[object, ...]], chance: random.Random
) -> tuple[object, ...]:
    facts = dict(zip(_COPIED, model, strict=True))
    others = [dict(zip(_COPIED, chance.choice(models), strict=True)) for _ in range(3)]
    name = f"{chance.choice(_FIRST.split())} {chance.choice(_SECOND.split())}"
    facts |= {
        "slug": f"{name.lower().replace(' ', '-')}-{number}",
        "name": name,
        "notes_top": others[0]["notes_top"],
        "notes_heart": others[1]["notes_heart"],
        "notes_base": others[2]["notes_base"],
        "aliases": [name.lower()],
        "is_featured": False,
        "is_best_seller": chance.random() < 0.02,
    }
    return (number, number, "2026-01-01T00:00Z", 1, *facts.values())


def _translations(ids: range, chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in ids[::5]:
        for language, (words, tagline) in _SAID.items():
            yield (number, language, f"{chance.choice(words.split())} {number}", tagline)


def _stock(connection: psycopg.Connection, ids: range) -> None:
    first = _next_id(connection, "variants")
    bottles = [
        (first + place, product, place % len(_BOTTLES))
        for place, product in enumerate(n for n in ids for _ in _BOTTLES)
    ]
    _copy(
        connection,
        "variants (id, product_id, sku, name, capacity_ul, weight_g, price_minor, currency,"
        " is_default, is_active, version)",
        (
            (
                number,
                product,
                f"G{number}",
                f"{capacity // 1000} ml",
                capacity,
                weight,
                price + product % 40 * 50,
                "EUR",
                size == 0,
                True,
                1,
            )
            for number, product, size in bottles
            for capacity, weight, price in [_BOTTLES[size]]
        ),
    )
    _copy(
        connection,
        "stock_levels (variant_id, on_hand)",
        ((number, number % 20) for number, _, _ in bottles),
    )
    _copy(
        connection,
        "stock_movements (variant_id, delta, on_hand_after, kind, note)",
        (
            (number, number % 20, number % 20, "RECEIVED", "goods")
            for number, _, _ in bottles
            if number % 20
        ),
    )


def _shelve(connection: psycopg.Connection, ids: range) -> None:
    # Over the shelves that are there, and under the pictures of the demo's scents.
    connection.execute(
        """
        WITH shelf AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n,
                           count(*) OVER () AS many FROM categories)
        INSERT INTO product_categories (product_id, category_id)
        SELECT p.id, shelf.id FROM products p JOIN shelf ON mod(p.id, many) = n
        WHERE p.id >= %(first)s
        """,
        {"first": ids.start},
    )
    connection.execute(
        """
        WITH drawn AS (SELECT url, alt, width, height, row_number() OVER (ORDER BY id) - 1 AS n,
                           count(*) OVER () AS many FROM product_images)
        INSERT INTO product_images (product_id, url, alt, width, height, position)
        SELECT p.id, url, alt, width, height, 0
        FROM products p JOIN drawn ON mod(p.id, many) = n WHERE p.id >= %(first)s
        """,
        {"first": ids.start},
    )


def _next_id(connection: psycopg.Connection, table: str) -> int:
    # A gap before the ids that are copied leaves room for rows that are added by hand.
    row = connection.execute(f"SELECT coalesce(max(id), 0) + 1000000 FROM {table}").fetchone()
    if row is None:
        raise LookupError(f"{table} has no highest id")
    return int(row[0])


def _copy(connection: psycopg.Connection, target: str, rows: Iterable[tuple[object, ...]]) -> None:
    with connection.cursor().copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
