"""The week against a model that knows nothing but a clock's face, read minute by minute."""

from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scentd.model.schedule import Rest, ScentSchedule, ScheduleEntry, Weekday
from scentd.schedules.week import runs, should_run, transitions
from tests.fakes.wall_face import DAY, MINUTE, Face, layers, paused
from tests.fakes.wall_face import face as face_from

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


def face(zone_name: str, around: date) -> Face:
    return face_from(zone_name, datetime.combine(around - 5 * DAY, time(12), tzinfo=UTC), 10)


def painted(
    clock: Face, around: date, plan: list[ScentSchedule], rest: Rest = Rest()
) -> list[str | None]:
    """What should run in each minute, by laying the windows on the face one by one."""
    canvas: list[str | None] = [None] * len(clock.minutes)
    days = [around + number * DAY for number in range(-3, 4)]
    for layer in layers(clock, days, plan, rest):
        for minute in range(layer.first, layer.last):
            canvas[minute] = layer.name
    return [
        None if paused(at, rest) else name for at, name in zip(clock.minutes, canvas, strict=True)
    ]


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
