"""What is told to come is what then comes, more than a year ahead, through every clock change."""

import time as stopwatch
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scentd.model.schedule import DayException, Rest, ScentSchedule, Vacation, Weekday
from tests.fakes.plans import entry
from tests.fakes.wall_face import DAY, PaintedPlan, face

ZONE = "Europe/Berlin"
FIRST = date(2026, 3, 2)
DAYS = 400
SCHEDULES = (
    ScentSchedule(
        "study",
        "Study",
        "lamp",
        (
            entry("early", "06:30", "09:00", 40),
            entry("strong", "07:15", "07:45", 100),
            entry("late", "22:30", "02:30", 60),
            entry("dark", "02:00", "03:10"),
        ),
        exceptions=tuple(DayException(FIRST + n * DAY) for n in range(7, DAYS, 29)),
    ),
    ScentSchedule(
        "kitchen",
        "Kitchen",
        "fan",
        (
            entry("noon", "11:30", "13:00", 80),
            entry("change", "01:30", "02:45", 20),
            replace(entry("sunday", "10:00", "10:00", 40), days=frozenset({Weekday.SUNDAY})),
            replace(entry("eve", "17:00", "23:55"), days=frozenset({Weekday.FRIDAY})),
        ),
        exceptions=(
            *(DayException(FIRST + n * DAY, runs_as=Weekday.SUNDAY) for n in range(3, DAYS, 31)),
            *(DayException(FIRST + n * DAY, entry_id="noon") for n in range(5, DAYS, 13)),
        ),
    ),
)
REST = Rest(
    tuple(Vacation(FIRST + n * DAY, FIRST + (n + 9) * DAY) for n in (20, 150, 161, 290)),
)


async def settled_in(home) -> None:
    home.clock.set(datetime.combine(FIRST, time(12, 5), tzinfo=UTC))
    await home.book.load()
    for schedule in SCHEDULES:
        await home.book.save(schedule)
    await home.book.set_vacations(REST.vacations)


def off_the_wall(diffuser_id: str) -> list[tuple[str, datetime, datetime]]:
    every = timedelta(minutes=5)
    wall = face(ZONE, datetime.combine(FIRST, time(0), tzinfo=UTC), DAYS + 6, every)
    dates = [FIRST + n * DAY for n in range(1, DAYS + 3)]
    plan = [schedule for schedule in SCHEDULES if schedule.diffuser_id == diffuser_id]
    painted = PaintedPlan(wall, dates, plan, REST).painted()
    return [(layer.name, begins, ends) for layer, begins, ends in painted]


async def test_the_next_400_days_are_what_the_wall_says(
    home, capsys: pytest.CaptureFixture[str]
) -> None:
    await settled_in(home)
    tomorrow = datetime.combine(FIRST + DAY, time(3), tzinfo=UTC)
    last = datetime.combine(FIRST + (DAYS - 1) * DAY, time(12), tzinfo=UTC)

    began_s = stopwatch.process_time()
    preview = home.book.planned(DAYS)
    cpu_s = stopwatch.process_time() - began_s
    with capsys.disabled():
        print(f"\n{DAYS} days of 2 devices, {len(preview)} runs: {cpu_s:.3f} s of CPU")

    told = defaultdict(list)
    for run in preview:
        told[run.diffuser_id].append((f"{run.schedule_id}/{run.entry_id}", run.start, run.end))
    for diffuser_id in ("lamp", "fan"):
        expected = [one for one in off_the_wall(diffuser_id) if tomorrow < one[1] < last]
        assert len(expected) > DAYS
        assert [one for one in told[diffuser_id] if tomorrow < one[1] < last] == expected
    assert cpu_s < 2


@pytest.mark.long
@pytest.mark.timeout(0)
async def test_400_days_played_are_the_400_days_told(
    home, capsys: pytest.CaptureFixture[str]
) -> None:
    await settled_in(home)
    preview = [(run.start, run.diffuser_id, run.entry_id) for run in home.book.planned(DAYS)]
    await home.start()
    began_s = stopwatch.process_time()

    ran: set[tuple[datetime, str, str]] = set()
    for _ in range(DAYS):
        await home.clock.advance(timedelta(days=1))
        log = await home.book.log(home.clock.now() - timedelta(days=2))
        ran |= {(row.at, row.diffuser_id, row.entry_id) for row in log if row.what == "started"}
    with capsys.disabled():
        cpu_s = stopwatch.process_time() - began_s
        print(f"\n{DAYS} days played, {len(ran)} beginnings: {cpu_s:.1f} s of CPU")

    assert sorted(ran) == sorted(preview)
