"""How alike two scents are by what they are: the cosine of their weighed features. Pure."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cloud.recommendations.scents import Scent

# How much a feature says about a smell. The family says most; a note counts by how rare it is.
_FAMILY, _MOOD, _ROOM, _NOTE, _STRENGTH = 1.0, 0.5, 0.3, 0.7, 0.5
# Of so many that share a note and a family, or a rarer feature, a scent meets those that stand
# nearest to it by id: in a shop of 50,000 every note has hundreds of holders.
_MOST_MET = 200
# Nobody looks at more.
MOST_NEIGHBOURS = 20

Vector = Mapping[str, float]


class Likeness:
    """The likeness of all scents of a shop to one another, each pair from 0 to 1."""

    def __init__(self, scents: Iterable[Scent]) -> None:
        ordered = sorted(scents, key=lambda scent: scent.product_id)
        held = Counter(note for scent in ordered for note in scent.notes)
        weights = {note: _NOTE * math.log(1 + len(ordered) / count) for note, count in held.items()}
        self._vectors = {scent.product_id: _vector(scent, weights) for scent in ordered}
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._ways: dict[int, tuple[str, ...]] = {}
        for scent in ordered:
            self._ways[scent.product_id] = _ways_to(scent)
            for way in self._ways[scent.product_id]:
                self._holders[way].append(scent.product_id)

    def between(self, one: int, other: int) -> float:
        """Return how alike two products are; 0 for one that is not known."""
        return _cosine(self._vectors.get(one, {}), self._vectors.get(other, {}))

    def nearest(self, product_id: int, most: int = MOST_NEIGHBOURS) -> list[tuple[int, float]]:
        """Return the products most like one, with how much, the nearest first and then by id."""
        own = self._vectors.get(product_id, {})
        ways = self._ways.get(product_id, ())
        met = {other for way in ways for other in self._met_on(way, product_id)} - {product_id}
        found = ((other, _cosine(own, self._vectors[other])) for other in met)
        near = [one for one in found if one[1] > 0]
        return sorted(near, key=lambda one: (-one[1], one[0]))[:most]

    def _met_on(self, way: str, product_id: int) -> Sequence[int]:
        holders = self._holders[way]
        if len(holders) <= _MOST_MET:
            return holders
        place = bisect_left(holders, product_id)
        first = max(0, min(place - _MOST_MET // 2, len(holders) - _MOST_MET))
        return holders[first : first + _MOST_MET]


def _ways_to(scent: Scent) -> tuple[str, ...]:
    """Return by what others are met: the family, and each note, mood and room with the family."""
    others = (*scent.notes, *scent.moods, *scent.rooms)
    return (scent.family, *(f"{scent.family}/{one}" for one in others), *scent.notes)


def _vector(scent: Scent, notes: Mapping[str, float]) -> Vector:
    strength = {
        f"intensity:{level}": _STRENGTH * share
        for level, share in (
            (scent.intensity - 1, 0.4),
            (scent.intensity, 1.0),
            (scent.intensity + 1, 0.4),
        )
    }
    raw = {
        f"family:{scent.family}": _FAMILY,
        **{f"mood:{mood}": _MOOD for mood in scent.moods},
        **{f"room:{room}": _ROOM for room in scent.rooms},
        **{f"note:{note}": notes[note] for note in scent.notes},
        **strength,
    }
    length = math.sqrt(math.fsum(sorted(value * value for value in raw.values())))
    return {feature: value / length for feature, value in sorted(raw.items())}


def _cosine(one: Vector, other: Vector) -> float:
    shared = (value * other[feature] for feature, value in one.items() if feature in other)
    return min(1.0, math.fsum(shared))
