"""What the catalogue's JSON says, set for people to read: cards, products, prices."""

from datetime import datetime
from typing import Any

from cloud.foundation.money import Money
from cloud.foundation.words import N_

_SCARCE = 5


def card_view(item: dict[str, Any]) -> dict[str, Any]:
    """Return a `ProductCard` as templates show it; prices become Money, `flag` is marked words."""
    is_reduced = item["price"]["minor"] < item["regular_price"]["minor"]
    flag = N_("Sale") if is_reduced else N_("New") if item["is_new"] else ""
    return {
        **item,
        "price": money(item["price"]),
        "was": money(item["regular_price"]) if is_reduced else None,
        "has_range": item["has_several_sizes"],
        "in_stock": item["is_in_stock"],
        "flag": flag or (N_("Loved") if item["is_best_seller"] else ""),
    }


def product_view(detail: dict[str, Any]) -> dict[str, Any]:
    """Return a product's JSON with what its page shows beside it; prices become Money."""
    variants = [_variant(variant) for variant in detail["variants"]]
    notes = detail["notes"]
    return {
        **detail,
        "variants": variants,
        "in_stock": any(variant["in_stock"] for variant in variants),
        "pyramid": (
            (N_("First"), notes["top"]),
            (N_("Then"), notes["heart"]),
            (N_("Stays"), notes["base"]),
        ),
        "paragraphs": detail["description"].split("\n\n"),
        "safety": " ".join(filter(None, (detail["pet_note"], detail["child_note"]))),
    }


def money(price: dict[str, Any]) -> Money:
    """Return a `Price` as Money."""
    return Money(price["minor"], price["currency"])


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    is_reduced = variant["price"]["minor"] < variant["regular_price"]["minor"]
    return {
        **variant,
        "sale_ends_at": (
            datetime.fromisoformat(variant["sale_ends_at"]) if variant["sale_ends_at"] else None
        ),
        "price": money(variant["price"]),
        "was": money(variant["regular_price"]) if is_reduced else None,
        "in_stock": variant["available"] > 0,
        "is_scarce": variant["available"] <= _SCARCE,
    }
