"""The arithmetic of the week: gaps, folds, midnight, overlaps, by example."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from scentd.schedules.week import next_transition, runs, should_run, transitions, window_at

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(Weekday)


def entry(name: str, start: str, end: str, *days: Weekday, percent: int | None = None):
    return ScheduleEntry(
        id=name,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        days=frozenset(days) or EVERY_DAY,
        intensity_percent=percent,
    )


def schedule(*entries: ScheduleEntry, name: str = "s", enabled: bool = True) -> ScentSchedule:
    return ScentSchedule(name, name, "lamp", entries, enabled)


def local(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def stretches(plan: list[ScentSchedule], start: str, end: str, zone: ZoneInfo = BERLIN):
    return [
        (run.window.entry.id, run.start, run.end)
        for run in runs(plan, zone, local(start, zone), local(end, zone))
    ]


def minutes(plan: list[ScentSchedule], start: str, end: str) -> list[float]:
    return [(e - s).total_seconds() / 60 for _, s, e in stretches(plan, start, end)]


def test_a_window_runs_between_its_wall_times() -> None:
    plan = [schedule(entry("morning", "07:00", "09:00"))]

    assert stretches(plan, "2026-03-02T00:00", "2026-03-03T00:00") == [
        ("morning", local("2026-03-02T07:00"), local("2026-03-02T09:00"))
    ]


@pytest.mark.parametrize(
    ("start", "end", "expected_minutes"),
    [
        ("01:30", "02:30", [30]),  # ends at the gap: 30 real minutes
        ("02:00", "02:45", []),  # wholly inside the gap: does not run
        ("02:30", "04:00", [60]),  # starts at the first instant after the gap
    ],
)
def test_spring_gap(start: str, end: str, expected_minutes: list[float]) -> None:
    plan = [schedule(entry("night", start, end))]

    assert minutes(plan, "2026-03-29T00:00", "2026-03-29T12:00") == expected_minutes


@pytest.mark.parametrize(
    ("start", "end", "expected_minutes"),
    [
        ("02:00", "03:00", [120]),  # both passes
        ("02:15", "02:45", [90]),  # first occurrence to last occurrence, once
        ("01:00", "04:00", [240]),
    ],
)
def test_autumn_fold(start: str, end: str, expected_minutes: list[float]) -> None:
    plan = [schedule(entry("night", start, end))]

    assert minutes(plan, "2026-10-25T00:00", "2026-10-25T12:00") == expected_minutes


def test_a_window_across_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    plan = [schedule(entry("late", "22:00", "01:00", Weekday.SUNDAY))]

    assert stretches(plan, "2026-03-01T12:00", "2026-03-08T12:00") == [
        ("late", local("2026-03-01T22:00"), local("2026-03-02T01:00"))
    ]


def test_equal_start_and_end_run_for_a_day() -> None:
    plan = [schedule(entry("day", "06:00", "06:00", Weekday.MONDAY))]

    assert minutes(plan, "2026-03-01T00:00", "2026-03-05T00:00") == [24 * 60]


def test_a_window_round_the_clock_has_no_transition() -> None:
    plan = [schedule(entry("always", "06:00", "06:00"))]

    assert next_transition(plan, BERLIN, local("2026-03-02T05:00")) is None
    assert should_run(plan, BERLIN, local("2026-03-02T05:00")) == plan[0].entries[0]


def test_touching_windows_switch_without_a_pause() -> None:
    plan = [schedule(entry("a", "07:00", "08:00"), entry("b", "08:00", "09:00"))]

    changes = list(transitions(plan, BERLIN, local("2026-03-02T00:00"), local("2026-03-02T12:00")))

    assert [(c.at, c.window and c.window.entry.id) for c in changes] == [
        (local("2026-03-02T07:00"), "a"),
        (local("2026-03-02T08:00"), "b"),
        (local("2026-03-02T09:00"), None),
    ]


def test_of_overlapping_windows_the_later_start_wins_and_then_the_earlier_resumes() -> None:
    plan = [
        schedule(entry("long", "07:00", "12:00"), name="one"),
        schedule(entry("short", "08:00", "09:00"), name="two"),
    ]

    assert [name for name, _, _ in stretches(plan, "2026-03-02T00:00", "2026-03-02T23:00")] == [
        "long",
        "short",
        "long",
    ]


def test_of_windows_starting_together_the_stronger_wins() -> None:
    plan = [
        schedule(
            entry("weak", "07:00", "08:00", percent=30),
            entry("unsaid", "07:00", "08:00"),
            entry("strong", "07:00", "08:00", percent=60),
        )
    ]

    window = window_at(plan, BERLIN, local("2026-03-02T07:30"))

    assert window is not None
    assert window.entry.id == "strong"


def test_a_disabled_schedule_counts_for_nothing() -> None:
    plan = [schedule(entry("a", "07:00", "08:00"), enabled=False)]

    assert next_transition(plan, BERLIN, local("2026-03-02T00:00")) is None


def test_the_day_without_midnight_begins_at_one() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    plan = [schedule(entry("night", "00:00", "02:00"))]

    assert stretches(plan, "2026-04-23T12:00", "2026-04-24T12:00", cairo) == [
        ("night", local("2026-04-24T01:00", cairo), local("2026-04-24T02:00", cairo))
    ]


def test_a_year_of_transitions_comes_in_order_and_alternates() -> None:
    plan = [schedule(entry("a", "02:30", "02:45"), entry("b", "20:00", "22:00"))]
    start = local("2026-01-01T00:00")

    changes = list(transitions(plan, BERLIN, start, start + timedelta(days=365)))

    moments = [change.at for change in changes]
    assert moments == sorted(set(moments))
    # One spring night has no 02:30.
    assert len(changes) == 4 * 365 - 2
