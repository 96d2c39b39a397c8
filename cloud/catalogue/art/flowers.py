"""Flowers seen from the front, centred on the origin and about 150 units across."""

from random import Random

from cloud.catalogue.art.ink import (
    Ink,
    blade,
    circle,
    darker,
    ellipse,
    group,
    lighter,
    line,
    mix,
    n,
    path,
    polar,
)
from cloud.catalogue.art.leaves import leaf


def blossom(ink: Ink, rng: Random) -> str:
    """Draw an orange blossom: five thick white petals and a crown of stamens."""
    white = lighter(ink.secondary, 0.72)
    marks = _backing_leaves(ink, rng)
    marks += _ring(5, 74, 56, white, rng.uniform(0, 40), 0.6)
    for step in range(13):
        x, y = polar(step * 360 / 13, 21 + rng.uniform(-3, 4))
        marks += [
            line(f"M0 0L{n(x)} {n(y)}", lighter(ink.secondary, 0.3), 2),
            circle(x, y, 4, ink.natural("#e2a93a", 0.08)),
        ]
    return "".join([*marks, circle(0, 0, 8, ink.natural("#b9bf62"))])


def jasmine(ink: Ink, rng: Random) -> str:
    """Draw a jasmine star: five narrow petals and a deep throat."""
    white = lighter(ink.secondary, 0.55)
    marks = _backing_leaves(ink, rng)
    marks += _ring(5, 80, 40, white, rng.uniform(0, 40), 0.55)
    return "".join(
        [*marks, circle(0, 0, 11, mix(white, ink.accent, 0.5)), circle(0, 0, 5, ink.accent)]
    )


def daisy(ink: Ink, rng: Random) -> str:
    """Draw a chamomile head: a ring of white rays and a yellow dome."""
    white = lighter(ink.secondary, 0.75)
    marks = _ring(17, 74, 21, white, rng.uniform(0, 20), 0.62)
    gold = ink.natural("#e7b432", 0.1)
    marks += [circle(0, 0, 27, darker(gold, 0.12)), circle(-2, -3, 25, gold)]
    for _ in range(26):
        x, y = polar(rng.uniform(0, 360), 22 * rng.random() ** 0.5)
        marks.append(circle(x - 2, y - 3, 2, lighter(gold, 0.45)))
    return "".join(marks)


def rose(ink: Ink, rng: Random) -> str:
    """Draw a garden rose: rings of cupped petals closing on a spiral."""
    red = ink.natural("#c65d70", 0.3)
    return "".join(_backing_leaves(ink, rng)) + _cupped(red, rng, rings=4, petals=6)


def peony(ink: Ink, rng: Random) -> str:
    """Draw a peony: more and ragged petals than a rose, paler at the rim."""
    pink = ink.natural("#e59ab0", 0.3)
    return "".join(_backing_leaves(ink, rng)) + _cupped(pink, rng, rings=5, petals=9)


def orchid(ink: Ink, _rng: Random) -> str:
    """Draw an orchid: three sepals, two broad petals and a marked lip."""
    pale = lighter(ink.secondary, 0.5)
    rim = mix(pale, ink.accent, 0.42)
    marks = [group([path(blade(82, 40), rim)], turn=turn) for turn in (0, 128, -128)]
    marks += [
        group(
            [path(blade(80, 78, 0.5), mix(pale, ink.accent, 0.2)), _veins(80, ink.accent)],
            turn=turn,
        )
        for turn in (62, -62)
    ]
    lip = mix(ink.accent, ink.primary, 0.25)
    marks += [
        path("M-14 2C-34 26 -20 56 0 58C20 56 34 26 14 2Z", lip),
        path("M-7 6C-14 24 -8 38 0 40C8 38 14 24 7 6Z", lighter(lip, 0.45)),
        circle(0, 0, 10, lighter(ink.secondary, 0.2)),
        circle(0, 3, 4, ink.natural("#d9a33a", 0.1)),
    ]
    return "".join(marks)


