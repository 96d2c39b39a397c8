"""Where the sun stands, and when it rises and sets: pure arithmetic.

The sun's place is computed as in Meeus, Astronomical Algorithms (2nd edition, 1998), chapter 25,
"lower accuracy": good to 0.01 degrees between 1950 and 2050, which is two and a half seconds of
its daily way. Refraction near the horizon varies by more than that from day to day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from math import asin, atan2, cos, degrees, radians, sin
from zoneinfo import ZoneInfo

_EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAY_S = 86_400.0
_SIDEREAL_TURN = 360.98564736629
"""Degrees the earth turns in a day, against the stars (Meeus, 12.4)."""

_CLOSE_ENOUGH_DAYS = 0.5 / _DAY_S


class SunPoint(StrEnum):
    """What the sun does once a day: civil dawn, rise, set, civil dusk."""

    DAWN = "dawn"
    SUNRISE = "sunrise"
    SUNSET = "sunset"
    DUSK = "dusk"


# Altitudes of the sun's centre: its radius of 16' and the mean refraction of 34' at the horizon;
# civil twilight by definition.
_ALTITUDE = {
    SunPoint.DAWN: -6.0,
    SunPoint.SUNRISE: -50 / 60,
    SunPoint.SUNSET: -50 / 60,
    SunPoint.DUSK: -6.0,
}
_IN_THE_MORNING = frozenset({SunPoint.DAWN, SunPoint.SUNRISE})


@lru_cache(maxsize=4096)
def sun_instant(
    point: SunPoint, day: date, latitude: float, longitude: float, zone: ZoneInfo
) -> datetime | None:
    """Give the instant, aware UTC, at which the sun does that on a local date; None when it
    does not.

    A date's sunrise is the last before the sun's noon of that date, its sunset the first after it:
    one that comes after midnight, as at the western edge of a zone in June, still belongs to the
    evening before. In polar day and polar night there is none. Within a minute of an independent
    table up to 66 degrees of latitude; nearer to the poles the sun grazes the horizon.
    """
    clock_noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    noon = _culmination(_days(clock_noon), longitude, 0.0)
    half = -0.5 if point in _IN_THE_MORNING else 0.5
    midnight = _culmination(noon + half, longitude, 180.0)
    altitude, north = radians(_ALTITUDE[point]), radians(latitude)
    sine, cosine = sin(north), cos(north)

    def above(days: float) -> float:
        return _elevation(days, sine, cosine, longitude) - altitude

    low, high = above(midnight), above(noon)
    if high <= 0 or low >= 0:
        return None
    return _EPOCH + timedelta(days=_crossing(above, (midnight, low), (noon, high)))


def elevation_degrees(at: datetime, latitude: float, longitude: float) -> float:
    """Give how high the sun's centre stands over the horizon, -90..90, refraction left out.

    `at` is aware; degrees north and east are positive.
    """
    north = radians(latitude)
    return degrees(_elevation(_days(at), sin(north), cos(north), longitude))


@dataclass(frozen=True, slots=True)
class Sky:
    """The sun over one place, in degrees north and east; its dates are those of a zone."""

    latitude: float
    longitude: float
    zone: ZoneInfo

    def instant(self, point: str, day: date) -> datetime | None:
        """Give when dawn, sunrise, sunset or dusk of a local date is, as `sun_instant` does."""
        return sun_instant(SunPoint(point), day, self.latitude, self.longitude, self.zone)

    def elevation_degrees(self, at: datetime) -> float:
        """Give how high the sun stands over the horizon, -90..90."""
        return elevation_degrees(at, self.latitude, self.longitude)


def _elevation(days: float, sine: float, cosine: float, longitude: float) -> float:
    """Give the sun's height in radians over a place whose latitude has that sine and cosine."""
    ascension, declination = _place_in_the_sky(days)
    turned = radians(_sidereal(days) + longitude) - ascension
    return asin(sine * sin(declination) + cosine * cos(declination) * cos(turned))


def _culmination(near: float, longitude: float, angle: float) -> float:
    """Give the moment nearest to another at which the sun has turned by that hour angle.

    A day's step leaves half a minute of error at first, a hundredth of a second after the second.
    """
    at = near
    for _ in range(2):
        ascension, _declination = _place_in_the_sky(at)
        turned = _sidereal(at) + longitude - degrees(ascension) - angle
        at -= ((turned + 180) % 360 - 180) / 360
    return at


def _crossing(
    above: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]
) -> float:
    """Find where a rising or falling height passes zero, by false position with the ends' weights
    halved (the Illinois method): about seven looks for half a second. The ends are (when, height).
    """
    (left, below), (right, over) = low, high
    for _ in range(60):
        middle = (left * over - right * below) / (over - below)
        height = above(middle)
        if height < 0:
            moved, left, below, over = abs(middle - left), middle, height, over / 2
        else:
            moved, right, over, below = abs(right - middle), middle, height, below / 2
        if moved < _CLOSE_ENOUGH_DAYS or height == 0:
            break
    return middle


def _days(at: datetime) -> float:
    return (at - _EPOCH).total_seconds() / _DAY_S


def _sidereal(days: float) -> float:
    """Give how far Greenwich has turned against the stars, in degrees (Meeus, 12.4)."""
    return 280.46061837 + _SIDEREAL_TURN * days


def _place_in_the_sky(days: float) -> tuple[float, float]:
    """Give the sun's right ascension and declination in radians (Meeus, 25)."""
    centuries = days / 36525
    mean = 280.46646 + centuries * (36000.76983 + centuries * 0.0003032)
    anomaly = radians(357.52911 + centuries * (35999.05029 - centuries * 0.0001537))
    centre = (
        (1.914602 - centuries * (0.004817 + centuries * 0.000014)) * sin(anomaly)
        + (0.019993 - centuries * 0.000101) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - centuries * 1934.136)
    length = radians(mean + centre - 0.00569 - 0.00478 * sin(node))
    tilt = radians(23.439291 - centuries * 0.0130042 + 0.00256 * cos(node))
    return atan2(cos(tilt) * sin(length), cos(length)), asin(sin(tilt) * sin(length))
