"""Short words for schedules in tests."""

from datetime import time

from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday


def entry(name: str, start: str, end: str, percent: int | None = None) -> ScheduleEntry:
    return ScheduleEntry(
        id=name,
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        days=frozenset(Weekday),
        intensity_percent=percent,
    )


def plan(*entries: ScheduleEntry, name: str = "s", enabled: bool = True) -> ScentSchedule:
    return ScentSchedule(name, name, "lamp", entries, enabled)
