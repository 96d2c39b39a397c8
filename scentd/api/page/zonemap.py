"""The household's zones as one sketch, without anybody's map: circles, names, a scale.

Pure arithmetic: degrees and metres in, points of a drawing 640 by 300 out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from scentd.model.presence import Zone
from scentd.presence.sighting import EARTH_RADIUS_M

WIDTH = 640
HEIGHT = 300
MARGIN = 34
LEAST_DOT = 5.0
_LEAST_SPAN_M = 600.0
_DEGREE_M = radians(1) * EARTH_RADIUS_M
_MOST_BAR = 180.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A zone drawn: its middle and radius, and where its name stands (`end`: before that)."""

    zone: Zone
    x: float
    y: float
    r: float
    name_x: float
    name_anchor: str


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """All zones, and a bar that is `bar_m` metres long and `bar` wide. North is up."""

    spots: tuple[Spot, ...]
    bar: float
    bar_m: int


def draw_zones(zones: Sequence[Zone]) -> ZoneMap | None:
    """Draw the zones to one scale, the smallest at least as a dot; None when there are none.

    Degrees are laid out flat around the first zone, across the date line too: right for a town,
    a sketch for a continent.
    """
    if not zones:
        return None
    middle = zones[0]
    per_degree_east = _DEGREE_M * max(0.01, cos(radians(middle.latitude)))
    flat = [
        (
            ((zone.longitude - middle.longitude + 180) % 360 - 180) * per_degree_east,
            (middle.latitude - zone.latitude) * _DEGREE_M,
            zone.radius_m,
        )
        for zone in zones
    ]
    west, east = min(x - r for x, _, r in flat), max(x + r for x, _, r in flat)
    north, south = min(y - r for _, y, r in flat), max(y + r for _, y, r in flat)
    scale = min(
        (WIDTH - 2 * MARGIN) / max(east - west, _LEAST_SPAN_M),
        (HEIGHT - 2 * MARGIN) / max(south - north, _LEAST_SPAN_M),
    )
    spots = tuple(
        _spot(
            zone,
            WIDTH / 2 + (x - (west + east) / 2) * scale,
            HEIGHT / 2 + (y - (north + south) / 2) * scale,
            max(LEAST_DOT, r * scale),
        )
        for zone, (x, y, r) in zip(zones, flat, strict=True)
    )
    bar_m = _round_length(_MOST_BAR / scale)
    return ZoneMap(spots, round(bar_m * scale, 1), bar_m)


def _spot(zone: Zone, x: float, y: float, r: float) -> Spot:
    is_east = x > WIDTH * 0.6
    beside = min(r, 40.0) + 6
    name_x = x - beside if is_east else x + beside
    anchor = "end" if is_east else "start"
    return Spot(zone, round(x, 1), round(y, 1), round(r, 1), round(name_x, 1), anchor)


def _round_length(most_m: float) -> int:
    """Give the longest of 1, 2, 5, 10 … metres that is not longer."""
    power = 1
    while power * 10 <= most_m:
        power *= 10
    return max(step * power for step in (1, 2, 5) if step * power <= max(most_m, 1))
