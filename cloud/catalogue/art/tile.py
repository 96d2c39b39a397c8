"""Composes a small picture without a bottle: one thing large, two beside it, air around."""

from dataclasses import dataclass
from random import Random

from cloud.catalogue.art.ink import Ink, group, rect
from cloud.catalogue.art.motifs import AIRS, FLOWERS, MOTIFS, OBJECTS, SPRIGS
from cloud.catalogue.art.picture import gradients
from cloud.catalogue.art.stages import GROUND, STAGES, WIDTH

SIDE = 600
# The part of a stage that is seen: the middle, down to a hand's breadth before the things.
_LEFT, _TOP = (WIDTH - SIDE) / 2, GROUND - SIDE + 150
_FLOOR = GROUND + 60
# Of sprigs: x, degrees, scale.
_FAN = ((300, -24, 1.15), (500, 22, 1.1), (400, -2, 1.35))


@dataclass(frozen=True)
class Tile:
    """What to draw; `composition` names a stage, `motifs` the things, the largest first."""

    ink: Ink
    composition: str
    motifs: tuple[str, ...]


def draw_tile(tile: Tile) -> str:
    """Draw a tile as one self-contained SVG document, 600 by 600 units.

    Raises KeyError for a composition or motif that does not exist.
    """
    unknown = set(tile.motifs) - MOTIFS
    if unknown:
        raise KeyError(*sorted(unknown))
    rng = Random("|".join((tile.composition, *tile.motifs)))  # noqa: S311 - decoration
    layers = [
        rect(0, 0, WIDTH, _TOP + SIDE, "url(#air)"),
        STAGES[tile.composition](tile.ink, rng),
        *_airs(tile, rng),
        *_sprigs(tile, rng),
        *_things(tile, rng),
    ]
    view = f"{_LEFT:.0f} {_TOP:.0f} {SIDE} {SIDE}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"'
        f' width="{SIDE}" height="{SIDE}">{gradients(tile.ink)}{"".join(layers)}</svg>'
    )


def _airs(tile: Tile, rng: Random) -> list[str]:
    return [
        group([AIRS[motif](tile.ink, rng)], 400, GROUND - 190, 0, 1.2)
        for motif in tile.motifs
        if motif in AIRS
    ]


def _sprigs(tile: Tile, rng: Random) -> list[str]:
    sprigs = [SPRIGS[motif] for motif in tile.motifs if motif in SPRIGS]
    return [
        group([sprigs[place % len(sprigs)](tile.ink, rng)], x, _FLOOR - 40, turn, scale)
        for place, (x, turn, scale) in enumerate(_FAN if sprigs else ())
    ]


def _things(tile: Tile, rng: Random) -> list[str]:
    solid = [motif for motif in tile.motifs if motif in OBJECTS]
    places = ((400, _FLOOR + 20, 1.9), (215, _FLOOR + 40, 1.1), (590, _FLOOR + 45, 1.1))
    layers = [
        group([OBJECTS[motif](tile.ink, rng)], x, y, 0, scale)
        for motif, (x, y, scale) in zip(solid, places, strict=False)
    ]
    blooms = [motif for motif in tile.motifs if motif in FLOWERS]
    spots = ((400, GROUND - 120, 2.6), (235, GROUND + 5, 1.5), (575, GROUND + 15, 1.6))
    layers += [
        group([FLOWERS[motif](tile.ink, rng)], x, y, rng.uniform(-20, 20), scale)
        for motif, (x, y, scale) in zip(blooms, spots, strict=False)
    ]
    return layers
