"""Weekly scent schedules in the household's wall time."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import IntEnum


class Weekday(IntEnum):
    """Days as Python counts them, Monday first."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """One window of the week.

    `start` and `end` are wall time to the minute; `end` at or before `start` means the next
    day (equal means 24 hours). The window belongs to the day on which it starts.
    `intensity_percent` None keeps what the device has.
    """

    id: str
    start: time
    end: time
    days: frozenset[Weekday]
    intensity_percent: int | None = None
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class ScentSchedule:
    """A named set of windows for one diffuser; of overlapping windows the later start wins."""

    id: str
    name: str
    diffuser_id: str
    entries: tuple[ScheduleEntry, ...]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A stretch of real time in which one entry is what should run on its diffuser.

    `start` and `end` are aware UTC. An entry that another one interrupts has several.
    """

    diffuser_id: str
    schedule_id: str
    entry_id: str
    intensity_percent: int | None
    start: datetime
    end: datetime
