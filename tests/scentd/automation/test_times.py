"""Times of day: at their instants, once, through restarts and stepped clocks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.automation.place import Place
from scentd.automation.timetable import next_point, points
from scentd.model.events import ClockStepped, HouseholdChanged
from scentd.model.household import Household
from scentd.model.schedule import Weekday
from scentd.model.trigger import TimeOfDay
from tests.fakes.rules import rule, say

At = Callable[[str], None]
HOUR = 3600.0
SEVEN = TimeOfDay(time(7))
BERLIN = ZoneInfo("Europe/Berlin")


def jump(home, **delta: float) -> None:
    step = timedelta(**delta)
    home.clock.step(step)
    home.bus.publish(ClockStepped(home.clock.now(), step.total_seconds()))


def local_times(home) -> list[str]:
    return [trace.at.astimezone(home.zone).strftime("%a %H:%M") for trace in home.fired]


async def test_a_time_of_day_fires_at_its_time_on_its_days(home, at: At) -> None:
    at("2026-03-06T06:00")
    weekdays = frozenset(Weekday) - {Weekday.SATURDAY, Weekday.SUNDAY}
    await home.start(rule(TimeOfDay(time(7), weekdays), say("chime")))

    for _ in range(4):
        await home.clock.advance(24 * HOUR)

    assert local_times(home) == ["Fri 07:00", "Mon 07:00"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-29", ["Sun 03:00"]),  # 02:30 does not exist: the first instant after the gap
        ("2026-10-25", ["Sun 02:30"]),  # 02:30 comes twice: the first
    ],
)
async def test_a_night_when_the_clocks_change(home, at: At, day: str, expected: list[str]) -> None:
    at(f"{day}T00:00")
    await home.start(rule(TimeOfDay(time(2, 30)), say("chime")))

    await home.clock.advance(12 * HOUR)

    assert local_times(home) == expected


async def test_a_rule_saved_after_its_time_waits_for_the_next_day(home, at: At) -> None:
    at("2026-03-02T07:05")
    await home.start()
    await home.book.save(rule(SEVEN, say("chime")))
    await home.clock.advance(1)

    await home.restart_after(hours=0)
    await home.clock.advance(HOUR)

    assert home.fired == []


async def test_a_restart_within_the_grace_fires_what_was_missed_once(home, at: At) -> None:
    at("2026-03-02T06:55")
    await home.start(rule(SEVEN, say("chime")))

    await home.restart_after(hours=0.25)
    await home.restart_after(hours=0.05)

    assert local_times(home) == ["Mon 07:10"]


async def test_what_was_missed_for_longer_is_noted_and_not_done(home, at: At) -> None:
    at("2026-03-02T06:55")
    await home.start(rule(SEVEN, say("chime")))

    await home.restart_after(hours=3)
    await home.restart_after(hours=0.1)

    assert home.verdicts() == [("r", "missed")]
    assert home.topics.published == []


async def test_a_restart_after_it_fired_does_not_fire_it_again(home, at: At) -> None:
    at("2026-03-02T06:59")
    await home.start(rule(SEVEN, say("chime")))
    await home.clock.advance(120)

    await home.restart_after(hours=0.1)

    assert local_times(home) == ["Mon 07:00"]


async def test_a_clock_set_forward_over_a_time_within_the_grace_fires_it(home, at: At) -> None:
    at("2026-03-02T06:59")
    await home.start(rule(SEVEN, say("chime")))

    jump(home, minutes=10)
    await home.clock.advance(1)

    assert local_times(home) == ["Mon 07:09"]


async def test_a_clock_set_back_over_a_time_does_not_fire_it_again(home, at: At) -> None:
    at("2026-03-02T06:59")
    await home.start(rule(SEVEN, say("chime")))
    await home.clock.advance(600)

    jump(home, hours=-1)
    await home.clock.advance(2 * HOUR)
    await home.restart_after(hours=0)
    jump(home, hours=-2)
    await home.clock.advance(3 * HOUR)

    assert local_times(home) == ["Mon 07:00"]


async def test_a_clock_a_day_ahead_and_back_again_doubles_nothing(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start(rule(SEVEN, say("chime")))

    jump(home, days=1)
    await home.clock.advance(60)
    jump(home, days=-1)
    await home.clock.advance(HOUR)
    await home.clock.advance(24 * HOUR)

    ran = [trace for trace in home.fired if trace.verdict.value == "ran"]
    times = [trace.at.astimezone(home.zone).strftime("%a %H:%M") for trace in ran]
    assert times == ["Mon 07:00", "Tue 07:00"]


async def test_a_new_zone_counts_at_once(home, at: At) -> None:
    at("2026-03-02T12:00")
    await home.start(rule(TimeOfDay(time(21)), say("chime")))

    home.zone = ZoneInfo("Asia/Tokyo")
    home.bus.publish(HouseholdChanged(home.clock.now(), Household(zone="Asia/Tokyo")))
    await home.clock.advance(2 * HOUR)

    assert local_times(home) == ["Mon 21:00"]


async def test_a_time_moved_to_later_the_same_day_still_comes(home, at: At) -> None:
    at("2026-03-02T06:59")
    await home.start(rule(SEVEN, say("chime")))
    await home.clock.advance(600)

    await home.book.save(rule(TimeOfDay(time(9)), say("chime")))
    await home.clock.advance(3 * HOUR)

    assert local_times(home) == ["Mon 07:00", "Mon 09:00"]


async def test_times_wait_for_a_clock_to_trust(home, at: At) -> None:
    at("2026-03-02T06:59")
    home.clock.trusted = False
    engine = await home.start(rule(SEVEN, say("chime")))
    await home.clock.advance(300)
    held_because = engine.held_because

    home.clock.trusted = True
    await home.clock.advance(2)

    assert held_because == "The clock is not set yet; times of day wait until it is."
    assert engine.held_because is None


walls = st.times().map(lambda t: t.replace(microsecond=0, fold=0))
zones = st.sampled_from(
    ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "UTC"]
).map(ZoneInfo)


@given(
    wall=walls,
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    zone=zones,
    start_s=st.integers(0, 330 * 86_400),
)
def test_each_chosen_date_has_one_point(
    wall: time, days: frozenset[Weekday], zone: ZoneInfo, start_s: int
) -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=start_s)
    until = after + timedelta(days=20)

    found = list(points(TimeOfDay(wall, days), Place(zone), after, until))

    dates = [point.day for point in found]
    assert dates == sorted(set(dates))
    assert all(Weekday(day.weekday()) in days for day in dates)
    assert set(dates) >= _inner_dates(days, zone, after, until)
    assert next_point(TimeOfDay(wall, days), Place(zone), after) == found[0]


def _inner_dates(
    days: frozenset[Weekday], zone: ZoneInfo, after: datetime, until: datetime
) -> set[date]:
    first, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    inner = (first + timedelta(days=n) for n in range(1, (last - first).days))
    return {day for day in inner if Weekday(day.weekday()) in days}
