"""Composes a scent's picture: stage behind, sprigs, bottle, fruits in front, air above."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from cloud.catalogue.art.bottles import BOTTLES
from cloud.catalogue.art.ink import Ink, darker, group, lighter, mix, rect
from cloud.catalogue.art.motifs import AIRS, FLOWERS, MOTIFS, OBJECTS, SPRIGS, Motif
from cloud.catalogue.art.stages import GROUND, HEIGHT, STAGES, WIDTH

# Where sprigs grow: x, degrees, scale, and which of the subject's sprigs.
_FAN: tuple[tuple[float, float, float, int], ...] = (
    (300, -34, 1.25, 0),
    (505, 30, 1.18, 1),
    (330, -11, 1.5, 1),
    (480, 12, 1.36, 0),
)
_SHADE = (
    '<radialGradient id="shade"><stop offset="0" stop-color="#1d1512" stop-opacity=".38"/>'
    '<stop offset="1" stop-color="#1d1512" stop-opacity="0"/></radialGradient>'
)


@dataclass(frozen=True)
class Subject:
    """What to draw.

    ``words`` are the label's lines; ``composition`` names a stage, ``bottle`` a shape and
    ``motifs`` the things around it, the most important first.
    """

    words: tuple[str, ...]
    ink: Ink
    composition: str
    bottle: str
    motifs: tuple[str, ...]


def draw(subject: Subject) -> str:
    """Draw the subject as one self-contained SVG document, 800 by 1000 units.

    Raises KeyError for a composition, bottle or motif that does not exist.
    """
    unknown = set(subject.motifs) - MOTIFS
    if unknown:
        raise KeyError(*sorted(unknown))
    rng = Random(_seed(subject))  # noqa: S311 - decoration, the same for the same subject
    ink = subject.ink
    layers = [
        rect(0, 0, WIDTH, HEIGHT, "url(#air)"),
        STAGES[subject.composition](ink, rng),
        *_behind(subject, rng),
        group([BOTTLES[subject.bottle](ink, subject.words)], WIDTH / 2, GROUND + 6, 0, 1.12),
        *_in_front(subject, rng),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}">{gradients(ink)}{"".join(layers)}</svg>'
    )


def label_lines(name: str) -> tuple[str, ...]:
    """Break a name into the lines of a label: one word each, "&" with the word before it."""
    lines: list[str] = []
    for word in name.split():
        if word in ("&", "on", "of") and lines:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _behind(subject: Subject, rng: Random) -> list[str]:
    sprigs = [SPRIGS[motif] for motif in subject.motifs if motif in SPRIGS]
    layers = []
    for x, turn, scale, which in _FAN if sprigs else ():
        sprig = sprigs[which % len(sprigs)]
        layers.append(
            group([sprig(subject.ink, rng)], x, GROUND - 30, turn + rng.uniform(-3, 3), scale)
        )
    for motif in subject.motifs:
        if motif in ("smoke", "steam"):
            layers.append(group([AIRS[motif](subject.ink, rng)], 560, 500, 6, 1.3))
        elif motif in AIRS:
            layers.append(group([AIRS[motif](subject.ink, rng)], 400, 440))
    for bloom in _blooms(subject):
        layers.append(group([bloom(subject.ink, rng)], 590, 486, rng.uniform(-20, 20), 1.0))
        layers.append(group([bloom(subject.ink, rng)], 222, 560, rng.uniform(-20, 20), 1.18))
    return layers


def _in_front(subject: Subject, rng: Random) -> list[str]:
    layers = []
    things = [motif for motif in subject.motifs if motif in OBJECTS]
    places = ((206, GROUND + 62, 1.16), (622, GROUND + 82, 1.0), (600, GROUND + 40, 0.8))
    for motif, (x, y, scale) in zip(things, places, strict=False):
        layers.append(group([OBJECTS[motif](subject.ink, rng)], x, y, 0, scale))
    x, aside = (610, 92) if things else (212, -96)
    for bloom in _blooms(subject):
        turn = rng.uniform(-30, 30)
        layers.append(group([bloom(subject.ink, rng)], x, GROUND + 16, turn, 1.25))
        layers.append(group([bloom(subject.ink, rng)], x + aside, GROUND + 76, 40, 0.72))
    return layers


def _blooms(subject: Subject) -> list[Motif]:
    return [FLOWERS[motif] for motif in subject.motifs if motif in FLOWERS]


def gradients(ink: Ink) -> str:
    """Return the gradients that stages, bottles and things are filled with."""
    glass, oil = lighter(ink.primary, 0.55), ink.primary
    metal = mix("#b8935a", ink.accent, 0.18)
    wood = mix("#b07f52", ink.accent, 0.12)
    return "".join(
        [
            "<defs>",
            _linear(
                "air",
                [
                    (0, lighter(ink.secondary, 0.45), 1),
                    (1, mix(ink.secondary, ink.primary, 0.14), 1),
                ],
                down=True,
            ),
            _linear(
                "glass",
                [
                    (0, darker(glass, 0.12), 0.92),
                    (0.2, lighter(glass, 0.4), 0.85),
                    (0.75, glass, 0.88),
                    (1, darker(glass, 0.2), 0.95),
                ],
            ),
            _linear(
                "oil",
                [
                    (0, darker(oil, 0.18), 0.95),
                    (0.3, lighter(oil, 0.12), 0.92),
                    (1, darker(oil, 0.25), 0.96),
                ],
            ),
            _linear(
                "edge",
                [
                    (0, "#ffffff", 0.28),
                    (0.08, "#ffffff", 0),
                    (0.86, "#000000", 0),
                    (1, "#000000", 0.18),
                ],
            ),
            _linear(
                "cap",
                [
                    (0, darker(metal, 0.3), 1),
                    (0.25, lighter(metal, 0.5), 1),
                    (0.6, metal, 1),
                    (1, darker(metal, 0.35), 1),
                ],
            ),
            _linear("fold", [(0, "#000000", 0.14), (0.35, "#ffffff", 0.14), (1, "#000000", 0.04)]),
            _radial("ball", [(0, lighter(wood, 0.45)), (0.6, wood), (1, darker(wood, 0.3))]),
            _SHADE,
            "</defs>",
        ]
    )


def _linear(name: str, stops: Sequence[tuple[float, str, float]], *, down: bool = False) -> str:
    direction = ' x2="0" y2="1"' if down else ""
    marks = "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{opacity}"/>'
        for at, colour, opacity in stops
    )
    return f'<linearGradient id="{name}"{direction}>{marks}</linearGradient>'


def _radial(name: str, stops: Sequence[tuple[float, str]]) -> str:
    marks = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)
    return f'<radialGradient id="{name}" cx=".36" cy=".32" r=".72">{marks}</radialGradient>'


def _seed(subject: Subject) -> int:
    return int.from_bytes(hashlib.sha256("|".join(subject.words).encode()).digest()[:8], "big")
