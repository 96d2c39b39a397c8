"""The week against a model that knows nothing but a clock's face, read minute by minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scentd.model.schedule import Rest, ScentSchedule, ScheduleEntry, Weekday
from scentd.schedules.week import runs, should_run, transitions

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

# A zone and a day near one of its changes; the last has none.
PLACES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/St_Johns", date(2008, 11, 2)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kolkata", date(2026, 6, 15)),
]


@dataclass(frozen=True)
class Face:
    """What a clock on the wall showed at each minute of a week and a half."""

    minutes: tuple[datetime, ...]
    shown: tuple[datetime, ...]

    def first_at_or_past(self, wall: datetime) -> int:
        if wall in self.shown:
            return self.shown.index(wall)
        return next(i for i, seen in enumerate(self.shown) if seen > wall)

    def last_at_or_first_past(self, wall: datetime) -> int:
        if wall in self.shown:
            return len(self.shown) - 1 - self.shown[::-1].index(wall)
        return next(i for i, seen in enumerate(self.shown) if seen > wall)


@lru_cache(maxsize=32)
def face(zone_name: str, around: date) -> Face:
    start = datetime.combine(around - 5 * DAY, time(12), tzinfo=UTC)
    minutes = tuple(start + n * MINUTE for n in range(10 * 24 * 60))
    zone = ZoneInfo(zone_name)
    return Face(minutes, tuple(m.astimezone(zone).replace(tzinfo=None, fold=0) for m in minutes))


def sees(day: date, schedule: ScentSchedule, entry: ScheduleEntry, rest: Rest) -> Weekday | None:
    """The weekday a date is for that window, by asking one exception after the other."""
    for away in rest.vacations:
        if away.first_day <= day and day <= away.last_day:
            return None
    seen: Weekday | None = Weekday(day.weekday())
    for exception in schedule.exceptions:
        if exception.day == day and exception.entry_id is None:
            seen = exception.runs_as
    for exception in schedule.exceptions:
        if exception.day == day and exception.entry_id == entry.id:
            seen = None
    return seen


def painted(
    clock: Face, around: date, plan: list[ScentSchedule], rest: Rest = Rest()
) -> list[str | None]:
    """What should run in each minute, by laying the windows on the face one by one."""
    layers: list[tuple[tuple[object, ...], int, int, str]] = []
    for schedule in plan:
        for entry in schedule.entries:
            for number in range(-3, 4):
                day = around + number * DAY
                if sees(day, schedule, entry, rest) not in entry.days:
                    continue
                last = day if entry.end > entry.start else day + DAY
                start = clock.first_at_or_past(datetime.combine(day, entry.start))
                end = clock.last_at_or_first_past(datetime.combine(last, entry.end))
                strength = entry.intensity_percent if entry.intensity_percent is not None else -1
                order = (start, day, entry.start, strength, schedule.id, entry.id)
                layers.append((order, start, end, f"{schedule.id}/{entry.id}"))
    canvas: list[str | None] = [None] * len(clock.minutes)
    for _, start, end, name in sorted(layers):
        for minute in range(start, end):
            canvas[minute] = name
    if rest.pause is not None:
        for number, minute_at in enumerate(clock.minutes):
            if minute_at >= rest.pause.since and (
                rest.pause.until is None or minute_at < rest.pause.until
            ):
                canvas[number] = None
    return canvas


times = st.one_of(
    st.times(max_value=time(4)).map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
entries = st.builds(
    ScheduleEntry,
    id=st.sampled_from("abcdef"),
    start=times,
    end=times,
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
    intensity_percent=st.sampled_from([None, 30, 60, 100]),
)
plans = st.lists(
    st.lists(entries, min_size=1, max_size=4, unique_by=lambda e: e.id).map(tuple),
    min_size=1,
    max_size=3,
).map(
    lambda groups: [
        ScentSchedule(f"s{number}", "", "lamp", group) for number, group in enumerate(groups)
    ]
)


@given(place=st.sampled_from(PLACES), plan=plans)
def test_the_week_agrees_with_a_clock_read_minute_by_minute(
    place: tuple[str, date], plan: list[ScentSchedule]
) -> None:
    zone_name, around = place
    zone, clock = ZoneInfo(zone_name), face(zone_name, around)
    canvas = painted(clock, around, plan)
    begin, finish = clock.minutes[3 * 24 * 60], clock.minutes[7 * 24 * 60]

    expected = canvas[3 * 24 * 60 : 7 * 24 * 60]
    actual: list[str | None] = [None] * len(expected)
    for run in runs(plan, zone, begin, finish):
        for minute in range((run.start - begin) // MINUTE, (run.end - begin) // MINUTE):
            actual[minute] = f"{run.window.schedule_id}/{run.window.entry.id}"

    assert actual == expected


@given(
    place=st.sampled_from(PLACES),
    plan=plans,
    minute=st.integers(min_value=3 * 24 * 60, max_value=7 * 24 * 60),
)
def test_what_should_run_now_agrees_with_the_clock(
    place: tuple[str, date], plan: list[ScentSchedule], minute: int
) -> None:
    zone_name, around = place
    clock = face(zone_name, around)
    expected = painted(clock, around, plan)[minute]

    running = should_run(plan, ZoneInfo(zone_name), clock.minutes[minute])

    assert (running and running.id) == (expected and expected.partition("/")[2])


@given(place=st.sampled_from(PLACES), plan=plans, cut=st.integers(0, 4 * 24 * 60))
def test_transitions_are_the_same_however_the_time_is_cut(
    place: tuple[str, date], plan: list[ScentSchedule], cut: int
) -> None:
    zone_name, around = place
    zone, clock = ZoneInfo(zone_name), face(zone_name, around)
    begin, finish = clock.minutes[3 * 24 * 60], clock.minutes[7 * 24 * 60]
    middle = begin + cut * MINUTE

    whole = [change.at for change in transitions(plan, zone, begin, finish)]
    parts = [
        change.at
        for first, last in ((begin, middle), (middle, finish))
        for change in transitions(plan, zone, first, last)
    ]

    assert parts == whole
    assert all(earlier < later for earlier, later in pairwise(whole))
