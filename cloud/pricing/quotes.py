"""The arithmetic of a purchase. Pure: offers, reductions, settings and a country in, a quote out.

Every amount is exact: rounding (half to even) happens once per line and once for delivery, only
for tax and for shares of a discount, and every sum is the sum of its parts. Tax is on what is
left after discounts. So the parts add up to the total by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cloud.catalogue.offers import Offer
from cloud.foundation.money import Money, total
from cloud.pricing.charges import smallest_charge_minor
from cloud.pricing.delivery import (
    DeliveryWindow,
    ShippingOption,
    choose,
    nothing_to_deliver,
    shipping_options,
)
from cloud.pricing.errors import NothingToPrice, NotSellable
from cloud.pricing.reductions import Reduced, Reduction, reduce
from cloud.site.schemas import Site, TaxRate

_WHOLE = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Some bottles of a variant: `total` is their price as listed, less `discount` what they cost.

    `tax` is the tax in or on what they cost, at `tax_basis_points` (hundredths of a percent).
    """

    offer: Offer
    quantity: int
    total: Money
    discount: Money
    tax: Money
    tax_basis_points: int

    @property
    def variant_id(self) -> int:
        """Return the variant."""
        return self.offer.variant_id

    @property
    def unit_price(self) -> Money:
        """Return the price of one bottle as listed."""
        return self.offer.price


@dataclass(frozen=True, slots=True)
class Discount:
    """What one promotion took off: `code` is the coupon's, "" when it came by itself.

    `promotion_id` None: a member of staff granted it, and `name` is their reason.
    """

    promotion_id: int | None
    code: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class GiftCardFunds:
    """A gift card that shall pay: `ending` are its last characters, `balance` what it could pay."""

    card_id: int
    ending: str
    balance: Money


