"""The week at every change of clocks of every zone, against a clock's face read by the minute."""

import random
import zoneinfo
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.model.schedule import (
    DayException,
    Pause,
    Rest,
    ScentSchedule,
    ScheduleEntry,
    Vacation,
    Weekday,
)
from scentd.schedules.week import runs, transitions
from tests.scentd.schedules.test_week_against_minutes import DAY, MINUTE, face, painted

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
SAMPLED = 120
AROUND_MIDNIGHT = (time(23, 30), time(0), time(0, 30), time(1), time(1, 59), time(2), time(2, 30))


def changes(zone_name):
    """The dates, near enough, on which a zone's offset becomes another one."""
    zone = ZoneInfo(zone_name)
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [
        (zone_name, day.date())
        for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]


def wall_time(chance):
    if chance.random() < 0.5:
        return chance.choice(AROUND_MIDNIGHT)
    return time(chance.randrange(24), chance.randrange(60))


def entry(chance, name):
    return ScheduleEntry(
        name,
        wall_time(chance),
        wall_time(chance),
        frozenset(day for day in Weekday if chance.random() < 0.6) or frozenset(Weekday),
        chance.choice([None, 30, 60, 100]),
    )


def plan(chance):
    """Random entries that overlap, cross midnight, touch and last a whole day."""
    return [
        ScentSchedule(
            f"s{number}",
            "",
            "lamp",
            tuple(entry(chance, name) for name in "abc"[: chance.randint(1, 3)]),
        )
        for number in range(chance.randint(1, 3))
    ]


def unusual(chance, around, schedules):
    """The plan with dates left out, moved and skipped, and a household that rests at times."""

    def near():
        return around + chance.randint(-4, 4) * DAY

    moved = [
        replace(
            schedule,
            exceptions=(
                *(
                    DayException(day, chance.choice([None, *Weekday]))
                    for day in {near() for _ in range(chance.randint(0, 3))}
                ),
                *(
                    DayException(day, entry_id=chance.choice("abc"))
                    for day in {near() for _ in range(chance.randint(0, 2))}
                ),
            ),
        )
        for schedule in schedules
    ]
    vacations = []
    for _ in range(chance.randint(0, 1)):
        first = near()
        vacations.append(Vacation(first, first + chance.randint(0, 2) * DAY))
    pause = None
    if chance.random() < 0.4:
        noon = datetime.combine(around, time(12), UTC)
        since = noon + chance.randint(-4 * 1440, 4 * 1440) * MINUTE
        until = since + chance.randint(1, 3 * 1440) * MINUTE
        pause = Pause(since, chance.choice([None, until, until]))
    return moved, Rest(tuple(vacations), pause)


def check(case, schedules, rest=Rest()):
    zone_name, around = case
    zone, clock = ZoneInfo(zone_name), face(zone_name, around)
    begin, finish = clock.minutes[3 * 24 * 60], clock.minutes[7 * 24 * 60]
    expected = painted(clock, around, schedules, rest)[3 * 24 * 60 : 7 * 24 * 60]

    actual = [None] * len(expected)
    for run in runs(schedules, zone, begin, finish, rest):
        for minute in range((run.start - begin) // MINUTE, (run.end - begin) // MINUTE):
            actual[minute] = f"{run.window.schedule_id}/{run.window.entry.id}"
    switched = {change.at for change in transitions(schedules, zone, begin, finish, rest)}

    assert actual == expected, (case, schedules, rest)
    # No switch is missing, doubled or shifted: one wherever the face shows another wish.
    should_switch = {
        begin + number * MINUTE
        for number in range(1, len(expected))
        if expected[number] != expected[number - 1]
    }
    assert switched - {finish} == should_switch - {finish}, (case, schedules, rest)


def test_a_sample_of_changes_is_kept_to_the_minute(pytestconfig):
    seed = random.Random(pytestconfig.getoption("randomly_seed", 0)).randrange(1 << 32)
    chance = random.Random(seed)
    zones = chance.sample(sorted(zoneinfo.available_timezones()), 60)
    every = [change for name in zones for change in changes(name)]

    print(f"zones seed {seed}: {SAMPLED} of {len(every)} changes")
    for case in chance.sample(every, SAMPLED):
        check(case, plan(chance))
        check(case, *unusual(chance, case[1], plan(chance)))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_every_change_of_every_zone_is_kept_to_the_minute():
    chance = random.Random(20261128)
    count = 0
    for name in sorted(zoneinfo.available_timezones()):
        for case in changes(name):
            check(case, plan(chance))
            check(case, *unusual(chance, case[1], plan(chance)))
            count += 1
    print(f"{count} changes of clocks, each with a plan of its own and an unusual one")
    assert count > 10_000


@pytest.mark.parametrize("name", ["Pacific/Apia", "Europe/Berlin"])
def test_changes_are_found(name):
    known = {"Pacific/Apia": date(2011, 12, 30), "Europe/Berlin": date(2026, 10, 25)}

    found = [day for _, day in changes(name)]

    assert any(abs(day - known[name]) <= timedelta(days=1) for day in found)
