"""When to order and how many, and when the shelf is empty."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.inventory.forecast.outlook import foresee
from cloud.inventory.forecast.past import Standing
from cloud.inventory.forecast.planning import OnTheWay, Plan, depletes_on, plan, turnover
from cloud.inventory.forecast.series import Week

MONDAY = date(2026, 3, 2)
STEADY = foresee([Week(14, 7)] * 30)


def test_the_reorder_point_is_what_is_sold_until_a_delivery_is_here_and_some_more():
    wanted = plan(STEADY, lead_time_days=14, least=None)

    # Two weeks until it is here and one until somebody looks again, 14 each.
    assert wanted.reorder_point == 42 + wanted.safety_stock
    # One in twenty times more than 54 are asked for: 42, and 53 of variance.
    assert wanted.safety_stock == 12
    assert wanted.order_up_to == 42 + 56 + 12


def test_what_a_product_says_of_itself_counts():
    slow = plan(STEADY, lead_time_days=70, least=100)

    assert (slow.lead_time_days, slow.safety_stock) == (70, 100)
    assert slow.reorder_point == 154 + 100
    assert plan(STEADY, lead_time_days=0, least=0).reorder_point < 30


def test_nothing_is_ordered_of_what_nobody_buys():
    assert plan(foresee([Week(0, 7)] * 30), lead_time_days=None, least=None).needed(0, 0) == 0


def test_what_is_ordered_already_is_not_ordered_again():
    wanted = Plan(14, 10, 50, 100)

    assert wanted.needed(51, 0) == 0
    assert wanted.needed(50, 0) == 50
    assert wanted.needed(20, 30) == 50
    assert wanted.needed(20, 31) == 0


def test_a_delivery_comes_on_a_day_of_the_shop():
    # The 6th has begun in Berlin, not yet by the clock of UTC.
    expected_at = datetime(2026, 3, 5, 23, 30, tzinfo=UTC)
    standing = Standing(5, None, None, coming=((expected_at, 20), (None, 7)))

    assert standing.on_the_way(14, MONDAY, "Europe/Berlin") == [
        OnTheWay(date(2026, 3, 6), 20),
        OnTheWay(MONDAY + timedelta(days=14), 7),
    ]


@given(st.integers(0, 200), st.integers(0, 200))
def test_an_order_fills_up_to_the_mark_and_is_never_followed_by_another(free, on_order):
    wanted = Plan(14, 10, 50, 100)
    quantity = wanted.needed(free, on_order)

    assert quantity == 0 or free + on_order + quantity == 100
    assert wanted.needed(free, on_order + quantity) == 0


def test_the_shelf_is_empty_when_all_is_sold_and_later_when_more_comes():
    means = [14.0] * 10
    soon = OnTheWay(MONDAY + timedelta(days=3), 14)
    too_late = OnTheWay(MONDAY + timedelta(days=30), 14)

    assert depletes_on(means, 28, [], MONDAY) == MONDAY + timedelta(days=13)
    assert depletes_on(means, 28, [soon], MONDAY) == MONDAY + timedelta(days=20)
    assert depletes_on(means, 28, [too_late], MONDAY) == MONDAY + timedelta(days=13)
    assert depletes_on(means, 0, [soon], MONDAY) == MONDAY
    assert depletes_on(means, 1_000, [], MONDAY) is None
    assert depletes_on([0.0] * 10, 1, [], MONDAY) is None


def test_a_late_delivery_counts_from_tomorrow():
    late = OnTheWay(MONDAY - timedelta(days=9), 14)

    assert depletes_on([14.0] * 10, 14, [late], MONDAY) == MONDAY + timedelta(days=13)


def test_turnover_is_sales_by_what_stood_there():
    assert turnover(365, 365 * 100, 365) == pytest.approx(3.65)
    assert turnover(50, 0, 100) is None
