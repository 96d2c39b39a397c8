"""Wall time of a zone as real instants, right through every change of its clocks.

A time that a spring change skips begins and ends at the first instant after the gap; a time that
an autumn change repeats begins at its first occurrence and ends at its last. Pure arithmetic.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def opening_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which something set for that wall time begins."""
    return _instant(datetime.combine(day, wall).replace(fold=0), zone)


def closing_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which something set to end at that wall time ends."""
    return _instant(datetime.combine(day, wall).replace(fold=1), zone)


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
