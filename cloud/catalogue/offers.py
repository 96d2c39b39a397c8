"""What a variant costs and whether it may be sold, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from cloud.catalogue.models import Product, ProductImage, Variant
from cloud.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as it is sold at one moment, with all that an order keeps of it.

    `price` is today's price of one bottle, `regular_price` the one without a sale; both with
    tax. `is_sellable` is False for what is unpublished, deleted or switched off; stock does not
    count. `weight_g` is the packed weight in grams, `capacity_ul` the oil in microlitres.
    """

    variant_id: int
    product_id: int
    sku: str
    slug: str
    product_name: str
    variant_name: str
    image_url: str | None
    image_alt: str | None
    colour: str
    price: Money
    regular_price: Money
    capacity_ul: int
    weight_g: int
    is_sellable: bool


def offer_of(
    variant: Variant, product: Product, image: ProductImage | None, now: datetime
) -> Offer:
    """Return what a variant of a product, with its first picture, is offered as at a moment."""
    return Offer(
        variant_id=variant.id,
        product_id=product.id,
        sku=variant.sku,
        slug=product.slug,
        product_name=product.name,
        variant_name=variant.name,
        image_url=image.url if image else None,
        image_alt=image.alt if image else None,
        colour=product.colour_primary,
        price=variant.price_at(now),
        regular_price=Money(variant.price_minor, variant.currency),
        capacity_ul=variant.capacity_ul,
        weight_g=variant.weight_g,
        is_sellable=variant.is_active and product.is_published(now),
    )
