"""What is true of every quote, and the comparison with a slow second opinion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.money import Money
from cloud.pricing.charges import smallest_charge_minor
from cloud.pricing.quotes import GiftCardFunds, price
from cloud.pricing.reductions import (
    AmountOff,
    DeliveryOff,
    PercentOff,
    Reduction,
    UnitAmountOff,
    UnitsFree,
)
from cloud.pricing.shares import refundable
from cloud.site.schemas import TaxRate, WeightStep
from tests.cloud.pricing.reference import expected
from tests.fakes.offers import an_offer
from tests.fakes.site import STANDARD, a_site

# The long mode tries thousands of purchases.
pytestmark = pytest.mark.timeout(900)

# No decimals, two, three.
KINDS = ("standard", "reduced")
CURRENCIES = ("JPY", "EUR", "KWD")
IDS = st.one_of(st.none(), st.frozensets(st.integers(1, 6), max_size=4))
POINTS = st.integers(1, 10_000)
UNITS = st.integers(1, 5)


def effects(currency):
    money = st.integers(1, 9_000).map(lambda minor: Money(minor, currency))
    return st.one_of(
        st.builds(PercentOff, POINTS),
        st.builds(AmountOff, money),
        st.builds(UnitAmountOff, money),
        st.builds(UnitsFree, UNITS, UNITS, IDS, POINTS, st.one_of(st.none(), UNITS)),
        st.builds(DeliveryOff, st.one_of(st.none(), money)),
    )


@st.composite
def purchases(draw):
    """Everything that goes into a quote: lines, settings, reductions, gift cards."""
    currency = draw(st.sampled_from(CURRENCIES))
    prices = draw(st.lists(st.integers(0, 5_000), min_size=1, max_size=6))
    wanted = [
        (
            an_offer(
                minor, currency, variant_id=at, weight_g=1, tax_kind=draw(st.sampled_from(KINDS))
            ),
            draw(st.integers(1, 9)),
        )
        for at, minor in enumerate(prices, 1)
    ]
    delivery = draw(st.integers(0, 2_000))
    step = WeightStep(up_to_g=1_000, price_minor=delivery)
    method = STANDARD.model_copy(update={"steps": (step,), "free_from_minor": None})
    site = a_site(
        currency,
        prices_include_tax=draw(st.booleans()),
        methods=(method,),
        rates=tuple(
            TaxRate(country="*", kind=kind, basis_points=draw(st.integers(0, 10_000)))
            for kind in KINDS
        ),
    )
    reductions = [
        Reduction(number, "", f"Promotion {number}", effect, draw(IDS))
        for number, effect in enumerate(draw(st.lists(effects(currency), max_size=4)), 1)
    ]
    cards = [
        GiftCardFunds(number, "ABCD", Money(minor, currency))
        for number, minor in enumerate(draw(st.lists(st.integers(0, 9_000), max_size=3)), 1)
    ]
    return wanted, site, reductions, cards


@given(purchases())
def test_a_quote_is_what_a_slow_second_opinion_says(purchase):
    wanted, site, reductions, _ = purchase
    quote = price(wanted, site, "DE", reductions=reductions)

    assert {
        "discounts": [line.discount.minor for line in quote.lines],
        "shipping_discount": quote.shipping_discount.minor,
        "taxes": [line.tax.minor for line in quote.lines],
        "shipping_tax": quote.shipping_tax.minor,
        "total": quote.total.minor,
    } == expected(
        [(offer.variant_id, quantity, offer.price.minor) for offer, quantity in wanted],
        [site.tax_rate("DE", offer.tax_kind).basis_points for offer, _ in wanted],
        quote.shipping.minor,
        reductions,
        is_included=site.prices_include_tax,
    )


@given(purchases())
def test_the_parts_of_a_quote_add_up_and_none_is_negative(purchase):
    wanted, site, reductions, cards = purchase
    quote = price(wanted, site, "DE", reductions=reductions, gift_cards=cards)

    line_discounts = sum(line.discount.minor for line in quote.lines)
    assert quote.discount.minor == line_discounts + quote.shipping_discount.minor
    assert quote.discount.minor == sum(one.amount.minor for one in quote.discounts)
    assert quote.tax.minor == sum(line.tax.minor for line in quote.lines) + quote.shipping_tax.minor
    assert quote.total == quote.subtotal + quote.shipping - quote.discount + quote.tax_added
    assert quote.total == quote.gift_card + quote.due
    assert all(0 <= line.discount.minor <= line.total.minor for line in quote.lines)
    assert all(line.tax.minor >= 0 for line in quote.lines)
    assert 0 <= quote.shipping_discount.minor <= quote.shipping.minor
    assert min(quote.total.minor, quote.due.minor, quote.shipping_tax.minor) >= 0
    balances = {card.card_id: card.balance for card in cards}
    assert all(0 < part.amount.minor <= balances[part.card_id].minor for part in quote.gift_cards)
    rest = max(0, quote.total.minor - sum(one.minor for one in balances.values()))
    least = smallest_charge_minor(quote.currency)
    assert quote.due.minor in (rest, least)
    assert quote.due.minor == 0 or quote.due.minor >= least or quote.total.minor < least


@given(purchases(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_price(purchase, random):
    wanted, site, reductions, _ = purchase
    shuffled = list(wanted)
    random.shuffle(shuffled)

    one = price(wanted, site, "DE", reductions=reductions)
    other = price(shuffled, site, "DE", reductions=reductions)

    assert (other.total, other.tax, other.shipping_tax) == (one.total, one.tax, one.shipping_tax)
    assert {line.variant_id: (line.discount, line.tax) for line in other.lines} == {
        line.variant_id: (line.discount, line.tax) for line in one.lines
    }


def test_of_two_lines_worth_the_same_the_order_does_not_choose_the_deliverys_rate():
    rates = [
        TaxRate(country="DE", kind=kind, basis_points=points)
        for kind, points in zip(KINDS, (1900, 700), strict=True)
    ]
    site = a_site(rates=tuple(rates))
    lines = [(an_offer(500, variant_id=at, tax_kind=kind), 1) for at, kind in enumerate(KINDS, 1)]

    taxes = {
        price(order, site, "DE").shipping_tax.minor for order in (lines, list(reversed(lines)))
    }

    assert taxes == {78}  # 490 x 19 / 119


@given(purchases())
def test_one_reduction_more_never_makes_a_purchase_dearer(purchase):
    wanted, site, reductions, _ = purchase
    totals = [
        price(wanted, site, "DE", reductions=reductions[:count]).total.minor
        for count in range(len(reductions) + 1)
    ]

    assert totals == sorted(totals, reverse=True)


@given(purchases(), st.randoms(use_true_random=False))
def test_bottles_given_back_one_by_one_give_back_what_was_paid(purchase, random):
    wanted, site, reductions, _ = purchase
    quote = price(wanted, site, "DE", reductions=reductions)
    bottles = [at for at, line in enumerate(quote.lines) for _ in range(line.quantity)]
    random.shuffle(bottles)

    given_back = quote.shipping.minor - quote.shipping_discount.minor
    back = [0] * len(quote.lines)
    for at in bottles:
        line = quote.lines[at]
        paid = line.total.minor - line.discount.minor
        paid += 0 if site.prices_include_tax else line.tax.minor
        given_back += refundable(paid, 1, line.quantity, back[at])
        back[at] += 1

    assert given_back == quote.total.minor


@given(purchases(), st.lists(st.integers(1, 9_000), max_size=3))
def test_gift_cards_that_are_bought_change_nothing_else_and_are_never_paid_by_one(purchase, sold):
    wanted, site, reductions, cards = purchase
    without = price(wanted, site, "DE", reductions=reductions)
    amounts = [Money(minor, site.currency) for minor in sold]

    quote = price(wanted, site, "DE", reductions=reductions, gift_cards=cards, sold_cards=amounts)

    assert quote.sold.minor == sum(sold)
    assert quote.total == quote.subtotal + quote.shipping - quote.discount + quote.tax_added
    assert quote.total - quote.sold == without.total
    assert (quote.tax, quote.discount, quote.shipping, quote.lines) == (
        without.tax,
        without.discount,
        without.shipping,
        without.lines,
    )
    assert quote.gift_card <= without.total
    least = smallest_charge_minor(quote.currency)
    assert quote.due.minor == 0 or quote.due.minor >= least or quote.total.minor < least


@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=3))
def test_gift_cards_alone_need_no_delivery_and_bear_no_tax(sold):
    amounts = [Money(minor, "EUR") for minor in sold]

    quote = price([], a_site(), "", sold_cards=amounts)

    assert (quote.total.minor, quote.due.minor) == (sum(sold), sum(sold))
    assert (quote.tax.minor, quote.shipping.minor, quote.has_parcels) == (0, 0, False)
