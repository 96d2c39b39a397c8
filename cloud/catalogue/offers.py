"""What a variant costs and whether it may be sold, at one moment."""

from dataclasses import dataclass
from datetime import datetime

from cloud.catalogue.models import Product, ProductImage, Variant
from cloud.catalogue.prices import PriceEntry, prices_in
from cloud.catalogue.tax_kinds import TaxKind
from cloud.foundation.conversion import Conversion
from cloud.foundation.money import Money


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as it is sold at one moment, with all that an order keeps of it.

    `price` is today's price of one bottle, `regular_price` the one without a sale; both with
    tax. `is_sellable` is False for what is unpublished, deleted or switched off; stock does not
    count. `weight_g` is the packed weight in grams, `capacity_ul` the oil in microlitres.
    `tax_kind` says which of a country's rates it bears.
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
    tax_kind: TaxKind = TaxKind.STANDARD


def offer_of(
    variant: Variant,
    product: Product,
    image: ProductImage | None,
    now: datetime,
    conversion: Conversion | None = None,
    entry: PriceEntry | None = None,
    *,
    is_early: bool = False,
) -> Offer:
    """Return what a variant of a product, with its first picture, is offered as at a moment.

    A `conversion` gives it prices in another currency, `entry` those that staff entered for it.
    `is_early`: whoever asks may buy it before it is out.
    """
    price, regular_price = _prices(variant, now, conversion, entry)
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
        price=price,
        regular_price=regular_price,
        capacity_ul=variant.capacity_ul,
        weight_g=variant.weight_g,
        is_sellable=variant.is_active and (is_early or product.is_published(now)),
        tax_kind=product.tax_kind,
    )


def _prices(
    variant: Variant, now: datetime, conversion: Conversion | None, entry: PriceEntry | None
) -> tuple[Money, Money]:
    """Return what a variant costs at a moment, and what it costs without a sale."""
    if conversion is None:
        return variant.price_at(now), Money(variant.price_minor, variant.currency)
    price, sale = prices_in(conversion, variant.price_minor, variant.sale_price_minor, entry)
    today = sale if sale is not None and variant.is_on_sale(now) else price
    return Money(today, conversion.currency), Money(price, conversion.currency)
