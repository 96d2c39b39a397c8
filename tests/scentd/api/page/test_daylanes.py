"""The coming days as lanes, through changes of the clocks too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.daylanes import DAYS, Turn, lay_out_days
from scentd.model.schedule import RestReason

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [BERLIN, ZoneInfo("America/Havana"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]
)
YEAR = st.integers(0, 365 * 24 * 60)


def moment(minute):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)


def turn(start, hours, reason=None, percent=None):
    end = start + timedelta(hours=hours)
    return Turn("a", "s", "e", start.date(), start, end, percent, reason)


@given(ZONES, YEAR, st.integers(0, 9 * 24 * 60), st.integers(1, 40))
def test_a_turn_is_drawn_for_exactly_as_long_as_it_lasts_in_these_days(zone, at, after, hours):
    now = moment(at)
    one = turn(now + timedelta(minutes=after), hours)

    days = lay_out_days([one], ["a"], zone, now)

    lengths = [
        (day.end - day.start) * block.width_percent / 100
        for day in days
        for lane in day.lanes
        for block in lane.blocks
    ]
    drawn = sum(lengths, timedelta(0))
    shown = max(min(one.end, days[-1].end) - one.start, timedelta(0))
    assert abs(drawn - shown) < timedelta(seconds=10)


@given(ZONES, YEAR)
def test_seven_days_follow_each_other_from_today_on_and_one_holds_now(zone, at):
    now = moment(at)

    days = lay_out_days([], [], zone, now)

    assert [day.start for day in days[1:]] == [day.end for day in days[:-1]]
    assert days[0].start <= now < days[0].end
    assert [day.now_percent is not None for day in days] == [True] + [False] * (DAYS - 1)
    for day in days:
        places = [x for _, x in day.hours]
        assert places == sorted(places)
        assert all(0 <= x < 100 for x in places)


@pytest.mark.parametrize(("day", "length_h"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(day, length_h):
    now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)

    changed, after = lay_out_days([], [], BERLIN, now)[:2]

    assert (changed.length_h, changed.is_usual) == (length_h, False)
    assert after.is_usual
    assert [hour for hour, _ in after.hours] == [0, 3, 6, 9, 12, 15, 18, 21]


def test_strength_grows_with_the_intensity_and_rest_is_its_own():
    now = moment(0)

    told = [turn(now, 1, percent=percent).strength for percent in (None, 1, 20, 21, 60, 100)]

    assert told == ["s0", "s1", "s1", "s2", "s3", "s5"]
    assert turn(now, 1, RestReason.PAUSE).strength == "rests"


def test_what_rests_lies_under_what_runs():
    now = moment(0)
    runs, rests = turn(now, 2, percent=40), turn(now + timedelta(hours=1), 2, RestReason.SKIPPED)

    today = lay_out_days([runs, rests], ["a"], BERLIN, now)[0]

    assert [block.turn for block in today.lanes[0].blocks] == [rests, runs]
