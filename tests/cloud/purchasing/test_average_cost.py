"""The arithmetic of costs and of what may come in, for all numbers."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cloud.inventory.average_cost import average_cost, most_receivable

counts = st.integers(0, 10**6)
came = st.integers(1, 10**6)
costs = st.integers(0, 10**9)


@given(counts, costs, came, costs)
def test_the_average_is_the_nearest_cost_at_which_all_bottles_are_worth_the_same(
    on_hand, cost, new, unit_cost
):
    average = average_cost(on_hand, cost, new, unit_cost)

    exact = Fraction(on_hand * cost + new * unit_cost, on_hand + new)
    assert abs(average - exact) <= Fraction(1, 2)
    assert min(cost, unit_cost) <= average <= max(cost, unit_cost)
    if abs(average - exact) == Fraction(1, 2):
        assert average % 2 == 0


@given(came, costs, costs)
def test_bottles_on_an_empty_shelf_cost_what_they_cost(new, cost, unit_cost):
    assert average_cost(0, cost, new, unit_cost) == unit_cost


@given(counts, came, costs)
def test_a_cost_that_nobody_knew_is_the_new_one(on_hand, new, unit_cost):
    assert average_cost(on_hand, None, new, unit_cost) == unit_cost


def test_a_half_goes_to_the_even_neighbour():
    assert average_cost(1, 10, 1, 11) == 10
    assert average_cost(1, 11, 1, 12) == 12


@given(came)
def test_at_most_a_tenth_rounded_up_comes_over_what_was_ordered(ordered):
    assert most_receivable(ordered) == ordered + (ordered + 9) // 10
