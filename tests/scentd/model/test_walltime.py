"""Wall time on real instants, through gaps and folds."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scentd.model.walltime import closing_instant, opening_instant

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "opens", "closes"),
    [
        ("Europe/Berlin", SPRING, time(2, 30), utc(2026, 3, 29, 1), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", SPRING, time(2, 0), utc(2026, 3, 29, 1), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", SPRING, time(1, 59), utc(2026, 3, 29, 0, 59), utc(2026, 3, 29, 0, 59)),
        ("Europe/Berlin", SPRING, time(3, 0), utc(2026, 3, 29, 1), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", AUTUMN, time(2, 30), utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30)),
        ("Europe/Berlin", AUTUMN, time(3, 0), utc(2026, 10, 25, 2), utc(2026, 10, 25, 2)),
        # Half an hour is skipped, from 02:00 to 02:30.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), utc(2026, 10, 3, 15, 30), None),
        # Midnight itself is skipped: the day begins at 01:00.
        ("Africa/Cairo", date(2026, 4, 24), time(0, 0), utc(2026, 4, 23, 22), None),
        ("Asia/Beirut", date(2026, 3, 29), time(0, 15), utc(2026, 3, 28, 22), None),
        ("America/Santiago", date(2026, 9, 6), time(0, 59), utc(2026, 9, 6, 4), None),
        # A whole date is skipped.
        ("Pacific/Apia", date(2011, 12, 30), time(8, 0), utc(2011, 12, 30, 10), None),
    ],
)
def test_a_wall_time_opens_and_closes_at_the_stated_instants(
    zone: str, day: date, wall: time, opens: datetime, closes: datetime | None
) -> None:
    assert opening_instant(day, wall, ZoneInfo(zone)) == opens
    assert closing_instant(day, wall, ZoneInfo(zone)) == (closes or opens)
