"""Bottles on offer, without a database."""

from cloud.catalogue.offers import Offer
from cloud.catalogue.tax_kinds import TaxKind
from cloud.foundation.money import Money


def an_offer(
    minor: int = 2890,
    currency: str = "EUR",
    *,
    variant_id: int = 1,
    weight_g: int = 290,
    is_sellable: bool = True,
    tax_kind: str = "standard",
) -> Offer:
    """A bottle on sale, its product's id that of the variant."""
    return Offer(
        variant_id=variant_id,
        product_id=variant_id,
        sku=f"SCENT-{variant_id}",
        slug="scent",
        product_name="Scent",
        variant_name="50 ml",
        image_url=None,
        image_alt=None,
        colour="#2a7c8a",
        price=Money(minor, currency),
        regular_price=Money(minor, currency),
        capacity_ul=50_000,
        weight_g=weight_g,
        is_sellable=is_sellable,
        tax_kind=TaxKind(tax_kind),
    )
