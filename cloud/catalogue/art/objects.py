"""Woods, stones, shells and resins that lie on the ground at the origin."""

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
    polygon,
    rect,
    shadow,
)


def log(ink: Ink, rng: Random) -> str:
    """Draw a sawn slice of trunk with its rings, a second one flat beneath."""
    wood, bark = ink.natural("#d3a878", 0.08), ink.natural("#6a4a34", 0.1)
    marks = [
        shadow(270, 28, 0, 4),
        rect(-112, -34, 224, 34, bark, rx=12),
        ellipse(0, -36, 112, 18, wood),
    ]
    marks += [
        ellipse(4, -36, r, r * 0.16, "none", stroke=darker(wood, 0.2), stroke_width=1.6)
        for r in (92, 70, 48, 26)
    ]
    slice_ = [circle(0, 0, 72, bark), circle(0, 0, 65, wood)]
    for step in range(7):
        r = 58 - step * 8.4
        slice_.append(
            ellipse(
                rng.uniform(-2, 2) + 3,
                rng.uniform(-2, 2),
                r,
                r * rng.uniform(0.94, 1),
                "none",
                stroke=darker(wood, 0.1 + 0.14 * rng.random()),
                stroke_width=2.2,
            )
        )
    slice_.append(line("M3 0L46 -36", darker(wood, 0.28), 2))
    return "".join(marks) + group(slice_, -22, -112)


def driftwood(ink: Ink, rng: Random) -> str:
    """Draw a bleached branch lying across the sand."""
    wood = ink.natural("#c3ad92", 0.05)
    body = (
        "M-190 -8C-130 -40 -70 -14 -10 -30C40 -44 70 -90 128 -104L134 -94"
        "C96 -78 78 -52 62 -36C110 -40 150 -34 196 -52L198 -42C150 -14 80 -6 20 -4"
        "C-50 -2 -120 6 -186 4Z"
    )
    marks = [
        shadow(400, 26, 0, 4),
        path(body, wood),
        path(
            (
                "M-186 4C-120 6 -50 -2 20 -4C80 -6 150 -14 198 -42C150 -26 80 -18 20 -14"
                "C-50 -8 -120 -6 -186 4Z"
            ),
            darker(wood, 0.22),
        ),
    ]
    for _ in range(9):
        x = rng.uniform(-150, 60)
        marks.append(
            line(
                f"M{n(x)} {n(rng.uniform(-20, -12))}q30 -9 {n(rng.uniform(40, 74))} -4",
                darker(wood, 0.3),
                1.7,
                opacity=0.6,
            )
        )
    return "".join(marks)


def pebbles(ink: Ink, rng: Random) -> str:
    """Draw smooth stones, one stacked on another."""
    stone = mix("#b9b0a6", ink.primary, 0.2)
    marks = [shadow(260, 22, 0, 4)]
    for x, y, w, h in (
        (-70, -20, 56, 22),
        (54, -23, 66, 25),
        (-50, -54, 40, 16),
        (128, -10, 24, 11),
        (-136, -9, 22, 10),
    ):
        shade = mix(stone, lighter(stone, 0.5), rng.random())
        marks += [
            ellipse(x, y, w, h, darker(shade, 0.16)),
            ellipse(x - 2, y - 3, w * 0.95, h * 0.86, shade),
            ellipse(x - w * 0.25, y - h * 0.42, w * 0.4, h * 0.2, lighter(shade, 0.5), opacity=0.6),
        ]
    return "".join(marks)


def shell(ink: Ink, rng: Random) -> str:
    """Draw a scallop shell standing on its hinge."""
    pale = mix("#f3dccb", ink.secondary, 0.2)
    fan, ribs = [], []
    for step in range(9):
        angle = -64 + step * 16
        x, y = polar(angle, 92)
        fan.append(f"Q{n(polar(angle - 8, 103)[0])} {n(polar(angle - 8, 103)[1])} {n(x)} {n(y)}")
        ribs.append(line(f"M0 -8L{n(x * 0.93)} {n(y * 0.93)}", darker(pale, 0.2), 2, opacity=0.7))
    start = polar(-72, 84)
    end = polar(72, 84)
    body = f"M0 0L{n(start[0])} {n(start[1])}{''.join(fan)}L{n(end[0])} {n(end[1])}Z"
    bands = [
        path(
            f"M{n(-r * 0.9)} {n(-r * 0.4)}Q0 {n(-r * 1.25)} {n(r * 0.9)} {n(-r * 0.4)}",
            stroke=mix(pale, ink.accent, 0.5),
            stroke_width=5,
            opacity=0.4,
        )
        for r in (40, 62)
    ]
    return shadow(170, 20, 0, 3) + group(
        [
            polygon([(-26, 0), (26, 0), (14, -20), (-14, -20)], darker(pale, 0.14)),
            path(body, pale, stroke=darker(pale, 0.2), stroke_width=1.6),
            *ribs,
            *bands,
        ],
        0,
        -2,
        rng.uniform(-9, 9),
    )


def resin(ink: Ink, rng: Random) -> str:
    """Draw faceted lumps of amber."""
    gold = mix("#d58b2c", ink.accent, 0.2)
    marks = [shadow(240, 24, 0, 4)]
    for x, w, h in ((-74, 66, 60), (62, 74, 70), (-4, 84, 98), (120, 38, 34)):
        shade = mix(gold, lighter(gold, 0.35), rng.random())
        left, right, top = x - w / 2, x + w / 2, -h
        ridge = x + rng.uniform(-0.1, 0.12) * w
        marks += [
            polygon(
                [
                    (left + 6, 0),
                    (left, -h * 0.5),
                    (ridge - w * 0.2, top),
                    (ridge + w * 0.2, top + 6),
                    (right, -h * 0.42),
                    (right - 8, 0),
                ],
                shade,
            ),
            polygon(
                [
                    (ridge, -h * 0.56),
                    (ridge + w * 0.2, top + 6),
                    (right, -h * 0.42),
                    (right - 8, 0),
                    (ridge + 4, 0),
                ],
                darker(shade, 0.22),
            ),
            polygon(
                [
                    (left, -h * 0.5),
                    (ridge - w * 0.2, top),
                    (ridge + w * 0.2, top + 6),
                    (ridge, -h * 0.56),
                ],
                lighter(shade, 0.4),
            ),
            line(
                f"M{n(left + w * 0.2)} {n(-h * 0.36)}l{n(w * 0.12)} {n(h * 0.2)}",
                lighter(shade, 0.65),
                3,
                opacity=0.7,
            ),
        ]
    return "".join(marks)


def cone(ink: Ink, rng: Random) -> str:
    """Draw a fir cone on its side."""
    wood = ink.natural("#8f6240", 0.06)
    scales = []
    for row in range(9):
        across = 3 + (row if row < 4 else 8 - row) // 1 * 0.6
        for step in range(int(across)):
            x, reach = -88 + row * 21, 44 - abs(row - 3.4) * 6
            y = (step - (int(across) - 1) / 2) * reach * 0.62
            shade = mix(wood, lighter(wood, 0.4), rng.random() * 0.8)
            scales.append(
                group(
                    [
                        path(blade(40, 32, 0.62), darker(shade, 0.25)),
                        path(blade(34, 24, 0.66), shade),
                    ],
                    x,
                    y,
                    -90,
                )
            )
    return shadow(230, 24, -8, 4) + group(scales, 6, -42, -9)
