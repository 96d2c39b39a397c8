"""A small shop to test with: a few scents, stocked as a test says."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.families import ScentFamily
from cloud.catalogue.models import Product, ProductImage, Variant
from cloud.inventory.service import receive

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def a_product(slug: str = "cedar-bergamot", **facts: Any) -> Product:
    """A published product without variants."""
    defaults = {
        "name": slug.replace("-", " ").title(),
        "tagline": "Smells good.",
        "description": "One paragraph.\n\nAnd another.",
        "family": ScentFamily.WOODY,
        "notes_top": ["bergamot"],
        "notes_heart": ["cedarwood"],
        "notes_base": ["vetiver"],
        "moods": ["calm"],
        "rooms": ["study"],
        "aliases": [],
        "intensity": 3,
        "colour_primary": "#7a5a3a",
        "colour_secondary": "#e6c65c",
        "colour_accent": "#5f7d4f",
        "pet_note": "Ask a vet.",
        "child_note": "Keep away.",
        "meta_title": None,
        "meta_description": None,
        "is_featured": False,
        "is_best_seller": False,
        "is_new": False,
        "position": 0,
        "published_at": LONG_AGO,
        "deleted_at": None,
    }
    return Product(slug=slug, **(defaults | facts))


def a_variant(product: Product, sku: str = "CEDBER-50", **facts: Any) -> Variant:
    """An active bottle of 50 ml for 28.90 EUR that weighs 290 g."""
    defaults = {
        "name": "50 ml",
        "barcode": None,
        "capacity_ul": 50_000,
        "weight_g": 290,
        "price_minor": 2890,
        "sale_price_minor": None,
        "sale_starts_at": None,
        "sale_ends_at": None,
        "cost_minor": None,
        "currency": "EUR",
        "is_default": True,
        "is_active": True,
    }
    return Variant(product_id=product.id, sku=sku, **(defaults | facts))


async def put_on_shelf(
    session: AsyncSession,
    sku: str = "CEDBER-50",
    *,
    bottles: int = 10,
    product: dict[str, Any] | None = None,
    **facts: Any,
) -> Variant:
    """Store a product with a picture and one variant, stocked with some bottles."""
    shown = a_product(sku.lower(), **(product or {}))
    session.add(shown)
    await session.flush()
    session.add(
        ProductImage(
            product_id=shown.id,
            url=f"/media/{sku}.svg",
            alt="A bottle.",
            width=800,
            height=1000,
            position=0,
        )
    )
    variant = a_variant(shown, sku, **facts)
    session.add(variant)
    await session.flush()
    if bottles:
        await receive(session, variant.id, bottles, "test")
    return variant
