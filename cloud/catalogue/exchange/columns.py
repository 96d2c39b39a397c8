"""The file's columns: what each is called, what it is of, and how its cells are written."""

from cloud.catalogue.exchange.cells import (
    FLAG,
    MAYBE,
    MOMENT,
    MONEY,
    NUMBER,
    OPTIONS,
    TEXT,
    WORDS,
    CellKind,
)

SLUG, SKU, RELATED = "product", "sku", "related"
SHELVES = ("categories", "collections", "tags")
# Column to the field of ProductFields that it says, and its kind.
PRODUCT: dict[str, tuple[str, CellKind]] = {
    **{name: (name, TEXT) for name in ("name", "tagline", "description", "family")},
    "intensity": ("intensity", NUMBER),
    **{
        name: (name, WORDS)
        for name in ("notes_top", "notes_heart", "notes_base", "moods", "rooms", "aliases")
    },
    **{f"colour_{name}": (f"colour_{name}", TEXT) for name in ("primary", "secondary", "accent")},
    **{name: (name, TEXT) for name in ("pet_note", "child_note")},
    **{name: (name, MAYBE) for name in ("meta_title", "meta_description")},
    **{f"is_{name}": (f"is_{name}", FLAG) for name in ("featured", "best_seller", "new")},
    "tax_kind": ("tax_kind", TEXT),
    "position": ("position", NUMBER),
    "published_at": ("published_at", MOMENT),
}
# Column to the field of VariantFields that it says, and its kind.
BOTTLE: dict[str, tuple[str, CellKind]] = {
    "bottle_name": ("name", TEXT),
    "capacity_ul": ("capacity_ul", NUMBER),
    "options": ("options", OPTIONS),
    "price": ("price_minor", MONEY),
    "sale_price": ("sale_price_minor", MONEY),
    "sale_starts_at": ("sale_starts_at", MOMENT),
    "sale_ends_at": ("sale_ends_at", MOMENT),
    "cost": ("cost_minor", MONEY),
    "barcode": ("barcode", MAYBE),
    **{f"{name}": (name, NUMBER) for name in ("weight_g", "length_mm", "width_mm", "height_mm")},
    **{name: (name, NUMBER) for name in ("lead_time_days", "safety_stock")},
    **{f"is_{name}": (f"is_{name}", FLAG) for name in ("default", "active")},
}
TEXTS = ("name", "tagline", "description", "meta_title", "meta_description")
LINKS = (*SHELVES, RELATED)


def header(languages: list[str]) -> list[str]:
    """Return all columns, in the order that a file is written with."""
    translated = [f"{name}:{language}" for language in languages for name in TEXTS]
    return [SLUG, *PRODUCT, *LINKS, *translated, SKU, *BOTTLE]
