"""Nuts, spices and roots that lie on the ground at the origin, about 250 units across."""

from random import Random

from cloud.catalogue.art.fruits import orb
from cloud.catalogue.art.ink import (
    Ink,
    blade,
    darker,
    ellipse,
    group,
    lighter,
    line,
    mix,
    n,
    path,
    polar,
    polygon,
    rect,
    shadow,
)


def almond(ink: Ink, rng: Random) -> str:
    """Draw a handful of almonds."""
    skin = ink.natural("#a86a3a", 0.08)
    marks = [shadow(250, 24, 0, 5)]
    places = (
        (-88, -12, 68),
        (-34, -16, 108),
        (28, -12, 70),
        (84, -14, 112),
        (-62, -46, 92),
        (4, -50, 84),
        (58, -46, 100),
        (-26, -78, 74),
    )
    for x, y, turn in places:
        shade = mix(skin, lighter(skin, 0.3), rng.random())
        ridges = [
            line(f"M{n(o)} -12Q{n(o * 2.1)} -34 {n(o)} -58", darker(shade, 0.22), 1.4)
            for o in (-7, 0, 7)
        ]
        marks.append(
            group(
                [path(blade(72, 50, 0.36), shade), *ridges],
                x - 34 if turn < 90 else x + 34,
                y,
                turn if turn < 90 else turn - 180,
            )
        )
    return "".join(marks)


def cardamom(ink: Ink, rng: Random) -> str:
    """Draw a few ribbed cardamom pods."""
    green = ink.natural("#9aa560", 0.06)
    marks = [shadow(200, 18, 0, 4)]
    for x, y, turn in ((-74, -6, 72), (-8, -8, 104), (58, -6, 80), (-36, -32, 88), (28, -34, 96)):
        shade = mix(green, lighter(green, 0.3), rng.random())
        ribs = [
            line(f"M{n(o)} -10Q{n(o * 2.4)} -30 {n(o)} -52", darker(shade, 0.2), 1.6)
            for o in (-5, 0, 5)
        ]
        marks.append(group([path(blade(64, 34, 0.45), shade), *ribs], x - 30, y, turn))
    return "".join(marks)


def pepper(ink: Ink, rng: Random) -> str:
    """Draw scattered peppercorns."""
    corn = ink.natural("#4d3c38", 0.3)
    marks = []
    for _ in range(13):
        x, y, r = rng.uniform(-110, 110), rng.uniform(-8, 10), rng.uniform(8, 13)
        marks += [
            (y, shadow(r * 2.6, 7, x + 2, y)),
            (y + 0.1, orb(r, mix(corn, ink.accent, rng.random() * 0.6), x, y)),
        ]
    return "".join(mark for _, mark in sorted(marks))


def cinnamon(ink: Ink, rng: Random) -> str:
    """Draw a tied bundle of cinnamon quills."""
    bark = ink.natural("#a5683f", 0.04)
    marks = [shadow(300, 24, 0, 4)]
    for x, y in ((0, -14), (8, -40), (-4, -64)):
        shade = mix(bark, lighter(bark, 0.25), rng.random())
        marks += [
            rect(x - 138, y - 14, 276, 27, shade, rx=13),
            rect(x - 138, y - 1, 276, 13, darker(shade, 0.2), rx=7),
        ]
        marks += [
            ellipse(x + 128, y, 10, 13, darker(shade, 0.45)),
            line(f"M{n(x + 124)} {n(y)}a5 6 0 1 1 5 5", lighter(shade, 0.2), 2.4),
        ]
    for x in (-30, -16):
        marks.append(line(f"M{x} -82Q{x - 8} -40 {x} 0", ink.natural("#efe3c8"), 4.5))
    marks.append(
        line(
            "M-24 -82q-22 -26 -34 -8q-2 14 34 8q24 -28 36 -8q0 14 -36 8", ink.natural("#efe3c8"), 4
        )
    )
    return "".join(marks)


def vanilla(ink: Ink, rng: Random) -> str:
    """Draw three vanilla pods laid across each other."""
    pod = ink.natural("#3b2a20", 0.12)
    marks = [shadow(330, 20, 0, 4)]
    for start, lift, shade in (
        (-168, -30, lighter(pod, 0.12)),
        (-150, -58, pod),
        (-160, -12, lighter(pod, 0.2)),
    ):
        d = f"M{start} {n(lift + 22)}Q-20 {n(lift - 18)} {-start} {n(lift + rng.uniform(-16, 10))}"
        marks += [line(d, shade, 12), line(d, lighter(shade, 0.3), 2.2, opacity=0.7)]
    return "".join(marks)


def ginger(ink: Ink, _rng: Random) -> str:
    """Draw a knobbed root with one cut face."""
    root = ink.natural("#d9b27c", 0.03)
    body = (
        "M-128 -12C-150 -44 -116 -72 -84 -60C-78 -98 -30 -102 -20 -68"
        "C10 -88 34 -74 40 -60C58 -100 104 -92 102 -56C138 -56 146 -16 116 -6"
        "C60 6 -70 6 -128 -12Z"
    )
    marks = [
        shadow(290, 24, 0, 4),
        path(body, root),
        path(
            (
                "M-128 -12C-70 6 60 6 116 -6C130 -12 134 -22 132 -32C80 -8 -60 -8 -134 -30"
                "C-134 -24 -132 -18 -128 -12Z"
            ),
            darker(root, 0.16),
        ),
    ]
    marks += [
        line(f"M{x} {y}q9 8 22 3", darker(root, 0.25), 2)
        for x, y in (
            (-104, -46),
            (-64, -74),
            (-20, -50),
            (22, -56),
            (66, -70),
            (74, -36),
            (-72, -30),
        )
    ]
    marks += [
        ellipse(102, -52, 24, 22, lighter(root, 0.1)),
        ellipse(101, -53, 19, 17, "#f6de9b"),
        ellipse(101, -53, 11, 10, "none", stroke="#e3bf6d", stroke_width=2),
    ]
    return "".join(marks)


def honey(ink: Ink, rng: Random) -> str:
    """Draw a piece of comb with a drip."""
    gold = ink.natural("#e3a233", 0.05)
    marks = [
        shadow(220, 24, 0, 4),
        path("M-96 0L-104 -70L-60 -112L70 -108L104 -60L92 0Z", lighter(gold, 0.12)),
    ]
    for row in range(4):
        for column in range(6):
            x, y = -84 + column * 34 + (17 if row % 2 else 0), -14 - row * 29
            if abs(x) > 92 - row * 9:
                continue
            full = rng.random() < 0.55
            cell = [polar(turn, 18) for turn in range(0, 360, 60)]
            marks.append(
                group(
                    [
                        polygon(
                            cell,
                            gold if full else darker(gold, 0.3),
                            stroke=lighter(gold, 0.45),
                            stroke_width=3.5,
                        )
                    ],
                    x,
                    y,
                )
            )
    marks.append(path("M40 -4C40 14 48 26 52 26C56 26 64 14 64 -4Z", gold))
    return "".join(marks)
