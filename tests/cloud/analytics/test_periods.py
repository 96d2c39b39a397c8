"""Days, what they are compared with, and how they are put together."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.analytics.counting import bounds
from cloud.analytics.errors import PeriodImpossible
from cloud.analytics.periods import (
    LONGEST_DAYS,
    Grain,
    Period,
    in_parts,
    last_days,
    read_period,
)
from cloud.analytics.totals import Totals, change

TODAY = date(2026, 3, 2)
periods = st.builds(
    lambda first, days: Period(first, first + timedelta(days=days)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, LONGEST_DAYS - 1),
)


@given(periods)
def test_parts_are_the_whole_period_in_order_and_never_too_many(period):
    parts = period.parts()

    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    for one, after in pairwise(parts):
        assert after.first == one.last + timedelta(days=1)
    assert len(parts) <= 62
    assert sum(in_parts([1] * period.days, parts)) == period.days


@given(periods)
def test_the_period_before_is_as_long_and_ends_right_before(period):
    before = period.previous()

    assert before.days == period.days
    assert before.last + timedelta(days=1) == period.first


def test_a_year_is_seen_by_weeks_and_more_by_months():
    assert last_days(TODAY, 62).grain is Grain.DAY
    assert last_days(TODAY, 365).grain is Grain.WEEK
    three = Period(date(2023, 5, 17), date(2026, 3, 2))
    assert three.grain is Grain.MONTH
    assert three.parts()[1] == Period(date(2023, 6, 1), date(2023, 6, 30))


def test_what_an_address_says_becomes_a_period():
    assert read_period("", "", TODAY) == last_days(TODAY, 30)
    assert read_period("2026-01-01", "2026-01-31", TODAY).days == 31
    assert read_period("2026-02-20", "", TODAY).last == TODAY
    assert read_period("", "2026-01-30", TODAY).first == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("first", "last"),
    [("x", ""), ("2026-03-02", "2026-03-01"), ("2020-01-01", "2026-01-01"), ("0001-01-01", "")],
)
def test_what_is_no_period_is_refused(first, last):
    with pytest.raises(PeriodImpossible):
        read_period(first, last, TODAY)


def test_a_day_is_as_long_as_it_is_there():
    hours = [
        (bounds(date(2026, month, day), "Europe/Berlin")) for month, day in ((3, 29), (10, 25))
    ]

    assert [(end - begin).total_seconds() / 3600 for begin, end in hours] == [23, 25]


def test_an_average_is_rounded_half_to_even_and_growth_needs_something_before():
    assert Totals(orders=2, sales_minor=5).average_minor == 2
    assert Totals(orders=2, sales_minor=7).average_minor == 4
    assert Totals().average_minor is None
    assert change(15, 10) == 0.5
    assert (change(15, 0), change(None, 3)) == (None, None)
