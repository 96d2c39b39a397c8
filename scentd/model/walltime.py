"""Wall time of a zone as real instants, right through every change of its clocks.

A time that a spring change skips begins and ends at the first instant after the gap; a time that
an autumn change repeats begins at its first occurrence and ends at its last. Pure arithmetic.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def opening_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which something set for that wall time begins."""
    offset = _steady_offset(day, zone)
    if offset is not None:
        return datetime.combine(day, wall, UTC) - offset
    return _instant(datetime.combine(day, wall).replace(fold=0), zone)


def closing_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which something set to end at that wall time ends."""
    offset = _steady_offset(day, zone)
    if offset is not None:
        return datetime.combine(day, wall, UTC) - offset
    return _instant(datetime.combine(day, wall).replace(fold=1), zone)


@lru_cache(maxsize=1_024)
def is_steady(first: date, days: int, zone: ZoneInfo) -> bool:
    """Tell whether the zone's clocks are left alone on that many dates from the first on."""
    offsets = {_steady_offset(first + timedelta(days=number), zone) for number in range(days)}
    return len(offsets) == 1 and None not in offsets


@lru_cache(maxsize=16_384)
def _steady_offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """Give the zone's offset on a date on which its clocks are left alone, else None.

    On such a date, nearly every one, wall time is a subtraction away from the instant: a tenth
    of what asking the zone and asking back costs.
    """
    first, last = datetime.combine(day, time.min, zone), datetime.combine(day, time.max, zone)
    offsets = {moment.replace(fold=fold).utcoffset() for moment in (first, last) for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
        return instant
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Search the instant of the change: reading a skipped time both ways brackets it."""
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after
