"""The sun against an independent table, at its limits, and through the year."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.sun import Sky, SunPoint, elevation_degrees, sun_instant

TABLE = json.loads((Path(__file__).parent / "sun_table.json").read_text())
PLACES = {place["place"]: place for place in TABLE["places"]}
WITHIN = timedelta(seconds=30)
YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
TROMSO = Sky(69.65, 18.96, ZoneInfo("Europe/Oslo"))


@pytest.mark.parametrize("name", PLACES)
def test_the_sun_does_what_the_table_says(name):
    place = PLACES[name]
    sky = Sky(place["latitude"], place["longitude"], ZoneInfo(place["zone"]))

    for day, moments in place["days"].items():
        for point, said in moments.items():
            found = sky.instant(point, date.fromisoformat(day))
            assert (found is None) == (said is None), (day, point)
            if said is not None:
                assert abs(found - datetime.fromisoformat(said)) <= WITHIN, (day, point)


def test_the_table_is_large_enough():
    assert len(PLACES) >= 20
    assert all(len(place["days"]) >= 12 for place in PLACES.values())


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York"])
def test_a_clock_change_moves_no_sunrise(zone):
    home = ZoneInfo(zone)

    rises = [sun_instant(SunPoint.SUNRISE, day, 40.0, 10.0, home) for day in YEAR]

    gaps = [later - earlier for earlier, later in itertools.pairwise(rises)]
    assert all(abs(gap - timedelta(days=1)) < timedelta(minutes=3) for gap in gaps)


def test_polar_day_and_polar_night_have_no_sunset():
    without = [day for day in YEAR if TROMSO.instant("sunset", day) is None]

    assert date(2026, 6, 21) in without
    assert date(2026, 12, 21) in without
    assert date(2026, 3, 20) not in without
    assert TROMSO.instant("dusk", date(2026, 12, 21)) is not None


def test_a_sunset_after_midnight_belongs_to_the_evening_before():
    city = Sky(64.15, -21.94, ZoneInfo("Atlantic/Reykjavik"))

    sets = city.instant("sunset", date(2026, 6, 21))

    assert sets.astimezone(city.zone).date() == date(2026, 6, 22)
    assert sets < city.instant("sunset", date(2026, 6, 22))


def test_at_the_poles_nothing_fails():
    for latitude in (-90.0, 90.0):
        for day in YEAR[::5]:
            for point in SunPoint:
                sun_instant(point, day, latitude, 0.0, ZoneInfo("UTC"))


@given(
    day=st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    latitude=st.floats(-65, 65),
    longitude=st.floats(-180, 180),
    hours=st.integers(-12, 14),
)
def test_a_day_has_its_order_and_each_point_its_height(day, latitude, longitude, hours):
    zone = ZoneInfo(f"Etc/GMT{-hours:+d}") if hours else ZoneInfo("UTC")
    found = [sun_instant(point, day, latitude, longitude, zone) for point in SunPoint]

    moments = [moment for moment in found if moment is not None]
    assert moments == sorted(moments)
    assert all(moment.tzinfo is UTC for moment in moments)
    for point, moment in zip(SunPoint, found, strict=True):
        if moment is not None:
            height = -6.0 if point in (SunPoint.DAWN, SunPoint.DUSK) else -50 / 60
            assert abs(elevation_degrees(moment, latitude, longitude) - height) < 0.01


@given(minutes=st.integers(0, 60 * 365 * 1440))
def test_the_sun_stands_overhead_somewhere_and_below_where_it_does_not(minutes):
    at = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)

    heights = [
        elevation_degrees(at, north, east)
        for north in range(-24, 25, 6)
        for east in range(-180, 180, 6)
    ]

    assert max(heights) > 83
    assert min(heights) < -83