def iris(ink: Ink, _rng: Random) -> str:
    """Draw an iris: three standards up, three falls down with a yellow beard."""
    violet = ink.natural("#8a80b5", 0.12)
    marks = [
        group([path(blade(88, 62, 0.55), shade), _veins(88, darker(violet, 0.3))], turn=turn)
        for turn, shade in ((-26, violet), (26, violet), (0, lighter(violet, 0.25)))
    ]
    fall = [
        path(blade(92, 66, 0.6), darker(violet, 0.14)),
        _veins(92, lighter(violet, 0.3)),
        line("M0 -8L0 -40", ink.natural("#e0b23c", 0.05), 7),
    ]
    marks += [group(fall, turn=turn) for turn in (118, -118, 180)]
    return "".join([*marks, circle(0, 0, 9, lighter(violet, 0.35))])


def cotton(ink: Ink, rng: Random) -> str:
    """Draw an open cotton boll: four puffs held by dry bracts."""
    brown = ink.natural("#9b7a55")
    marks = [leaf(84, 34, brown, turn) for turn in (45, 135, 225, 315)]
    for turn in (0, 90, 180, 270):
        x, y = polar(turn + 2, 28)
        marks += [circle(x, y, 34, "#e9e6de"), circle(x - 4, y - 5, 30, "#fbfaf6")]
        for _ in range(3):
            dx, dy = rng.uniform(-16, 16), rng.uniform(-16, 16)
            marks.append(line(f"M{n(x + dx)} {n(y + dy)}q8 -7 15 1", "#dcd8cd", 1.8))
    return "".join([*marks, circle(0, 0, 20, "#fbfaf6")])


def anise(ink: Ink, rng: Random) -> str:
    """Draw a star anise: eight woody boats, a seed in each."""
    wood, seed = ink.natural("#8a4f2c", 0.1), ink.natural("#c98f54", 0.05)
    marks = [
        group(
            [
                path(blade(76 + rng.uniform(-5, 4), 31, 0.5), darker(wood, 0.12)),
                path(blade(70, 19, 0.5), darker(wood, 0.42)),
                ellipse(0, -33, 6.5, 11, seed),
                ellipse(-2, -37, 2, 4, lighter(seed, 0.6)),
            ],
            turn=step * 45 + rng.uniform(-3, 3),
        )
        for step in range(8)
    ]
    return "".join([*marks, circle(0, 0, 9, darker(wood, 0.3))])


def _ring(
    count: int, length: float, width: float, colour: str, start: float, belly: float
) -> list[str]:
    petals = []
    for step in range(count):
        shade = darker(colour, 0.05 if step % 2 else 0)
        petals.append(
            group(
                [
                    path(
                        blade(length, width, belly),
                        shade,
                        stroke=darker(colour, 0.14),
                        stroke_width=1,
                    ),
                    line(f"M0 -14L0 {n(-length * 0.62)}", darker(colour, 0.12), 1.3, opacity=0.8),
                ],
                turn=start + step * 360 / count,
            )
        )
    return petals


def _cupped(colour: str, rng: Random, rings: int, petals: int) -> str:
    marks = []
    for ring in range(rings):
        reach = 82 * (1 - ring / (rings + 0.6))
        shade = mix(lighter(colour, 0.32), darker(colour, 0.2), ring / rings)
        for petal in range(petals - ring // 2):
            turn = petal * 360 / (petals - ring // 2) + ring * 31 + rng.uniform(-7, 7)
            wide = reach * (4.6 / (petals - ring // 2)) + 14
            marks.append(
                group(
                    [
                        path(blade(reach, wide * 1.5, 0.78), shade),
                        path(blade(reach * 0.93, wide * 1.12, 0.76), mix(shade, colour, 0.5)),
                    ],
                    turn=turn,
                )
            )
    heart = darker(colour, 0.3)
    marks.append(circle(0, 0, 15, mix(colour, heart, 0.6)))
    marks.append(
        line("M-7 2A8 8 0 1 1 5 6A6 6 0 1 1 -3 -1A3 3 0 0 1 2 1", lighter(colour, 0.3), 2.4)
    )
    return "".join(marks)


def _veins(length: float, colour: str) -> str:
    return line(
        "".join(
            f"M0 -6Q{n(side * 9)} {n(-length * 0.4)} {n(side * 15)} {n(-length * 0.72)}"
            for side in (-1, 0, 1)
        ),
        colour,
        1.3,
        opacity=0.45,
    )


def _backing_leaves(ink: Ink, rng: Random) -> list[str]:
    green = ink.natural("#6f8f5a")
    start = rng.uniform(0, 90)
    return [
        leaf(104, 42, mix(green, lighter(green, 0.3), rng.random()), start + turn)
        for turn in (0, 118, 236)
    ]