@dataclass(frozen=True, slots=True)
class GiftCardPart:
    """What one gift card pays."""

    card_id: int
    ending: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What a purchase costs at one moment.

    `subtotal` is the sum of the lines' totals, `shipping` what delivery costs, `discount` all that
    is taken off, `shipping_discount` the part of it that is off the delivery. `tax` is the tax in
    or on what is left, `shipping_tax` the delivery's part. `tax_added` is the part of `tax` that
    is not contained in the listed prices (nothing in a shop whose prices include tax), so always:
    total = subtotal + shipping - discount + tax_added. `sold_cards` is what of the subtotal is for
    gift cards: they are means of payment, so they bear no tax (it falls due when they are spent),
    nothing makes them cheaper, and no gift card pays for them. Gift cards pay `gift_card` of the
    total, `due` is left to pay otherwise. With `is_reverse_charge` there is no tax: the buyer, a
    firm elsewhere in the EU, accounts for it. `tax_basis_points` are hundredths of a percent;
    `weight_g` is the parcel's. `shipping_options` are all ways to deliver it, the cheapest first,
    before discounts; `shipping_method` is the one that was counted.
    """

    lines: tuple[PricedLine, ...]
    subtotal: Money
    shipping: Money
    discount: Money
    shipping_discount: Money
    tax: Money
    shipping_tax: Money
    tax_added: Money
    total: Money
    tax_name: str
    tax_basis_points: int
    shipping_method: ShippingOption
    delivery: DeliveryWindow
    country: str
    weight_g: int
    shipping_options: tuple[ShippingOption, ...] = ()
    discounts: tuple[Discount, ...] = ()
    gift_cards: tuple[GiftCardPart, ...] = ()
    is_reverse_charge: bool = False
    sold_cards: tuple[Money, ...] = ()

    @property
    def has_parcels(self) -> bool:
        """Tell whether there is anything to deliver."""
        return bool(self.lines)

    @property
    def sold(self) -> Money:
        """Return what of the subtotal is for gift cards."""
        return total(self.sold_cards, self.currency)

    @property
    def currency(self) -> str:
        """Return the currency of every amount."""
        return self.total.currency

    @property
    def gift_card(self) -> Money:
        """Return what gift cards pay of the total."""
        return total([part.amount for part in self.gift_cards], self.currency)

    @property
    def due(self) -> Money:
        """Return what is left to pay after gift cards."""
        return self.total - self.gift_card


def price(
    wanted: Sequence[tuple[Offer, int]],
    site: Site,
    country: str,
    method: str | None = None,
    *,
    postcode: str = "",
    reductions: Sequence[Reduction] = (),
    gift_cards: Sequence[GiftCardFunds] = (),
    sold_cards: Sequence[Money] = (),
) -> Quote:
    """Return what offers, with their quantities, cost when delivered to a country.

    `method` is the code of a way of delivery; None takes the cheapest. `postcode` "" is not known
    yet. Each line bears the rate of its kind of goods; delivery that of the line that is worth
    most as listed, which is also the quote's own rate. Reductions count one after another. Gift
    cards pay in the order given and leave nothing, or as much as a card can be charged. What takes
    or pays nothing is left out of the quote. `sold_cards` are the amounts of gift cards that are
    bought; without anything else there is no delivery. Raises NothingToPrice, NotSellable,
    NotDelivered, TooHeavy, UnknownShippingMethod, or MixedCurrency when an offer or a card is not
    in the shop's currency.
    """
    if not wanted and not sold_cards:
        raise NothingToPrice
    if unsold := [offer.variant_id for offer, _ in wanted if not offer.is_sellable]:
        raise NotSellable(unsold)
    subtotal = total([offer.price * quantity for offer, quantity in wanted], site.currency)
    weight_g = sum(offer.weight_g * quantity for offer, quantity in wanted)
    # Free delivery from some value on looks at the goods before discounts: so a discount never
    # makes a purchase dearer.
    options: tuple[ShippingOption, ...] = ()
    chosen = nothing_to_deliver(site.currency)
    if wanted:
        options = shipping_options(site, country, subtotal, weight_g, postcode)
        chosen = choose(options, method)
    reduced = reduce(wanted, chosen.price.minor, chosen.code, reductions)
    rates = [site.tax_rate(country, offer.tax_kind) for offer, _ in wanted]
    lines = _lines(wanted, reduced, rates, is_included=site.prices_include_tax)
    # Of equals the lowest variant: the order of the lines decides nothing.
    at = max(
        range(len(lines)),
        key=lambda at: (lines[at].total.minor, -lines[at].variant_id),
        default=None,
    )
    rate = None if at is None else rates[at]
    goods_tax = total([line.tax for line in lines], site.currency)
    added = Money.zero(site.currency) if site.prices_include_tax else goods_tax
    shipping_discount = Money(reduced.delivery, site.currency)
    # What delivery costs is set as it is charged, whatever the catalogue's prices are.
    shipping_tax = _tax_in(chosen.price - shipping_discount, rate)
    discount = Money(sum(reduced.lines) + reduced.delivery, site.currency)
    sold = total(sold_cards, site.currency)
    subtotal += sold
    whole = subtotal + chosen.price - discount + added
    return Quote(
        lines=lines,
        subtotal=subtotal,
        shipping=chosen.price,
        discount=discount,
        shipping_discount=shipping_discount,
        tax=goods_tax + shipping_tax,
        shipping_tax=shipping_tax,
        tax_added=added,
        total=whole,
        tax_name=rate.name if rate else "",
        tax_basis_points=rate.basis_points if rate else 0,
        shipping_method=chosen,
        delivery=chosen.delivery,
        country=country,
        weight_g=weight_g,
        shipping_options=options,
        discounts=_discounts(reductions, reduced, site.currency),
        gift_cards=_payments(gift_cards, whole, whole - sold),
        sold_cards=tuple(sold_cards),
    )


def _lines(
    wanted: Sequence[tuple[Offer, int]],
    reduced: Reduced,
    rates: Sequence[TaxRate | None],
    *,
    is_included: bool,
) -> tuple[PricedLine, ...]:
    lines = []
    for (offer, quantity), off, rate in zip(wanted, reduced.lines, rates, strict=True):
        listed = offer.price * quantity
        discount = Money(off, listed.currency)
        left = listed - discount
        tax = _tax_in(left, rate) if is_included else _tax_on(left, rate)
        points = rate.basis_points if rate else 0
        lines.append(PricedLine(offer, quantity, listed, discount, tax, points))
    return tuple(lines)


def _discounts(
    reductions: Sequence[Reduction], reduced: Reduced, currency: str
) -> tuple[Discount, ...]:
    return tuple(
        Discount(one.promotion_id, one.code, one.name, Money(minor, currency))
        for one, minor in zip(reductions, reduced.each, strict=True)
        if minor
    )


def _payments(
    cards: Sequence[GiftCardFunds], whole: Money, payable: Money
) -> tuple[GiftCardPart, ...]:
    least = smallest_charge_minor(whole.currency)
    funds = min(total([card.balance for card in cards], whole.currency), payable)
    parts, left = [], payable
    if 0 < (whole - funds).minor < least <= whole.minor:
        # Less could not be charged: the gift cards keep so much.
        left = whole - Money(least, whole.currency)
    for card in cards:
        amount = min(card.balance, left)
        if amount.minor > 0:
            parts.append(GiftCardPart(card.card_id, card.ending, amount))
            left -= amount
    return tuple(parts)


def _tax_in(gross: Money, rate: TaxRate | None) -> Money:
    points = rate.basis_points if rate else 0
    return gross.times(Fraction(points, _WHOLE + points))


def _tax_on(net: Money, rate: TaxRate | None) -> Money:
    return net.times(Fraction(rate.basis_points if rate else 0, _WHOLE))
