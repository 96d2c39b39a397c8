"""What is true of every choice among promotions."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.discounts.models import PromotionKind
from cloud.discounts.rules import choose, reduction_of
from cloud.discounts.terms import Basket, Candidate, Shopper, Terms
from cloud.foundation.money import Money
from cloud.pricing.quotes import price
from tests.fakes.clock import ManualClock
from tests.fakes.offers import an_offer
from tests.fakes.site import a_site

# The long mode tries thousands of purchases.
pytestmark = pytest.mark.timeout(900)

NOW = ManualClock().now()
EVA = Shopper(user_id=1, email="eva@scent.example")

AMOUNTS = st.integers(1, 3_000).map(lambda minor: Money(minor, "EUR"))


@st.composite
def terms(draw, number):
    kind = draw(st.sampled_from(list(PromotionKind)))
    return Terms(
        promotion_id=number,
        name=f"Promotion {number}",
        kind=kind,
        basis_points=draw(st.integers(1, 10_000)),
        buy_units=draw(st.integers(1, 3)),
        get_units=draw(st.integers(1, 3)),
        priority=draw(st.integers(0, 2)),
        is_exclusive=draw(st.booleans()),
        stacking_group=draw(st.sampled_from([None, "a", "b"])),
        off=draw(AMOUNTS),
        worth=draw(st.one_of(st.none(), AMOUNTS)),
        variant_ids=draw(st.one_of(st.none(), st.frozensets(st.integers(1, 3)))),
    )


@st.composite
def shops(draw):
    """A basket, the promotions that come by themselves, and coupons for others."""
    prices = draw(st.lists(st.integers(0, 4_000), min_size=1, max_size=3))
    offers = [
        (an_offer(minor, variant_id=at, weight_g=100), draw(st.integers(1, 4)))
        for at, minor in enumerate(prices, 1)
    ]
    count = draw(st.integers(1, 6))
    automatic = draw(st.integers(0, count))
    candidates = [Candidate(draw(terms(number))) for number in range(1, count + 1)]
    coupons = [
        replace(one, code=f"CODE{one.terms.promotion_id}", coupon_id=one.terms.promotion_id)
        for one in candidates[automatic:]
    ][:5]
    return Basket(offers, "DE", "EUR"), candidates[:automatic], coupons


def outcome(basket, candidates):
    def total(reductions):
        return price(basket.wanted, a_site(), "DE", reductions=reductions).total.minor

    choice = choose(candidates, basket, EVA, NOW, total)
    return choice, total([reduction_of(one) for one in choice.chosen])


@given(shops())
def test_a_code_more_never_raises_the_total(shop):
    basket, automatic, coupons = shop
    totals = [
        outcome(basket, [*automatic, *coupons[:count]])[1] for count in range(len(coupons) + 1)
    ]

    assert totals == sorted(totals, reverse=True)


@given(shops(), st.randoms(use_true_random=False))
def test_the_order_in_which_codes_were_entered_changes_nothing(shop, random):
    basket, automatic, coupons = shop
    shuffled = [*coupons, *automatic]
    random.shuffle(shuffled)

    one, other = outcome(basket, [*automatic, *coupons]), outcome(basket, shuffled)

    assert other == one


@given(shops())
def test_what_counts_goes_together_and_every_code_counts_or_says_why_not(shop):
    basket, automatic, coupons = shop
    choice, _ = outcome(basket, [*automatic, *coupons])

    used = [one.terms for one in choice.chosen]
    assert len(used) <= 1 or not any(one.is_exclusive for one in used)
    groups = [one.stacking_group for one in used if one.stacking_group]
    assert len(groups) == len(set(groups))
    said = {one.code for one in choice.refusals} | {one.code for one in choice.chosen if one.code}
    assert said == {one.code for one in coupons}
