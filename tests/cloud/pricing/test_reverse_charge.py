"""What firms of other countries of the EU pay: the price without the tax that is in it."""

from fractions import Fraction

import pytest
from hypothesis import given

from cloud.catalogue.tax_kinds import TaxKind
from cloud.foundation.money import Money
from cloud.pricing.quotes import price
from cloud.pricing.reverse_charge import is_reverse_charge, without_tax
from cloud.pricing.shares import refundable
from cloud.site.schemas import TaxRate
from tests.cloud.pricing.test_quotes_always import purchases
from tests.fakes.offers import an_offer
from tests.fakes.site import a_site


@pytest.mark.parametrize(
    ("country", "vat_country", "expected"),
    [
        ("FR", "FR", True),
        ("FR", "AT", True),
        ("GR", "GR", True),
        ("FR", None, False),
        ("DE", "FR", False),
        ("FR", "DE", False),
        ("CH", "FR", False),
    ],
)
def test_only_parcels_to_a_firm_elsewhere_in_the_union_bear_no_tax(
    country: str, vat_country: str | None, expected: bool
) -> None:
    assert is_reverse_charge(a_site(), country, vat_country) is expected


def test_prices_come_down_by_the_tax_in_them() -> None:
    wanted = [(an_offer(2400), 2)]

    net, site = without_tax(wanted, a_site(), "FR")
    quote = price(net, site, "FR")

    # 20.00 and 4.08 (of 4.90) are without the 20 % of France.
    assert (quote.subtotal.minor, quote.shipping.minor, quote.total.minor) == (4000, 408, 4408)
    assert quote.tax.minor == 0
    assert quote.lines[0].tax_basis_points == 0


def test_prices_that_hold_no_tax_stay_and_only_delivery_comes_down() -> None:
    wanted = [(an_offer(2400), 1)]

    net, site = without_tax(wanted, a_site(prices_include_tax=False), "FR")
    quote = price(net, site, "FR")

    assert (quote.subtotal.minor, quote.shipping.minor, quote.total.minor) == (2400, 408, 2808)


def test_delivery_is_free_from_the_same_goods_on_as_for_everybody() -> None:
    net, site = without_tax([(an_offer(3000), 2)], a_site(), "FR")
    dearer, other = without_tax([(an_offer(2999), 2)], a_site(), "FR")

    assert price(net, site, "FR").shipping.minor == 0
    assert price(dearer, other, "FR").shipping.minor > 0


def test_each_kind_of_goods_loses_its_own_rate() -> None:
    rates = (
        TaxRate(country="FR", basis_points=2000),
        TaxRate(country="FR", kind="reduced", basis_points=550),
    )
    book = an_offer(1055, variant_id=2, tax_kind=TaxKind.REDUCED)

    net, site = without_tax([(an_offer(1200), 1), (book, 1)], a_site(rates=rates), "FR")

    assert [line.unit_price.minor for line in price(net, site, "FR").lines] == [1000, 1000]


@given(purchases())
def test_no_tax_is_left_and_nothing_is_dearer_than_with_it(purchase):
    wanted, site, _, cards = purchase
    net, bare = without_tax(wanted, site, "DE")
    taxed = price(wanted, site, "DE")
    quote = price(net, bare, "DE", gift_cards=cards)

    assert quote.tax == quote.tax_added == quote.shipping_tax == Money.zero(quote.currency)
    assert quote.total == quote.subtotal + quote.shipping - quote.discount
    assert quote.total <= taxed.total
    # Rounding is once per bottle here and once per line there.
    bottles = sum(quantity for _, quantity in wanted)
    off = abs((taxed.total - taxed.tax - quote.total).minor)
    assert off <= Fraction(bottles + len(wanted), 2) + 1


@given(purchases())
def test_reductions_add_up_and_bottles_given_back_give_back_what_was_paid(purchase):
    wanted, site, reductions, _ = purchase
    net, bare = without_tax(wanted, site, "DE")
    quote = price(net, bare, "DE", reductions=reductions)

    assert quote.total == quote.subtotal + quote.shipping - quote.discount
    for line in quote.lines:
        worth = (line.total - line.discount).minor
        back = [refundable(worth, 1, line.quantity, before) for before in range(line.quantity)]
        assert sum(back) == worth
        assert min(back) >= 0
