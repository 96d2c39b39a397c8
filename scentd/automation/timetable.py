"""When times of day and the sun's come, on real instants: pure arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from scentd.automation.place import Place
from scentd.model.reasons import Reason
from scentd.model.schedule import Weekday
from scentd.model.trigger import Sunrise, Sunset, TimeOfDay
from scentd.model.walltime import opening_instant

_DAY = timedelta(days=1)
_MARGIN = 2
"""A zone may repeat or skip a whole date; the sun's moment and its offset may lie in the next."""

_LOOK_AHEAD_DAYS = 9
_NOON = time(12)

Timed: TypeAlias = TimeOfDay | Sunrise | Sunset


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One occurrence: its instant, and the local date that makes it one of a kind.

    `skipped` says why nothing comes on that date; `at` is then its noon.
    """

    at: datetime
    day: date
    skipped: Reason | None = field(default=None, compare=False)


def points(trigger: Timed, place: Place, after: datetime, until: datetime) -> Iterator[Point]:
    """Give each occurrence in (after, until], once a local date, in the order of the dates."""
    first = after.astimezone(place.zone).date() - _MARGIN * _DAY
    last = until.astimezone(place.zone).date() + _MARGIN * _DAY
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if Weekday(day.weekday()) in trigger.days:
            point = _on(day, trigger, place)
            if after < point.at <= until:
                yield point


def next_point(trigger: Timed, place: Place, after: datetime) -> Point | None:
    """Give the first occurrence later than `after`; None when no day is chosen."""
    return next(points(trigger, place, after, after + _LOOK_AHEAD_DAYS * _DAY), None)


def name_of(trigger: Timed) -> str:
    """Name what the trigger waits for on each date: another name is another wait."""
    if isinstance(trigger, TimeOfDay):
        return trigger.at.isoformat()
    otherwise = trigger.otherwise_at.isoformat() if trigger.otherwise_at else ""
    return f"{trigger.point}{trigger.offset_min:+d} {otherwise}".rstrip()


@lru_cache(maxsize=16_384)
def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Remembered, because many rules wait for the same minute."""
    return opening_instant(day, wall, zone)


def _on(day: date, trigger: Timed, place: Place) -> Point:
    if isinstance(trigger, TimeOfDay):
        return Point(_instant(day, trigger.at, place.zone), day)
    at = place.sky.instant(trigger.point, day) if place.sky else None
    if at is not None:
        return Point(at + timedelta(minutes=trigger.offset_min), day)
    if trigger.otherwise_at is not None:
        return Point(_instant(day, trigger.otherwise_at, place.zone), day)
    noon = _instant(day, _NOON, place.zone)
    if place.sky is None:
        return Point(noon, day, Reason("no_place"))
    return Point(noon, day, Reason("no_sun", {"point": trigger.point}))
