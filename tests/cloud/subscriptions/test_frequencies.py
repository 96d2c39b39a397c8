"""The calendar of subscriptions: seven frequencies, awkward days, three years of each."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.subscriptions.frequencies import (
    Frequency,
    day_of,
    moment_of,
    steps_until,
    today_in,
)

_F = Frequency
# Written by hand, from a paper calendar: the first days after the anchor.
TABLE = {
    (_F.WEEKLY, "2024-02-26"): "2024-03-04 2024-03-11 2024-03-18",
    (_F.WEEKLY, "2025-12-31"): "2026-01-07 2026-01-14 2026-01-21",
    (_F.BIWEEKLY, "2024-02-16"): "2024-03-01 2024-03-15 2024-03-29",
    (_F.BIWEEKLY, "2023-02-16"): "2023-03-02 2023-03-16 2023-03-30",
    (_F.MONTHLY, "2026-01-31"): "2026-02-28 2026-03-31 2026-04-30 2026-05-31 2026-06-30",
    (_F.MONTHLY, "2024-01-31"): "2024-02-29 2024-03-31 2024-04-30",
    (_F.MONTHLY, "2026-01-30"): "2026-02-28 2026-03-30 2026-04-30",
    (_F.MONTHLY, "2023-12-29"): "2024-01-29 2024-02-29 2024-03-29",
    (_F.MONTHLY, "2026-12-15"): "2027-01-15 2027-02-15",
    (_F.EVERY_TWO_MONTHS, "2025-12-31"): "2026-02-28 2026-04-30 2026-06-30 2026-08-31",
    (_F.EVERY_TWO_MONTHS, "2026-11-01"): "2027-01-01 2027-03-01",
    (_F.QUARTERLY, "2025-11-30"): "2026-02-28 2026-05-30 2026-08-30 2026-11-30",
    (_F.QUARTERLY, "2023-11-30"): "2024-02-29 2024-05-30",
    (_F.EVERY_SIX_MONTHS, "2025-08-31"): "2026-02-28 2026-08-31 2027-02-28 2027-08-31 2028-02-29",
    (_F.ANNUALLY, "2024-02-29"): "2025-02-28 2026-02-28 2027-02-28 2028-02-29",
    (_F.ANNUALLY, "2026-12-31"): "2027-12-31 2028-12-31",
}
_MONTHS = {
    _F.MONTHLY: 1,
    _F.EVERY_TWO_MONTHS: 2,
    _F.QUARTERLY: 3,
    _F.EVERY_SIX_MONTHS: 6,
    _F.ANNUALLY: 12,
}
_DAYS = {_F.WEEKLY: 7, _F.BIWEEKLY: 14}
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(("case", "expected"), TABLE.items(), ids=lambda one: str(one)[:40])
def test_the_days_after_an_awkward_anchor(case: tuple[Frequency, str], expected: str) -> None:
    frequency, anchor = case
    wanted = [date.fromisoformat(day) for day in expected.split()]

    found = [day_of(date.fromisoformat(anchor), frequency, n + 1) for n in range(len(wanted))]

    assert found == wanted


@pytest.mark.parametrize("frequency", Frequency)
@pytest.mark.parametrize("first", [date(2023, 1, 1), date(2024, 2, 29), date(2025, 12, 31)])
def test_three_years_of_every_anchor_day(
    frequency: Frequency, first: date, is_long_run: bool
) -> None:
    """Stepping day by day and asking "is it the day?" finds the same days as the arithmetic."""
    for offset in range(0, 62, 1 if is_long_run else 15):
        anchor = first + timedelta(days=offset)
        found, steps = [], 1
        while (day := day_of(anchor, frequency, steps)) <= anchor + timedelta(days=3 * 366):
            found.append(day)
            steps += 1

        assert found == list(_walked(anchor, frequency))


def _walked(anchor: date, frequency: Frequency) -> list[date]:
    days = []
    for offset in range(1, 3 * 366 + 1):
        day = anchor + timedelta(days=offset)
        if frequency in _DAYS:
            is_the_day = offset % _DAYS[frequency] == 0
        else:
            months = (day.year - anchor.year) * 12 + day.month - anchor.month
            is_last = day.day == monthrange(day.year, day.month)[1]
            is_the_day = months % _MONTHS[frequency] == 0 and (
                day.day == anchor.day or (is_last and day.day < anchor.day)
            )
        if is_the_day:
            days.append(day)
    return days


@given(days, st.sampled_from(Frequency), st.integers(0, 60))
def test_days_grow_with_the_steps(anchor: date, frequency: Frequency, steps: int) -> None:
    assert day_of(anchor, frequency, steps) < day_of(anchor, frequency, steps + 1)
    assert day_of(anchor, frequency, 0) == anchor


@given(days, st.sampled_from(Frequency), days)
def test_steps_until_is_the_first_that_reaches(
    anchor: date, frequency: Frequency, earliest: date
) -> None:
    steps = steps_until(anchor, frequency, earliest)

    assert day_of(anchor, frequency, steps) >= earliest
    assert steps == 0 or day_of(anchor, frequency, steps - 1) < earliest


@pytest.mark.parametrize(
    ("day", "zone", "moment"),
    [
        # Clocks change in Berlin on 29 March and 25 October 2026, in New York on 8 March.
        ("2026-03-28", "Europe/Berlin", "2026-03-28T05:00"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T04:00"),
        ("2026-10-24", "Europe/Berlin", "2026-10-24T04:00"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T05:00"),
        ("2026-03-08", "America/New_York", "2026-03-08T10:00"),
        ("2026-03-07", "America/New_York", "2026-03-07T11:00"),
        ("2026-07-01", "Pacific/Kiritimati", "2026-06-30T16:00"),
        ("2026-07-01", "Asia/Kathmandu", "2026-07-01T00:15"),
    ],
)
def test_a_charge_is_due_at_six_in_the_morning_there(day: str, zone: str, moment: str) -> None:
    due = moment_of(date.fromisoformat(day), zone)

    assert due == datetime.fromisoformat(f"{moment}+00:00")


@given(days, st.sampled_from(sorted(available_timezones())))
def test_the_moment_of_a_day_lies_on_that_day_there(day: date, zone: str) -> None:
    moment = moment_of(day, zone)

    assert moment.tzinfo is UTC
    assert today_in(zone, moment) == day
    assert today_in(zone, moment - timedelta(hours=12)) == day - timedelta(days=1)
