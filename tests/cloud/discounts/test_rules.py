"""Which promotions count: reasons, stacking, and what never happens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cloud.discounts.models import PromotionKind
from cloud.discounts.refusals import Why
from cloud.discounts.rules import choose, reduction_of
from cloud.discounts.terms import ANYBODY, Basket, Candidate, Shopper, Terms, normal_email
from cloud.foundation.money import Money
from cloud.pricing.quotes import price
from tests.fakes.clock import ManualClock
from tests.fakes.offers import an_offer
from tests.fakes.site import a_site

NOW = ManualClock().now()
EVA = Shopper(user_id=1, email="eva@scent.example")


def percent(number, points, code="", **facts):
    terms = Terms(number, f"Promotion {number}", PromotionKind.PERCENT, basis_points=points)
    return Candidate(replace(terms, **facts), code=code, coupon_id=number if code else None)


def a_basket(*prices, country="DE"):
    offers = [(an_offer(minor, variant_id=at), 1) for at, minor in enumerate(prices, 1)]
    return Basket(offers, country, "EUR")


def chosen(candidates, basket=None, shopper=EVA, now=NOW):
    basket = basket or a_basket(10_000)

    def total(reductions):
        quote = price(basket.wanted, a_site(), basket.country, reductions=reductions)
        return quote.total.minor

    choice = choose(candidates, basket, shopper, now, total)
    counted = [one.terms.promotion_id for one in choice.chosen]
    return (
        counted,
        {one.code: one.why for one in choice.refusals},
        total([reduction_of(one) for one in choice.chosen]),
    )


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"is_active": False}, Why.SWITCHED_OFF),
        ({"starts_at": NOW + timedelta(days=1)}, Why.NOT_YET),
        ({"ends_at": NOW}, Why.EXPIRED),
        ({"is_in_currency": False}, Why.OTHER_CURRENCY),
        ({"countries": frozenset({"FR"})}, Why.OTHER_COUNTRY),
        ({"variant_ids": frozenset()}, Why.OTHER_GOODS),
        ({"worth": Money(10_001, "EUR")}, Why.MINIMUM),
        ({"emails": frozenset({"@firm.example"})}, Why.NOT_FOR_YOU),
        ({"most_uses": 3, "uses": 3}, Why.USED_UP),
        ({"most_uses_each": 1, "uses_by_buyer": 1}, Why.ONCE_EACH),
    ],
)
def test_a_code_that_does_not_count_says_why(facts, why):
    assert chosen([percent(1, 1000, "TEN", **facts)]) == ([], {"TEN": why}, 10_000)


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_at": NOW},
        {"ends_at": NOW + timedelta(seconds=1)},
        {"countries": frozenset({"FR", "DE"})},
        {"worth": Money(10_000, "EUR")},
        {"emails": frozenset({"@scent.example"})},
        {"emails": frozenset({"Eva+shop@scent.example"})},
        {"is_first_order": True},
        {"most_uses": 3, "uses": 2},
        {"most_uses_each": 2, "uses_by_buyer": 1},
    ],
)
def test_at_its_very_edge_a_code_counts(facts):
    assert chosen([percent(1, 1000, "TEN", **facts)]) == ([1], {}, 9_000)


def test_a_first_order_is_somebodys_first():
    welcome = percent(1, 1000, "WELCOME", is_first_order=True)

    assert chosen([welcome], shopper=replace(EVA, has_ordered=True))[1] == {
        "WELCOME": Why.FIRST_ORDER
    }
    assert chosen([percent(1, 1000, is_first_order=True)], shopper=ANYBODY)[0] == []


def test_a_coupon_has_a_limit_of_its_own():
    single = replace(percent(1, 1000, "ONCE"), coupon_most_uses=1, coupon_uses=1)

    assert chosen([single])[1] == {"ONCE": Why.USED_UP}


def test_promotions_add_up_by_priority():
    late, early = percent(1, 1000), percent(2, 5000, priority=5)

    assert chosen([late, early]) == ([2, 1], {}, 4_500)


def test_of_equal_priority_the_one_that_saves_more_is_taken_first():
    small, large = percent(1, 1000, is_exclusive=True), percent(2, 2000, is_exclusive=True)

    assert chosen([small, large]) == ([2], {}, 8_000)


def test_of_a_group_only_one_counts_and_the_other_code_says_with_what_it_does_not_go():
    ten = percent(1, 1000, "TEN", stacking_group="season")
    twenty = percent(2, 2000, "TWENTY", stacking_group="season")
    free = percent(3, 500)

    counted, refusals, total = chosen([ten, twenty, free])

    assert (counted, refusals, total) == ([2, 3], {"TEN": Why.DOES_NOT_COMBINE}, 7_600)


def test_an_exclusive_code_counts_only_where_it_is_better_than_what_comes_by_itself():
    standing = percent(1, 2000)

    assert chosen([standing, percent(2, 3000, "MORE", is_exclusive=True, priority=1)]) == (
        [2],
        {},
        7_000,
    )
    assert chosen([standing, percent(2, 1000, "LESS", is_exclusive=True, priority=1)]) == (
        [1],
        {"LESS": Why.DOES_NOT_COMBINE},
        8_000,
    )


def test_two_coupons_of_one_promotion_count_once():
    one, other = percent(1, 1000, "ONE"), percent(1, 1000, "OTHER")
    other = replace(other, coupon_id=2)

    counted, refusals, total = chosen([one, other])

    assert (counted, total) == ([1], 9_000)
    assert list(refusals.values()) == [Why.DOES_NOT_COMBINE]


def test_a_code_that_saves_nothing_is_not_used_up():
    free = Candidate(Terms(1, "Parcel", PromotionKind.DELIVERY), code="PARCEL", coupon_id=1)

    assert chosen([free]) == ([], {"PARCEL": Why.SAVES_NOTHING}, 10_000)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        (" Eva@Scent.Example ", "eva@scent.example"),
        ("eva+one@scent.example", "eva@scent.example"),
        ("e.v.a+two@googlemail.com", "eva@gmail.com"),
        ("e.va@scent.example", "e.va@scent.example"),
    ],
)
def test_one_address_in_many_spellings_is_one_buyer(typed, normal):
    assert normal_email(typed) == normal
    assert Shopper(email=typed).digest == Shopper(email=normal).digest
