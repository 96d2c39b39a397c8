"""What each kind of reduction takes off."""

import pytest

from cloud.foundation.money import Money
from cloud.pricing.quotes import GiftCardFunds, price
from cloud.pricing.reductions import (
    AmountOff,
    DeliveryOff,
    PercentOff,
    Reduction,
    UnitAmountOff,
    UnitsFree,
)
from tests.fakes.offers import an_offer
from tests.fakes.site import a_site


def eur(minor):
    return Money(minor, "EUR")


def promotion(effect, ids=None, *, number=1):
    return Reduction(number, f"CODE{number}", f"Promotion {number}", effect, ids)


def bottles(*lines):
    """Offers of variants 1, 2, …, at prices with quantities."""
    return [
        (an_offer(minor, variant_id=at), quantity) for at, (minor, quantity) in enumerate(lines, 1)
    ]


def line_discounts(wanted, *reductions):
    quote = price(wanted, a_site(), "DE", reductions=reductions)
    return [line.discount.minor for line in quote.lines]


def test_a_percentage_is_rounded_once_and_split_by_worth():
    assert line_discounts(bottles((333, 1), (333, 1), (334, 1)), promotion(PercentOff(1000))) == [
        33,
        33,
        34,
    ]


def test_a_fixed_amount_takes_no_more_than_there_is():
    wanted = bottles((300, 1), (200, 1))

    assert line_discounts(wanted, promotion(AmountOff(eur(900)))) == [300, 200]


def test_an_amount_off_each_bottle_stops_at_its_price():
    wanted = bottles((300, 2), (80, 3))

    assert line_discounts(wanted, promotion(UnitAmountOff(eur(100)))) == [200, 240]


def test_only_the_bottles_it_is_for_become_cheaper():
    wanted = bottles((1000, 1), (1000, 1))

    assert line_discounts(wanted, promotion(PercentOff(5000), frozenset({2}))) == [0, 500]


@pytest.mark.parametrize(
    ("quantities", "free"),
    [((2, 0), 0), ((3, 0), 700), ((2, 1), 500), ((5, 1), 500 + 700), ((3, 3), 500 * 2)],
)
def test_three_for_two_gives_the_cheapest_of_three(quantities, free):
    wanted = [
        line
        for line in bottles((700, quantities[0]), (500, max(1, quantities[1])))
        if line[0].variant_id == 1 or quantities[1]
    ]

    assert sum(line_discounts(wanted, promotion(UnitsFree(buy=2, get=1)))) == free


def test_who_buys_one_gets_another_cheaper_at_most_so_often():
    gift = UnitsFree(buy=2, get=1, get_variant_ids=frozenset({2}), basis_points=5000, most=1)
    wanted = bottles((2000, 4), (500, 3))

    assert line_discounts(wanted, promotion(gift, frozenset({1}))) == [0, 250]


def test_each_reduction_counts_on_what_is_left():
    wanted = bottles((1000, 1))
    half, fixed = promotion(PercentOff(5000)), promotion(AmountOff(eur(200)), number=2)

    assert line_discounts(wanted, half, fixed) == [700]
    assert line_discounts(wanted, fixed, half) == [600]


def test_delivery_becomes_free_or_cheaper_and_its_tax_with_it():
    wanted = bottles((1000, 1))

    free = price(wanted, a_site(), "DE", reductions=[promotion(DeliveryOff())])
    cheaper = price(wanted, a_site(), "DE", reductions=[promotion(DeliveryOff(up_to=eur(300)))])

    assert (free.shipping.minor, free.shipping_discount.minor, free.shipping_tax.minor) == (
        490,
        490,
        0,
    )
    assert (cheaper.shipping_discount.minor, cheaper.shipping_tax.minor) == (300, 30)
    assert (free.total.minor, cheaper.total.minor) == (1000, 1190)


def test_free_delivery_may_be_for_one_way_only():
    parcels = promotion(DeliveryOff(methods=frozenset({"standard"})))

    express = price(bottles((1000, 1)), a_site(), "DE", "express", reductions=[parcels])

    assert (express.discount.minor, express.discounts) == (0, ())


def test_tax_is_on_what_is_left_in_and_on_prices():
    half = promotion(PercentOff(5000))

    within = price(bottles((2000, 1)), a_site(), "DE", reductions=[half])
    on_top = price(bottles((2000, 1)), a_site(prices_include_tax=False), "DE", reductions=[half])

    assert within.lines[0].tax.minor == 160  # 1000 x 19 / 119 = 159.66
    assert on_top.lines[0].tax.minor == 190
    assert on_top.total.minor == 2000 + 490 - 1000 + 190


def test_a_discount_does_not_take_free_delivery_away():
    quote = price(bottles((6000, 1)), a_site(), "DE", reductions=[promotion(AmountOff(eur(1)))])

    assert (quote.shipping.minor, quote.total.minor) == (0, 5999)


def test_a_gift_card_leaves_nothing_or_what_a_card_can_be_charged():
    dues = [
        price(
            bottles((2890, 1)), a_site(), "DE", gift_cards=[GiftCardFunds(7, "ABCD", eur(minor))]
        ).due.minor
        for minor in (3329, 3330, 3331, 3379, 3380)
    ]

    assert dues == [51, 50, 50, 50, 0]


def test_what_can_just_be_charged_is_not_lowered_by_a_gift_card():
    cards = [GiftCardFunds(7, "ABCD", eur(10))]
    free = [promotion(DeliveryOff())]

    quote = price(bottles((50, 1)), a_site(), "DE", reductions=free, gift_cards=cards)

    assert (quote.due.minor, quote.gift_cards) == (50, ())


def test_gift_cards_pay_in_order_and_change_no_tax():
    cards = [GiftCardFunds(7, "ABCD", eur(1000)), GiftCardFunds(8, "WXYZ", eur(9000))]

    quote = price(bottles((2890, 1)), a_site(), "DE", gift_cards=cards)

    assert [(part.card_id, part.amount.minor) for part in quote.gift_cards] == [
        (7, 1000),
        (8, 2380),
    ]
    assert (quote.gift_card.minor, quote.due.minor, quote.total.minor) == (3380, 0, 3380)
    assert quote.tax == price(bottles((2890, 1)), a_site(), "DE").tax
