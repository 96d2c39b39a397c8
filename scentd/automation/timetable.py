"""When times of day come, on real instants: pure arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scentd.model.rule import TimeOfDay
from scentd.model.schedule import Weekday
from scentd.model.walltime import opening_instant

_DAY = timedelta(days=1)
_MARGIN = 2
"""A zone may repeat or skip a whole date."""

_LOOK_AHEAD_DAYS = 9


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One occurrence: its instant, and the local date that makes it one of a kind."""

    at: datetime
    day: date


def points(trigger: TimeOfDay, zone: ZoneInfo, after: datetime, until: datetime) -> Iterator[Point]:
    """Give each occurrence in (after, until], in order, once a local date."""
    first = after.astimezone(zone).date() - _MARGIN * _DAY
    last = until.astimezone(zone).date() + _MARGIN * _DAY
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if Weekday(day.weekday()) in trigger.days:
            at = opening_instant(day, trigger.at, zone)
            if after < at <= until:
                yield Point(at, day)


def next_point(trigger: TimeOfDay, zone: ZoneInfo, after: datetime) -> Point | None:
    """Give the first occurrence later than `after`; None when no day is chosen."""
    return next(points(trigger, zone, after, after + _LOOK_AHEAD_DAYS * _DAY), None)
