"""Schedules from the outside, read once into values that cannot be wrong."""

from collections.abc import Container, Iterator, Sequence
from datetime import date, time
from typing import Any

from pydantic import TypeAdapter

from scentd.model.parsing import Problem, Unreadable, parse, write
from scentd.model.reasons import Reason
from scentd.model.schedule import DayException, ScentSchedule, ScheduleEntry
from scentd.schedules.errors import ScheduleInvalid

MAX_ENTRIES = 100
MAX_NAME = 120
MAX_EXCEPTIONS = 500

_SCHEDULE: TypeAdapter[ScentSchedule] = TypeAdapter(ScentSchedule)

_NAME = Reason("name_length", {"most": MAX_NAME})
_WALL, _DAY, _PERCENT = Reason("wall_time"), Reason("no_day"), Reason("percent")


def read_schedule(
    raw: object, *, diffusers: Container[str] | None, schedule_id: str | None = None
) -> ScentSchedule:
    """Read JSON text or a JSON-like value; `schedule_id` takes the place of the value's own id.

    `diffusers` are the ids known here, None when any may yet appear. Raises ScheduleInvalid with
    the field's path and a hint.
    """
    if schedule_id is not None and isinstance(raw, dict):
        raw = {**raw, "id": schedule_id}
    try:
        schedule = parse(_SCHEDULE, raw)
    except Unreadable as error:
        raise ScheduleInvalid(error.problem) from error
    check_schedule(schedule, diffusers)
    return schedule


def write_schedule(schedule: ScentSchedule) -> dict[str, Any]:
    """Give the schedule as JSON holds it; `read_schedule` of it is the same schedule."""
    return write(_SCHEDULE, schedule)


def check_schedule(schedule: ScentSchedule, diffusers: Container[str] | None) -> None:
    """Raise ScheduleInvalid for the first thing that types alone do not rule out."""
    problem = next(_problems(schedule, diffusers), None)
    if problem is not None:
        raise ScheduleInvalid(problem)


def _problems(schedule: ScentSchedule, diffusers: Container[str] | None) -> Iterator[Problem]:
    if not schedule.id or len(schedule.id) > MAX_NAME:
        yield Problem("id", f"an id has 1 to {MAX_NAME} characters", "Leave it out for a new one.")
    if not schedule.name.strip() or len(schedule.name) > MAX_NAME:
        yield Problem("name", f"a name has 1 to {MAX_NAME} characters", "Give it a name.", _NAME)
    if diffusers is not None and schedule.diffuser_id not in diffusers:
        yield Problem(
            "diffuser_id",
            f"there is no diffuser “{schedule.diffuser_id}”",
            "Choose one of the devices page.",
            Reason("no_diffuser", {"diffuser": schedule.diffuser_id}),
        )
    if len(schedule.entries) > MAX_ENTRIES:
        yield Problem("entries", f"more than {MAX_ENTRIES} windows", "Split the schedule in two.")
    seen: set[str] = set()
    for number, entry in enumerate(schedule.entries):
        yield from _entry_problems(entry, f"entries[{number}]", seen)
    yield from _exception_problems(schedule.exceptions)


def _exception_problems(exceptions: Sequence[DayException]) -> Iterator[Problem]:
    if len(exceptions) > MAX_EXCEPTIONS:
        hint = "Leave out those of days long gone."
        yield Problem("exceptions", f"more than {MAX_EXCEPTIONS} exceptions", hint)
    seen: set[tuple[date, str | None]] = set()
    for number, one in enumerate(exceptions):
        path = f"exceptions[{number}]"
        if (one.day, one.entry_id) in seen:
            hint = "Keep one of the two."
            yield Problem(f"{path}.day", f"two exceptions for {one.day.isoformat()}", hint)
        seen.add((one.day, one.entry_id))
        if one.entry_id is not None and one.runs_as is not None:
            hint = "Leave out one of the two."
            yield Problem(f"{path}.runs_as", "a single window runs as no other weekday", hint)


def _entry_problems(entry: ScheduleEntry, path: str, seen: set[str]) -> Iterator[Problem]:
    if not entry.id or entry.id in seen:
        yield Problem(f"{path}.id", "each window has an id of its own", "Change the id.")
    seen.add(entry.id)
    for name, moment in (("start", entry.start), ("end", entry.end)):
        if not _is_wall_minute(moment):
            yield Problem(
                f"{path}.{name}", "a wall time to the minute", "Write it as “07:30”.", _WALL
            )
    if not entry.days:
        yield Problem(
            f"{path}.days", "no day is chosen", "Choose at least one day, 0 is Monday.", _DAY
        )
    percent = entry.intensity_percent
    if percent is not None and not 0 < percent <= 100:
        yield Problem(
            f"{path}.intensity_percent", "outside 1 to 100", "Leave it out to keep it.", _PERCENT
        )


def _is_wall_minute(moment: time) -> bool:
    return moment.tzinfo is None and moment.second == 0 and moment.microsecond == 0
