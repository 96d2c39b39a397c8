"""Purchases of firms in another country of the EU: no tax is charged, the buyer accounts for it.

Article 138 of directive 2006/112/EC: goods that go to another member state, to a firm that names
its VAT number of another one, bear no tax of the seller's. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from cloud.accounts.vat_numbers import UNION
from cloud.catalogue.offers import Offer
from cloud.foundation.money import Money, rounded, total
from cloud.site.schemas import ShippingMethod, Site

_WHOLE = 10_000  # basis points


def is_reverse_charge(site: Site, country: str, vat_country: str | None) -> bool:
    """Tell whether a parcel to a country bears no tax, its buyer a firm of `vat_country`.

    `vat_country` is where the firm's VAT number, known to be in force, comes from; None: nobody
    gave one. All are ISO 3166 alpha-2.
    """
    home = site.store_address.country
    if vat_country is None or home in (country, vat_country):
        return False
    return {home, country, vat_country} <= UNION


def without_tax(
    wanted: Sequence[tuple[Offer, int]], site: Site, country: str
) -> tuple[list[tuple[Offer, int]], Site]:
    """Return offers and settings as they are for a firm that pays no tax here.

    The price of each bottle comes down by the tax in it, if prices include any, rounded half to
    even; so does what delivery costs. Delivery is free whenever it is for everybody else.
    """
    net = [(_net_offer(offer, site, country), quantity) for offer, quantity in wanted]
    if not wanted:
        return net, site
    worth = total([offer.price * quantity for offer, quantity in wanted], site.currency)
    most = max(wanted, key=lambda line: ((line[0].price * line[1]).minor, -line[0].variant_id))
    points = _points(most[0], site, country)
    methods = tuple(_net_method(method, worth.minor, points) for method in site.shipping_methods)
    return net, site.model_copy(update={"shipping_methods": methods, "tax_rates": ()})


def _net_offer(offer: Offer, site: Site, country: str) -> Offer:
    if not site.prices_include_tax or not (points := _points(offer, site, country)):
        return offer
    return replace(
        offer, price=_net(offer.price, points), regular_price=_net(offer.regular_price, points)
    )


def _net_method(method: ShippingMethod, worth_minor: int, points: int) -> ShippingMethod:
    steps = tuple(
        step.model_copy(update={"price_minor": _net_minor(step.price_minor, points)})
        for step in method.steps
    )
    is_free = method.free_from_minor is not None and worth_minor >= method.free_from_minor
    return method.model_copy(update={"steps": steps, "free_from_minor": 0 if is_free else None})


def _points(offer: Offer, site: Site, country: str) -> int:
    rate = site.tax_rate(country, offer.tax_kind)
    return rate.basis_points if rate else 0


def _net(price: Money, points: int) -> Money:
    return Money(_net_minor(price.minor, points), price.currency)


def _net_minor(minor: int, points: int) -> int:
    return rounded(Fraction(minor * _WHOLE, _WHOLE + points))
