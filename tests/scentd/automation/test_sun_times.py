"""When rules of the sun come: with their offset, over changes of the clocks, and near the poles."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.automation.place import Place
from scentd.automation.timetable import Timed, next_point, points
from scentd.model.trigger import Sunrise, Sunset
from scentd.sun import Sky


def place(latitude: float, longitude: float, zone: str) -> Place:
    return Place(ZoneInfo(zone), Sky(latitude, longitude, ZoneInfo(zone)))


BERLIN = place(52.52, 13.405, "Europe/Berlin")
TROMSO = place(69.65, 18.96, "Europe/Oslo")
AKUREYRI = place(65.68, -18.1, "Atlantic/Reykjavik")


def come(trigger: Timed, home: Place, first: date, days: int) -> list[tuple[str, str]]:
    """Give date and wall time of each that comes on these dates, and of each left out."""
    begin = datetime.combine(first, time(3), UTC)
    found = points(trigger, home, begin, begin + timedelta(days=days))
    return [
        (
            f"{one.day:%d}",
            one.skipped.code if one.skipped else f"{one.at.astimezone(home.zone):%d %H:%M}",
        )
        for one in found
    ]


def test_an_offset_is_real_minutes_on_the_day_the_clocks_change() -> None:
    spring = come(Sunrise(offset_min=30), BERLIN, date(2026, 3, 28), 2)
    autumn = come(Sunset(offset_min=-30), BERLIN, date(2026, 10, 24), 2)

    assert spring == [("28", "28 06:20"), ("29", "29 07:18")]
    assert autumn == [("24", "24 17:22"), ("25", "25 16:20")]


def test_a_sunset_after_midnight_is_the_evening_befores() -> None:
    assert come(Sunset(), AKUREYRI, date(2026, 6, 9), 2) == [("09", "10 00:23"), ("10", "11 00:27")]


def test_in_polar_day_a_rule_rests_or_takes_its_fixed_time() -> None:
    assert come(Sunset(), TROMSO, date(2026, 5, 17), 3) == [
        ("17", "18 00:29"),
        ("18", "no_sun"),
        ("19", "no_sun"),
    ]
    fixed = Sunset(otherwise_at=time(22))
    assert come(fixed, TROMSO, date(2026, 5, 17), 2) == [("17", "18 00:29"), ("18", "18 22:00")]


@pytest.mark.parametrize("home", [BERLIN, TROMSO, AKUREYRI], ids=["berlin", "tromso", "akureyri"])
@pytest.mark.parametrize("trigger", [Sunset("dusk", 500), Sunrise(offset_min=-300)], ids=str)
def test_stepping_from_one_to_the_next_leaves_out_no_date_of_a_year(
    trigger: Timed, home: Place
) -> None:
    begin = datetime(2026, 1, 10, tzinfo=UTC)
    end = begin + timedelta(days=365)
    seen = set()
    point = next_point(trigger, home, begin)
    while point is not None and point.at <= end:
        seen.add(point.day)
        point = next_point(trigger, home, point.at)

    assert seen == {one.day for one in points(trigger, home, begin, end)}
    assert len(seen) >= 364
