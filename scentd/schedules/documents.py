"""A schedule as a shared document: one field a weekday, so that hub and account may each edit one.

Two people changing Monday and Tuesday at the same time both keep their change; half of a Monday
never mixes with half of another.
"""

from collections.abc import Mapping
from typing import Any

from scentd.model.parsing import Problem
from scentd.model.schedule import ScentSchedule, Weekday
from scentd.schedules.errors import ScheduleInvalid
from scentd.schedules.reading import read_schedule, write_schedule

_FACTS = ("name", "enabled", "diffuser_id", "exceptions")


def to_fields(schedule: ScentSchedule) -> dict[str, Any]:
    """Give the document's fields: the facts, and for each weekday the windows starting on it."""
    written = write_schedule(schedule)
    fields = {name: written[name] for name in _FACTS}
    for day in Weekday:
        fields[day.name.lower()] = [
            {key: value for key, value in entry.items() if key != "days"}
            for entry in written["entries"]
            if day in entry["days"]
        ]
    return fields


def from_fields(schedule_id: str, fields: Mapping[str, Any]) -> ScentSchedule:
    """Read the fields back; a window alike on several days is one entry again.

    A window that differs between days, since each day was edited elsewhere, becomes several
    entries; all but the first get the day's name behind their id. Raises ScheduleInvalid.
    """
    entries: dict[str, dict[str, Any]] = {}
    for day in Weekday:
        for window in _windows(fields, day.name.lower()):
            _add(entries, window, day)
    facts = {name: fields[name] for name in _FACTS if name in fields}
    raw = {**facts, "entries": list(entries.values())}
    return read_schedule(raw, diffusers=None, schedule_id=schedule_id)


def _windows(fields: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = fields.get(name, [])
    if isinstance(found, list) and all(isinstance(window, dict) for window in found):
        return found
    raise ScheduleInvalid(Problem(name, "a list of windows", "Save the schedule again."))


def _add(entries: dict[str, dict[str, Any]], window: dict[str, Any], day: Weekday) -> None:
    entry_id = window.get("id", "")
    known = entries.get(entry_id)
    if known is not None and {**known, "days": None} != {**window, "days": None}:
        entry_id = f"{entry_id}.{day.name.lower()}"
        known = entries.get(entry_id)
    if known is None:
        known = entries[entry_id] = {**window, "id": entry_id, "days": []}
    if day not in known["days"]:
        known["days"].append(int(day))
