"""Fruits that lie on the ground at the origin, about 130 units across."""

from random import Random

from cloud.catalogue.art.ink import (
    Ink,
    Point,
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
    shadow,
)
from cloud.catalogue.art.leaves import leaf


def orb(r: float, colour: str, x: float = 0, y: float = 0) -> str:
    """Draw a lit ball standing on the ground: berries, plums, tomatoes."""
    centre = y - r
    return "".join(
        [
            circle(x, centre, r, darker(colour, 0.22)),
            circle(x - r * 0.06, centre - r * 0.06, r * 0.92, colour),
            ellipse(x - r * 0.26, centre - r * 0.3, r * 0.5, r * 0.44, lighter(colour, 0.22)),
            ellipse(x - r * 0.34, centre - r * 0.42, r * 0.17, r * 0.12, "#fff", opacity=0.75),
        ]
    )


def citrus(ink: Ink, rng: Random, rind: str, pulp: str) -> str:
    """Draw a whole citrus fruit with a cut half leaning on it."""
    peel = ink.natural(rind, 0.08)
    fruit = [shadow(250, 26, 6, 4), orb(66, peel, -40)]
    fruit += [
        circle(
            -40 + rng.uniform(-44, 44),
            -66 + rng.uniform(-44, 44),
            1.8,
            darker(peel, 0.2),
            opacity=0.5,
        )
        for _ in range(16)
    ]
    fruit.append(leaf(58, 26, ink.natural("#6d8f52"), 52, -40, -128))
    return "".join(fruit) + group([_citrus_half(peel, pulp)], 58, -56)


def fig(ink: Ink, rng: Random) -> str:
    """Draw a whole fig and a cut one."""
    skin, flesh = ink.natural("#5e4468", 0.1), ink.natural("#c4566b", 0.1)
    body = (
        "M0 0C-56 0 -66 -62 -34 -92C-18 -106 -10 -116 -5 -132L7 -132"
        "C10 -116 18 -106 34 -92C66 -62 56 0 0 0Z"
    )
    whole = [
        path(body, skin),
        path(
            "M0 0C56 0 66 -62 34 -92C18 -106 10 -116 7 -132L4 -132C6 -90 30 -40 0 0Z",
            darker(skin, 0.28),
        ),
        *(
            line(
                f"M{n(x)} -12Q{n(x * 1.6)} -66 {n(x * 0.2)} -118",
                lighter(skin, 0.3),
                1.5,
                opacity=0.55,
            )
            for x in (-22, -8)
        ),
    ]
    cut = [
        path(body, skin),
        group([path(body, "#f3e6cf")], 0, -5, scale=0.9),
        group([path(body, flesh)], 0, -12, scale=0.7),
    ]
    for _ in range(30):
        x, y = polar(rng.uniform(0, 360), 27 * rng.random() ** 0.5)
        cut.append(ellipse(x, y - 46, 2, 3, "#f5d9a8"))
    cut.append(ellipse(0, -46, 8, 15, darker(flesh, 0.3)))
    return shadow(240, 24, 0, 3) + group(whole, -50, 0, -6) + group(cut, 56, 0, 7)


def berries(ink: Ink, rng: Random) -> str:
    """Draw a scatter of currants on their stalk."""
    dark = ink.natural("#3d2a4d", 0.15)
    marks = [shadow(200, 20, 0, 3)]
    for x, y, r in (
        (-62, 0, 26),
        (-14, 0, 30),
        (40, 0, 27),
        (84, 0, 20),
        (-38, -42, 24),
        (14, -48, 25),
    ):
        marks.append(
            orb(r + rng.uniform(-2, 2), mix(dark, lighter(dark, 0.35), rng.random() * 0.5), x, y)
        )
    return "".join(marks)


def pear(ink: Ink, rng: Random) -> str:
    """Draw a pear with its leaf."""
    green = ink.natural("#b6bb58", 0.06)
    body = (
        "M0 0C-62 0 -76 -58 -46 -94C-26 -118 -32 -150 -6 -156C24 -160 28 -122 46 -96"
        "C76 -56 62 0 0 0Z"
    )
    marks = [shadow(170, 22, 4, 3), path(body, green)]
    marks.append(
        path(
            (
                "M0 0C62 0 76 -56 46 -96C28 -122 24 -160 -6 -156C20 -140 18 -110 30 -80"
                "C44 -40 30 -8 0 0Z"
            ),
            darker(green, 0.15),
        )
    )
    marks.append(
        ellipse(-30, -62, 12, 26, lighter(green, 0.45), opacity=0.7, transform="rotate(18 -30 -62)")
    )
    marks += [
        circle(rng.uniform(-40, 44), rng.uniform(-84, -14), 1.6, darker(green, 0.35), opacity=0.6)
        for _ in range(22)
    ]
    marks += [
        line("M-4 -154Q-2 -176 10 -186", ink.natural("#6b4b30"), 6),
        leaf(64, 28, ink.natural("#6f9450"), 74, 2, -166),
    ]
    return "".join(marks)


