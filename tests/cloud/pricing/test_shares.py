"""Parts that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.pricing.shares import allot, refundable

worths = st.lists(st.integers(0, 50_000), max_size=12)


@given(st.integers(0, 700_000), worths)
def test_parts_add_up_and_stay_within_their_lines(amount, limits):
    parts = allot(amount, limits)

    assert sum(parts) == min(amount, sum(limits))
    assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


@given(st.integers(0, 30), st.lists(st.integers(0, 3), max_size=12))
def test_tiny_lines_never_give_more_than_they_are_worth(amount, limits):
    parts = allot(amount, limits)

    assert sum(parts) == min(amount, sum(limits))
    assert all(0 <= part <= limit for part, limit in zip(parts, limits, strict=True))


def test_the_remainder_goes_to_the_line_that_is_worth_most():
    assert allot(100, [1000, 1000, 1001]) == [33, 33, 34]
    assert allot(5, [1] * 10) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]


@given(st.integers(0, 10_000_000), st.integers(1, 99), st.data())
def test_what_goes_back_in_steps_adds_up_to_the_whole(paid, units, data):
    left, before, given_back = units, 0, 0
    while left:
        step = data.draw(st.integers(1, left))
        part = refundable(paid, step, units, before)
        assert part >= 0
        given_back += part
        before += step
        left -= step

    assert given_back == paid


def test_no_more_units_go_back_than_there_are():
    with pytest.raises(ValueError, match="2 \\+ 2 of 3 units"):
        refundable(1000, 2, 3, before=2)
