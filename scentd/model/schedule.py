"""Weekly scent schedules in the household's wall time."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum, StrEnum


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
class DayException:
    """A date on which the schedule does not do what its weekday says.

    `runs_as` is the weekday it runs as instead, None for not at all. With an `entry_id` only that
    window is left out of the date, and `runs_as` is None. A window belongs to the date on which
    it starts.
    """

    day: date
    runs_as: Weekday | None = None
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class ScentSchedule:
    """A named set of windows for one diffuser; of overlapping windows the later start wins."""

    id: str
    name: str
    diffuser_id: str
    entries: tuple[ScheduleEntry, ...]
    enabled: bool = True
    exceptions: tuple[DayException, ...] = ()


@dataclass(frozen=True, slots=True)
class Vacation:
    """Dates of the household's wall, both included: no window that starts on them runs."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing runs by schedule from `since` on until `until`, aware UTC; None: until someone says.

    A window open at its end runs for what is left of it.
    """

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """What keeps every schedule of the household from running, whatever the schedules say."""

    vacations: tuple[Vacation, ...] = ()
    pause: Pause | None = None


class RestReason(StrEnum):
    """Why a window of the plan does not run on one date."""

    SKIPPED = "skipped"
    EXCEPTION = "exception"
    VACATION = "vacation"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class PlannedRest:
    """A window that will not begin, and why; `start` and `end`, aware UTC, are the window's.

    `day` is the date the window belongs to, as exceptions name it.
    """

    diffuser_id: str
    schedule_id: str
    entry_id: str
    reason: RestReason
    start: datetime
    end: datetime
    day: date


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A stretch of real time in which one entry is what should run on its diffuser.

    `start` and `end` are aware UTC. An entry that another one interrupts has several. `day` is
    the date its window belongs to, as exceptions name it.
    """

    diffuser_id: str
    schedule_id: str
    entry_id: str
    intensity_percent: int | None
    start: datetime
    end: datetime
    day: date