def plum(ink: Ink, _rng: Random) -> str:
    """Draw three plums with their bloom."""
    skin = ink.natural("#5a3156", 0.2)
    marks = [shadow(270, 26, 4, 4)]
    for x, r, shade in ((-72, 52, darker(skin, 0.1)), (62, 50, skin), (-6, 60, lighter(skin, 0.1))):
        marks.append(orb(r, shade, x))
        marks.append(
            line(
                f"M{n(x + r * 0.1)} {n(-r * 1.95)}Q{n(x + r * 0.5)} {n(-r)} {n(x + r * 0.12)} -6",
                darker(skin, 0.4),
                2.5,
                opacity=0.6,
            )
        )
    marks.append(leaf(66, 30, ink.natural("#6f8a4e"), 58, -2, -116))
    return "".join(marks)


def tomato(ink: Ink, _rng: Random) -> str:
    """Draw two tomatoes with their stars."""
    red = ink.natural("#d2513a", 0.04)
    marks = [shadow(230, 24, 4, 4)]
    for x, r in ((-46, 56), (58, 44)):
        marks.append(ellipse(x, -r * 0.92, r * 1.1, r * 0.94, darker(red, 0.2)))
        marks.append(ellipse(x - 3, -r * 0.96, r * 1.02, r * 0.86, red))
        marks.append(
            ellipse(x - r * 0.4, -r * 1.25, r * 0.3, r * 0.18, lighter(red, 0.5), opacity=0.8)
        )
        marks.append(
            group(
                [
                    group([path(blade(r * 0.62, 11), ink.natural("#56803d"))], turn=t)
                    for t in (-96, -48, 6, 52, 100)
                ],
                x + 4,
                -r * 1.72,
            )
        )
    return "".join(marks)


def coconut(ink: Ink, rng: Random) -> str:
    """Draw a coconut cut in half, the bowl towards us."""
    shell = ink.natural("#6d4a33", 0.05)
    marks = [
        shadow(220, 26, 0, 4),
        circle(0, -78, 80, darker(shell, 0.2)),
        circle(-3, -80, 76, shell),
    ]
    for _ in range(46):
        x, y = polar(rng.uniform(0, 360), 62 + 16 * rng.random())
        marks.append(
            line(
                f"M{n(x)} {n(y - 79)}l{n(rng.uniform(-9, 9))} {n(rng.uniform(3, 10))}",
                lighter(shell, 0.25),
                1.6,
                opacity=0.7,
            )
        )
    marks += [
        circle(-2, -82, 62, "#fbf8f0"),
        circle(0, -79, 44, "#e6e2d6"),
        ellipse(-4, -70, 38, 32, "#f4f1e8"),
    ]
    marks.append(path("M-38 -74A42 42 0 0 1 20 -116A44 44 0 0 0 -38 -74Z", "#fff", opacity=0.8))
    return "".join(marks)


def _citrus_half(peel: str, pulp: str) -> str:
    marks = [
        circle(0, 0, 58, darker(peel, 0.08)),
        circle(0, 0, 53, lighter(peel, 0.85)),
        circle(0, 0, 47, lighter(peel, 0.5)),
    ]
    for step in range(9):
        a, b = polar(step * 40 + 3.5, 44), polar(step * 40 + 36.5, 44)
        i, o = polar(step * 40 + 20, 9), polar(step * 40 + 20, 48)
        marks.append(
            path(
                f"M{_at(i)}L{_at(a)}Q{_at(o)} {_at(b)}Z",
                pulp,
                stroke=pulp,
                stroke_width=3,
                stroke_linejoin="round",
            )
        )
        x, y = polar(step * 40 + 16, 30)
        marks.append(line(f"M{n(x)} {n(y)}l{n(x * 0.2)} {n(y * 0.2)}", lighter(pulp, 0.55), 2.4))
    return "".join([*marks, circle(0, 0, 6, lighter(peel, 0.85))])


def _at(point: Point) -> str:
    return f"{n(point[0])} {n(point[1])}"
