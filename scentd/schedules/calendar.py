"""Dates on which a schedule does not do what its weekday says: exceptions, skips, vacations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scentd.model.schedule import Rest, RestReason, ScentSchedule, ScheduleEntry, Vacation, Weekday
from scentd.model.walltime import opening_instant

NO_REST = Rest()

FARTHEST = timedelta(days=3 * 366)
"""Further ahead nobody plans: a date beyond is a year typed wrong, and none looks that far."""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The dates of one schedule that are unlike their weekday. A vacation outranks them all."""

    whole: Mapping[date, Weekday | None]
    skipped: frozenset[tuple[date, str]]
    vacations: tuple[Vacation, ...]

    def weekday(self, day: date, entry_id: str) -> int | None:
        """Give the weekday that window sees in the date; None when it does not run then."""
        if (day, entry_id) in self.skipped or self.is_vacation(day):
            return None
        return self.whole.get(day, Weekday(day.weekday()))

    def is_vacation(self, day: date) -> bool:
        """Say whether the household is away on that date."""
        return any(away.first_day <= day <= away.last_day for away in self.vacations)


def days_off(schedule: ScentSchedule, rest: Rest) -> DaysOff | None:
    """Give the schedule's unusual dates, None when it has none at all."""
    if not schedule.exceptions and not rest.vacations:
        return None
    return DaysOff(
        {one.day: one.runs_as for one in schedule.exceptions if one.entry_id is None},
        frozenset((one.day, one.entry_id) for one in schedule.exceptions if one.entry_id),
        rest.vacations,
    )


def vacation_ends_at(rest: Rest, zone: ZoneInfo, at: datetime) -> datetime | None:
    """Give when the household is back from the vacation of that moment; None when there is none.

    A vacation lasts until the midnight after its last day; those that touch are one.
    """
    day = last = at.astimezone(zone).date()
    for away in sorted(rest.vacations, key=lambda one: one.first_day):
        if away.first_day <= last <= away.last_day:
            last = away.last_day + timedelta(days=1)
    return opening_instant(last, time(0), zone) if last > day else None


def reason_against(off: DaysOff | None, day: date, entry: ScheduleEntry) -> RestReason | None:
    """Say why a window of the plain week does not run on that date; None when it does."""
    if off is None:
        return None
    if off.is_vacation(day):
        return RestReason.VACATION
    if (day, entry.id) in off.skipped:
        return RestReason.SKIPPED
    return None if off.weekday(day, entry.id) in entry.days else RestReason.EXCEPTION


def last_day_off(schedules: Sequence[ScentSchedule], rest: Rest) -> date | None:
    """Give the last date that is unlike its weekday for any of these schedules."""
    days = [one.day for schedule in schedules for one in schedule.exceptions]
    return max([*days, *(away.last_day for away in rest.vacations)], default=None)
