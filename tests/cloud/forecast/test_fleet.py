"""What homes will ask for, and how far they are believed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.inventory.forecast.fleet import (
    ORDERED_AHEAD,
    ComingRefill,
    Window,
    blend,
    conversion,
    expected_units,
    refill_share,
    weight,
)

TODAY = date(2026, 3, 2)
BEGINS = datetime(2026, 3, 2, tzinfo=UTC)


def refill(days, *, odds=1.0, band=1.0, cycle=None, quantity=1):
    empty_at = BEGINS + timedelta(days=days) + ORDERED_AHEAD
    half = timedelta(days=band)
    lasts = timedelta(days=cycle) if cycle else None
    return ComingRefill(quantity, odds, empty_at, empty_at - half, empty_at + half, lasts)


def test_a_cartridge_is_bought_some_days_before_it_is_empty():
    assert expected_units([refill(10.5)], TODAY, 4) == pytest.approx([0, 1, 0, 0], abs=0.01)


def test_what_is_unsure_when_lies_in_several_weeks_and_counts_once():
    units = expected_units([refill(14, band=10)], TODAY, 8)

    assert min(units[1:3]) > 0.2
    assert sum(units) == pytest.approx(1, abs=0.01)


def test_what_should_have_been_bought_counts_now_and_is_given_up_after_two_weeks():
    assert expected_units([refill(-8)], TODAY, 2) == pytest.approx([1, 0], abs=0.01)
    assert expected_units([refill(-21)], TODAY, 2) == [0, 0]


def test_a_home_buys_again_cycle_after_cycle_less_and_less_surely():
    units = expected_units([refill(3, odds=0.5, cycle=28)], TODAY, 9)

    assert units[0] == pytest.approx(0.5, abs=0.01)
    assert sum(units[3:6]) == pytest.approx(0.25, abs=0.05)
    assert sum(units) < 1


@given(st.lists(st.builds(refill, st.floats(-30, 200), odds=st.floats(0, 1)), max_size=20))
def test_without_cycles_no_more_is_expected_than_there_are_cartridges(coming):
    units = expected_units(coming, TODAY, 26)

    assert all(one >= -1e-9 for one in units)
    assert sum(units) <= sum(one.odds for one in coming) + 1e-6


def test_the_share_of_refills_is_what_homes_bought_of_all():
    assert refill_share(30, 40) == 0.75
    assert refill_share(50, 40) == 1
    assert refill_share(1, 0) == 0


def test_a_fleet_that_says_the_same_as_the_past_changes_nothing():
    assert blend([10.0], [4.0], 0.4, 1.0, 1.0) == pytest.approx([10])


def test_a_believed_fleet_moves_only_the_part_that_are_refills():
    assert blend([10.0], [8.0], 0.4, 1.0, 1.0) == pytest.approx([14])
    assert blend([10.0], [8.0], 0.4, 0.5, 1.0) == pytest.approx([10])
    assert blend([10.0], [8.0], 0.4, 1.0, 0.0) == [10]


def test_a_new_fleet_is_believed_by_its_share():
    assert weight([], 0.3, 1.0) == pytest.approx(0.3)
    assert weight([], 0.0, 1.0) == 0


def test_a_fleet_that_was_right_is_believed_more_and_one_that_was_wrong_less():
    right = [Window(40, 30, 54), Window(40, 10, 34), Window(40, 25, 49)] * 4
    wrong = [Window(40, 30, 34), Window(40, 10, 54), Window(40, 25, 31)] * 4

    assert weight(right, 0.4, 1.0) > 0.7
    assert weight(wrong, 0.4, 1.0) < 0.1


def test_how_many_really_refill_is_learnt():
    windows = [Window(40, 20, 40)] * 30

    assert conversion([], 0.4) == 1
    assert conversion(windows, 0.25) == pytest.approx(0.5, abs=0.08)
