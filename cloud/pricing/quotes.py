"""The arithmetic of a purchase. Pure: offers, settings and a country in, a quote out.

Every amount is exact: rounding (half to even) happens once per line and once for delivery, only
for tax, and the quote's tax is the sum of those. So the parts add up to the total by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from cloud.catalogue.offers import Offer
from cloud.foundation.money import Money, total
from cloud.pricing.errors import (
    NotDelivered,
    NothingToPrice,
    NotSellable,
    TooHeavy,
    UnknownShippingMethod,
)
from cloud.site.schemas import ShippingMethod, Site, TaxRate

_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class DeliveryWindow:
    """How long a parcel takes: half arrive within `p50_days`, nine of ten within `p90_days`.

    Calendar days from the moment of payment to the door.
    """

    p50_days: int
    p90_days: int

    def expected_on(self, paid_at: datetime, zone: ZoneInfo) -> date:
        """Return the day by which half of such parcels arrive, in a time zone."""
        return (paid_at.astimezone(zone) + timedelta(days=self.p50_days)).date()

    def latest_on(self, paid_at: datetime, zone: ZoneInfo) -> date:
        """Return the day by which nine of ten such parcels arrive, in a time zone."""
        return (paid_at.astimezone(zone) + timedelta(days=self.p90_days)).date()


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """One way to deliver a parcel: `code` is stable and kept by orders."""

    code: str
    name: str
    price: Money
    delivery: DeliveryWindow


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Some bottles of a variant: `total` is their price as listed, `tax` the tax in or on it."""

    offer: Offer
    quantity: int
    total: Money
    tax: Money

    @property
    def variant_id(self) -> int:
        """Return the variant."""
        return self.offer.variant_id

    @property
    def unit_price(self) -> Money:
        """Return the price of one bottle as listed."""
        return self.offer.price


@dataclass(frozen=True, slots=True)
class Quote:
    """What a purchase costs at one moment.

    `subtotal` is the sum of the lines' totals, `shipping` what delivery costs, `tax` the tax in
    or on all of it. `tax_added` is the part of `tax` that is not contained in the listed prices
    (nothing in a shop whose prices include tax), so always: total = subtotal + shipping +
    tax_added. `tax_basis_points` are hundredths of a percent; `weight_g` is the parcel's.
    `shipping_options` are all ways to deliver it, the cheapest first; `shipping_method` is the
    one that was counted.
    """

    lines: tuple[PricedLine, ...]
    subtotal: Money
    shipping: Money
    tax: Money
    tax_added: Money
    total: Money
    tax_name: str
    tax_basis_points: int
    shipping_method: ShippingOption
    delivery: DeliveryWindow
    country: str
    weight_g: int
    shipping_options: tuple[ShippingOption, ...] = ()

    @property
    def currency(self) -> str:
        """Return the currency of every amount."""
        return self.total.currency


def shipping_options(
    site: Site, country: str, subtotal: Money, weight_g: int
) -> tuple[ShippingOption, ...]:
    """Return the ways to deliver a parcel, cheapest first, of equals the quickest.

    Raises NotDelivered when nothing goes to the country, TooHeavy when nothing carries it.
    """
    methods = site.shipping_to(country)
    if not methods:
        raise NotDelivered(country)
    options = [
        ShippingOption(
            code=method.code,
            name=method.name,
            price=Money(minor, site.currency),
            delivery=DeliveryWindow(method.p50_days, method.p90_days),
        )
        for method in methods
        if (minor := _delivery_minor(method, subtotal, weight_g)) is not None
    ]
    if not options:
        raise TooHeavy(weight_g, country)
    return tuple(sorted(options, key=lambda one: (one.price, one.delivery.p90_days)))


def price(
    wanted: Sequence[tuple[Offer, int]], site: Site, country: str, method: str | None = None
) -> Quote:
    """Return what offers, with their quantities, cost when delivered to a country.

    `method` is the code of a way of delivery; None takes the cheapest. Raises NothingToPrice,
    NotSellable, NotDelivered, TooHeavy, UnknownShippingMethod, or MixedCurrency when an offer is
    not in the shop's currency.
    """
    if not wanted:
        raise NothingToPrice
    if unsold := [offer.variant_id for offer, _ in wanted if not offer.is_sellable]:
        raise NotSellable(unsold)
    rate = site.tax_rate(country)
    is_included = site.prices_include_tax
    lines = tuple(
        _line(offer, quantity, rate, is_included=is_included) for offer, quantity in wanted
    )
    subtotal = total([line.total for line in lines], site.currency)
    weight_g = sum(line.offer.weight_g * line.quantity for line in lines)
    options = shipping_options(site, country, subtotal, weight_g)
    chosen = _choose(options, method)
    goods_tax = total([line.tax for line in lines], site.currency)
    added = Money.zero(site.currency) if is_included else goods_tax
    return Quote(
        lines=lines,
        subtotal=subtotal,
        shipping=chosen.price,
        # What delivery costs is set as it is charged, whatever the catalogue's prices are.
        tax=goods_tax + _tax_in(chosen.price, rate),
        tax_added=added,
        total=subtotal + chosen.price + added,
        tax_name=rate.name if rate else "",
        tax_basis_points=rate.basis_points if rate else 0,
        shipping_method=chosen,
        delivery=chosen.delivery,
        country=country,
        weight_g=weight_g,
        shipping_options=options,
    )


def _line(offer: Offer, quantity: int, rate: TaxRate | None, *, is_included: bool) -> PricedLine:
    listed = offer.price * quantity
    tax = _tax_in(listed, rate) if is_included else _tax_on(listed, rate)
    return PricedLine(offer, quantity, listed, tax)


def _tax_in(gross: Money, rate: TaxRate | None) -> Money:
    points = rate.basis_points if rate else 0
    return gross.times(Fraction(points, _WHOLE + points))


def _tax_on(net: Money, rate: TaxRate | None) -> Money:
    return net.times(Fraction(rate.basis_points if rate else 0, _WHOLE))


def _delivery_minor(method: ShippingMethod, subtotal: Money, weight_g: int) -> int | None:
    step = next((step for step in method.steps if weight_g <= step.up_to_g), None)
    if step is None:
        return None
    is_free = method.free_from_minor is not None and subtotal.minor >= method.free_from_minor
    return 0 if is_free else step.price_minor


def _choose(options: Sequence[ShippingOption], method: str | None) -> ShippingOption:
    if method is None:
        return options[0]
    for option in options:
        if option.code == method:
            return option
    raise UnknownShippingMethod(method)
