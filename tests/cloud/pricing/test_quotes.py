"""The arithmetic of a purchase."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.money import MixedCurrency, Money
from cloud.pricing.delivery import DeliveryWindow
from cloud.pricing.errors import (
    NotDelivered,
    NothingToPrice,
    NotSellable,
    TooHeavy,
    UnknownShippingMethod,
)
from cloud.pricing.quotes import price
from cloud.site.schemas import TaxRate, WeightStep
from tests.fakes.offers import an_offer
from tests.fakes.site import STANDARD, a_site


def test_a_bottle_to_germany_costs_its_price_and_the_parcel_with_the_tax_inside():
    quote = price([(an_offer(), 1)], a_site(), "DE")

    assert (quote.subtotal.minor, quote.shipping.minor, quote.total.minor) == (2890, 490, 3380)
    assert quote.lines[0].tax.minor == 461  # 2890 x 19 / 119 = 461.43
    assert quote.tax.minor == 461 + 78  # 490 x 19 / 119 = 78.24
    assert (quote.tax_added.minor, quote.tax_name, quote.tax_basis_points) == (0, "VAT", 1900)


def test_the_same_bottle_to_france_costs_the_same_with_another_tax_inside():
    quote = price([(an_offer(), 1)], a_site(), "FR")

    assert quote.total.minor == 3380
    assert (quote.tax.minor, quote.tax_name) == (482 + 82, "TVA")


def test_a_shop_whose_prices_are_without_tax_adds_it():
    quote = price([(an_offer(), 2)], a_site(prices_include_tax=False), "DE")

    assert quote.lines[0].tax.minor == 1098  # 5780 x 19 %, half to even of 1098.2
    assert quote.tax_added.minor == 1098
    assert quote.total.minor == 5780 + 490 + 1098


def test_half_a_cent_of_tax_goes_to_the_even_cent():
    rates = (TaxRate(country="DE", basis_points=2500),)
    site = a_site(prices_include_tax=False, rates=rates)

    taxes = [price([(an_offer(minor), 1)], site, "DE").lines[0].tax.minor for minor in (2, 6, 10)]

    assert taxes == [0, 2, 2]  # 0.5, 1.5 and 2.5 cents


def test_a_country_without_a_rate_pays_no_tax():
    quote = price([(an_offer(), 1)], a_site(rates=()), "DE")

    assert (quote.tax.minor, quote.tax_name, quote.tax_basis_points) == (0, "", 0)


def test_the_parcels_weight_decides_what_delivery_costs():
    by_count = {
        count: price([(an_offer(100), count)], a_site(), "FR").shipping.minor
        for count in (1, 3, 4, 17)
    }

    assert by_count == {1: 490, 3: 490, 4: 690, 17: 690}


def test_goods_worth_enough_are_delivered_free():
    almost = price([(an_offer(5999), 1)], a_site(), "DE")
    enough = price([(an_offer(6000), 1)], a_site(), "DE")

    assert (almost.shipping.minor, enough.shipping.minor) == (490, 0)


def test_the_cheapest_way_is_taken_unless_another_is_chosen():
    cheapest = price([(an_offer(), 1)], a_site(), "DE")
    chosen = price([(an_offer(), 1)], a_site(), "DE", "express")

    assert [one.code for one in cheapest.shipping_options] == ["standard", "express"]
    assert cheapest.shipping_method.code == "standard"
    assert (chosen.shipping_method.code, chosen.total.minor) == ("express", 2890 + 1290)
    assert (chosen.delivery.p50_days, chosen.delivery.p90_days) == (1, 1)


def test_of_two_ways_that_cost_the_same_the_quicker_is_taken():
    slow = STANDARD.model_copy(update={"code": "slow", "p90_days": 9})

    quote = price([(an_offer(), 1)], a_site(methods=(slow, STANDARD)), "DE")

    assert quote.shipping_method.code == "standard"


@pytest.mark.parametrize("method", ["pigeon", "express"])
def test_a_way_that_does_not_serve_the_parcel_cannot_be_chosen(method):
    with pytest.raises(UnknownShippingMethod):
        price([(an_offer(), 7)], a_site(), "DE", method)


def test_a_country_nobody_delivers_to_is_said_in_words():
    with pytest.raises(NotDelivered) as caught:
        price([(an_offer(), 1)], a_site(), "US")

    assert caught.value.field == "country"


def test_a_parcel_that_is_too_heavy_is_said_in_words():
    with pytest.raises(TooHeavy, match=r"5\.2 kg"):
        price([(an_offer(100), 18)], a_site(), "DE")


def test_no_lines_have_no_price():
    with pytest.raises(NothingToPrice):
        price([], a_site(), "DE")


def test_what_is_not_on_sale_has_no_price():
    with pytest.raises(NotSellable) as caught:
        price([(an_offer(), 1), (an_offer(variant_id=2, is_sellable=False), 1)], a_site(), "DE")

    assert caught.value.wire_facts() == {"variant_ids": [2]}


def test_an_offer_in_another_currency_cannot_be_added_in():
    with pytest.raises(MixedCurrency):
        price([(an_offer(), 1), (an_offer(currency="USD"), 1)], a_site(), "DE")


def test_delivery_days_are_counted_in_the_shops_own_zone():
    window = DeliveryWindow(2, 4)
    late_evening_utc = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert window.expected_on(late_evening_utc, ZoneInfo("Europe/Berlin")) == date(2026, 3, 5)
    assert window.latest_on(late_evening_utc, ZoneInfo("UTC")) == date(2026, 3, 6)


baskets = st.lists(
    st.tuples(st.integers(0, 10_000_000), st.integers(1, 99)), min_size=1, max_size=12
)
currencies = st.sampled_from(["EUR", "JPY", "KWD", "ISK", "TND"])


@given(baskets, currencies, st.integers(0, 10_000), st.integers(0, 100_000), st.booleans())
def test_the_parts_always_add_up_to_the_total(basket, currency, points, shipping, is_included):
    method = STANDARD.model_copy(
        update={
            "steps": (WeightStep(up_to_g=1_000_000, price_minor=shipping),),
            "free_from_minor": None,
        }
    )
    site = a_site(
        currency,
        prices_include_tax=is_included,
        methods=(method,),
        rates=(TaxRate(country="*", basis_points=points),),
    )
    wanted = [
        (an_offer(minor, currency, variant_id=at, weight_g=1), count)
        for at, (minor, count) in enumerate(basket, 1)
    ]

    quote = price(wanted, site, "DE")

    assert quote.subtotal.minor == sum(minor * count for minor, count in basket)
    assert quote.subtotal.minor == sum(line.total.minor for line in quote.lines)
    assert quote.total == quote.subtotal + quote.shipping + quote.tax_added
    assert quote.shipping == Money(shipping, currency)
    line_taxes = sum(line.tax.minor for line in quote.lines)
    assert quote.tax_added.minor == (0 if is_included else line_taxes)
    assert line_taxes <= quote.tax.minor <= line_taxes + shipping
    for line in quote.lines:
        exact = line.total.minor * points / (10_000 + (points if is_included else 0))
        assert abs(line.tax.minor - exact) <= 0.5 + 1e-6
