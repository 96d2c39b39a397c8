"""Rates by kind of goods, and parcels by postcode, cut-off hour and country."""

from datetime import UTC, date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.pricing.delivery import DeliveryWindow
from cloud.pricing.errors import NotDelivered
from cloud.pricing.quotes import price
from cloud.site.schemas import TaxRate
from tests.fakes.offers import an_offer
from tests.fakes.site import STANDARD, a_site

RATES = (
    TaxRate(country="DE", basis_points=1900),
    TaxRate(country="DE", kind="reduced", basis_points=700),
    TaxRate(country="FR", basis_points=2000),
    TaxRate(country="*", name="No VAT", basis_points=0),
)
BERLIN = ZoneInfo("Europe/Berlin")


def test_each_line_bears_the_rate_of_its_kind():
    kinds = ("standard", "reduced", "zero")
    wanted = [(an_offer(1000, variant_id=at, tax_kind=kind), 1) for at, kind in enumerate(kinds, 1)]

    quote = price(wanted, a_site(rates=RATES), "DE")

    assert [line.tax_basis_points for line in quote.lines] == [1900, 700, 0]
    assert [line.tax.minor for line in quote.lines] == [160, 65, 0]


@pytest.mark.parametrize(
    ("country", "kind", "points"),
    [
        ("DE", "standard", 1900),
        ("DE", "reduced", 700),
        ("DE", "zero", 0),
        ("FR", "reduced", 2000),  # no reduced rate of its own: taxed like any other
        ("FR", "zero", 0),
        ("CH", "standard", 0),  # an export
        ("CH", "reduced", 0),
    ],
)
def test_which_rate_goods_bear_where(country, kind, points):
    assert a_site(rates=RATES).tax_rate(country, kind).basis_points == points


def test_delivery_goes_with_the_goods_that_are_worth_most():
    dear = (an_offer(2000, variant_id=1, tax_kind="reduced"), 1)
    cheap = (an_offer(1000, variant_id=2), 1)

    for wanted in ([dear, cheap], [cheap, dear]):
        quote = price(wanted, a_site(rates=RATES), "DE", "standard")
        assert quote.tax_basis_points == 700
        assert quote.shipping_tax.minor == 32  # 490 x 7 / 107 = 32.06


@given(
    st.lists(
        st.tuples(
            st.integers(0, 99_999), st.integers(1, 9), st.sampled_from(("standard", "reduced"))
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(("JPY", "EUR", "KWD")),
    st.booleans(),
)
def test_every_tax_is_within_half_a_unit_and_the_parts_add_up(lines, currency, is_included):
    wanted = [
        (an_offer(minor, currency, variant_id=at, weight_g=1, tax_kind=kind), quantity)
        for at, (minor, quantity, kind) in enumerate(lines, 1)
    ]
    quote = price(wanted, a_site(currency, rates=RATES, prices_include_tax=is_included), "DE")

    for line in quote.lines:
        points = {"standard": 1900, "reduced": 700}[line.offer.tax_kind]
        base = 10_000 + points if is_included else 10_000
        exact = Fraction(line.total.minor * points, base)
        assert abs(line.tax.minor - exact) <= Fraction(1, 2)
    taxes = sum(line.tax.minor for line in quote.lines)
    assert quote.tax.minor == taxes + quote.shipping_tax.minor
    assert quote.tax_added.minor == (0 if is_included else taxes)
    assert quote.total == quote.subtotal + quote.shipping + quote.tax_added


ISLANDS = STANDARD.model_copy(update={"code": "islands", "postcodes": ("2749", "25849")})
MAINLAND = STANDARD.model_copy(update={"not_postcodes": ("2749",)})


@pytest.mark.parametrize(
    ("postcode", "codes"),
    [
        ("10115", ["standard"]),
        ("27498", ["islands"]),
        (" 27 498", ["islands"]),
        ("25849", ["standard", "islands"]),
        ("", ["standard", "islands"]),
    ],
)
def test_a_postcode_decides_which_ways_there_are(postcode, codes):
    site = a_site(methods=(MAINLAND, ISLANDS))

    quote = price([(an_offer(), 1)], site, "DE", postcode=postcode)

    assert [option.code for option in quote.shipping_options] == codes


def test_a_postcode_that_nothing_serves_is_said_in_words():
    with pytest.raises(NotDelivered):
        price([(an_offer(), 1)], a_site(methods=(ISLANDS,)), "DE", postcode="10115")


@pytest.mark.parametrize(
    ("hour_utc", "day"),
    [(10, date(2026, 3, 6)), (11, date(2026, 3, 7)), (22, date(2026, 3, 7))],
)
def test_what_is_paid_after_the_cut_off_takes_a_day_more(hour_utc, day):
    window = DeliveryWindow(2, 4, cut_off_hour=12)

    assert window.expected_on(datetime(2026, 3, 4, hour_utc, tzinfo=UTC), BERLIN) == day


def test_the_cut_off_follows_the_clock_on_the_wall_when_it_changes():
    window = DeliveryWindow(1, 2, cut_off_hour=12)
    # 10:30 UTC is 11:30 the day before the clocks go forward, and 12:30 the day after.
    assert window.expected_on(datetime(2026, 3, 28, 10, 30, tzinfo=UTC), BERLIN).day == 29
    assert window.expected_on(datetime(2026, 3, 29, 10, 30, tzinfo=UTC), BERLIN).day == 31
