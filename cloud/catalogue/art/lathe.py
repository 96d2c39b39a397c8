"""Shapes turned on a lathe: a profile swept around the upright axis, as triangles with normals."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

Profile = Sequence[tuple[float, float]]
_SMOOTH = 0.6  # cosine of the angle between two pieces below which their edge is sharp
_STEPS = 32


@dataclass(frozen=True, slots=True)
class Mesh:
    """Corners as (x, y, z), their normals, and triangles as triples of corners."""

    corners: tuple[tuple[float, float, float], ...]
    normals: tuple[tuple[float, float, float], ...]
    triangles: tuple[tuple[int, int, int], ...]


def turned(profile: Profile, *, squareness: float = 2.0, sweep: float = math.tau) -> Mesh:
    """Return a profile of (radius, height) points, from the bottom up, swept around.

    `squareness` 2 is round, more is ever closer to a square. A `sweep` of less than a whole turn
    is centred on the front, where z is positive. Edges below about 50 degrees are smoothed.
    """
    corners: list[tuple[float, float, float]] = []
    normals: list[tuple[float, float, float]] = []
    triangles: list[tuple[int, int, int]] = []
    slopes = [_slope(low, high) for low, high in itertools.pairwise(profile)]
    for number, (low, high) in enumerate(itertools.pairwise(profile)):
        first = len(corners)
        for end, beside in ((low, number - 1), (high, number + 1)):
            leaning = _leaning(slopes, number, beside)
            for step in range(_STEPS + 1):
                side = _side(math.pi / 2 + sweep * (step / _STEPS - 0.5), squareness)
                corners.append((end[0] * side[0], end[1], end[0] * side[1]))
                normals.append(_unit(leaning[0] * side[2], leaning[1], leaning[0] * side[3]))
        for step in range(_STEPS):
            a, b = first + step, first + step + _STEPS + 1
            triangles += [(a, b, a + 1), (a + 1, b, b + 1)]
    return Mesh(tuple(corners), tuple(normals), tuple(triangles))


def _side(angle: float, squareness: float) -> tuple[float, float, float, float]:
    """Return x and z of a point of the cross-section of radius 1, and of the normal there."""
    cos, sin = math.cos(angle), math.sin(angle)
    power = 2 / squareness
    x, z = (math.copysign(abs(one) ** power, one) for one in (cos, sin))
    away = squareness - 1
    nx, nz = (math.copysign(abs(one) ** away, one) for one in (x, z))
    length = math.hypot(nx, nz) or 1
    return x, z, nx / length, nz / length


def _slope(low: tuple[float, float], high: tuple[float, float]) -> tuple[float, float]:
    """Return which way a piece of the profile faces: outwards, and up."""
    out, up = high[1] - low[1], low[0] - high[0]
    length = math.hypot(out, up) or 1
    return out / length, up / length


def _leaning(
    slopes: Sequence[tuple[float, float]], number: int, beside: int
) -> tuple[float, float]:
    own = slopes[number]
    if not 0 <= beside < len(slopes):
        return own
    other = slopes[beside]
    if own[0] * other[0] + own[1] * other[1] < _SMOOTH:
        return own
    return own[0] + other[0], own[1] + other[1]


def _unit(x: float, y: float, z: float) -> tuple[float, float, float]:
    length = math.sqrt(x * x + y * y + z * z) or 1
    return x / length, y / length, z / length
