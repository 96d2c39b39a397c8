"""What a tracker says of its bearer, and which zones that puts them in: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from scentd.model.presence import HOME_ZONE_ID, TrackerKind, Zone

EARTH_RADIUS_M = 6_371_009.0
"""The mean radius (IUGG 1980); the ellipsoid differs from the sphere by 0.5 % at most."""

MARGIN_M = 25.0
"""How far beyond its edge a zone is surely left: a good fix wanders by less than that."""

USELESS_BEYOND_M = 1_000.0
"""A fix less exact than that comes from a cell tower, and says nothing of a home."""


@dataclass(frozen=True, slots=True)
class Position:
    """A fix: degrees north and east, and within how many metres of it the bearer is."""

    latitude: float
    longitude: float
    accuracy_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """One report of one tracker; what is None was not said.

    `within` are the names of all zones the tracker takes itself to be in; `entered` and `left`
    name the one whose edge it crossed; `is_home` says only that it is, or is not, in the house.
    `said_at` is the tracker's own stamp, aware UTC. `is_retained`: the broker kept it, so that it
    is no sign of life.
    """

    tracker_id: str
    kind: TrackerKind
    name: str = ""
    position: Position | None = None
    within: frozenset[str] | None = None
    entered: str | None = None
    left: str | None = None
    is_home: bool | None = None
    said_at: datetime | None = None
    is_retained: bool = False


def zones_after(
    sighting: Sighting, zones: Iterable[Zone], before: frozenset[str], names: dict[str, str]
) -> frozenset[str] | None:
    """Give the ids of the zones a report puts its bearer in; None when it says nothing of places.

    `before` is where the tracker was by its last report, `names` gives the id of a zone by its
    name or id in lower case.
    """
    crossed = names.get((sighting.entered or sighting.left or "").casefold())
    if crossed is not None:
        return before | {crossed} if sighting.entered else before - {crossed}
    if sighting.is_home is not None:
        home = frozenset({HOME_ZONE_ID})
        return before | home if sighting.is_home else before - home
    named = {names[name.casefold()] for name in sighting.within or () if name.casefold() in names}
    fix = sighting.position
    if fix is not None and fix.accuracy_m <= USELESS_BEYOND_M:
        return frozenset({z.id for z in zones if _is_in(fix, z, was_in=z.id in before)} | named)
    if sighting.within is None:
        return None
    return frozenset(named)


def _is_in(fix: Position, zone: Zone, *, was_in: bool) -> bool:
    """Come in when the fix lies inside and is no vaguer than the zone is wide; go out only when
    the whole circle of the fix lies outside.
    """
    away_m = metres_between(fix.latitude, fix.longitude, zone.latitude, zone.longitude)
    if was_in:
        return away_m <= zone.radius_m + max(fix.accuracy_m, MARGIN_M)
    return away_m <= zone.radius_m and fix.accuracy_m <= 2 * zone.radius_m


def metres_between(latitude: float, longitude: float, other_lat: float, other_lon: float) -> float:
    """Give the distance over the ground, in metres: the haversine of a sphere."""
    north, other_north = radians(latitude), radians(other_lat)
    half_chord = (
        sin((other_north - north) / 2) ** 2
        + cos(north) * cos(other_north) * sin(radians(other_lon - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half_chord)))
