"""Sprigs: things that grow up from the origin, about 300 units tall."""

from random import Random

from cloud.catalogue.art.ink import (
    Ink,
    blade,
    circle,
    darker,
    ellipse,
    group,
    half_blade,
    lighter,
    line,
    mix,
    n,
    path,
    polar,
)


def leaf(
    length: float, width: float, colour: str, turn: float = 0, x: float = 0, y: float = 0
) -> str:
    """Draw one leaf with a lit and a shaded half and its middle vein."""
    return group(
        [
            path(blade(length, width), colour),
            path(half_blade(length, width), darker(colour, 0.16)),
            line(f"M0 0L0 {n(-length * 0.9)}", lighter(colour, 0.35), 1.2, opacity=0.7),
        ],
        x,
        y,
        turn,
    )


def leafy_branch(ink: Ink, rng: Random) -> str:
    """Draw a branch of pointed leaves, as of bay, lemon or fig."""
    green = ink.natural("#6d8b57")
    marks = [_stem(310, darker(green, 0.3), 4)]
    for step in range(7):
        y, side = -50 - step * 36, -1 if step % 2 else 1
        size = 112 - step * 8 + rng.uniform(-6, 6)
        shade = mix(green, lighter(green, 0.4), rng.random() * 0.7)
        marks.append(leaf(size, size * 0.42, shade, side * rng.uniform(46, 62), _lean(y), y))
    marks.append(leaf(92, 38, lighter(green, 0.2), 4, _lean(-290), -290))
    return "".join(marks)


def eucalyptus(ink: Ink, rng: Random) -> str:
    """Draw a branch of paired round silver leaves."""
    silver = ink.natural("#8fae9f")
    marks = [_stem(310, ink.natural("#8a7563"), 3.5)]
    for step in range(7):
        y, r = -50 - step * 40, 42 - step * 3.6
        for side in (-1, 1):
            shade = mix(silver, lighter(silver, 0.5), rng.random() * 0.8)
            x = _lean(y) + side * (r * 0.92)
            lift = y - rng.uniform(4, 16)
            marks.append(ellipse(x, lift, r, r * 0.86, shade, transform=_turn(side * -24, x, lift)))
            marks.append(
                line(
                    f"M{n(_lean(y))} {n(y)}L{n(x + side * r * 0.5)} {n(lift - 3)}",
                    lighter(silver, 0.6),
                    1.3,
                )
            )
    marks.append(ellipse(_lean(-322), -322, 13, 17, lighter(silver, 0.3)))
    return "".join(marks)


def needles(ink: Ink, rng: Random) -> str:
    """Draw a bough of conifer or rosemary needles."""
    green = ink.natural("#4f7158")
    marks = [_stem(300, ink.natural("#6b4d38"), 5)]
    for step in range(27):
        y = -34 - step * 10
        reach = 78 - abs(step - 7) * 2.4
        for side in (-1, 1):
            angle = side * (40 + rng.uniform(-8, 8))
            dx, dy = polar(angle, reach + rng.uniform(-8, 8))
            x = _lean(y)
            shade = mix(green, lighter(green, 0.45), rng.random())
            marks.append(
                line(
                    f"M{n(x)} {n(y)}Q{n(x + dx * 0.6)} {n(y + dy * 0.35)} {n(x + dx)} {n(y + dy)}",
                    shade,
                    4,
                )
            )
    return "".join(marks)


def lavender(ink: Ink, rng: Random) -> str:
    """Draw three stalks of lavender in flower."""
    return "".join(
        group([_lavender_stalk(ink, rng, height)], turn=turn)
        for turn, height in ((-13, 250), (11, 265), (-1, 312))
    )


def mint(ink: Ink, rng: Random) -> str:
    """Draw a stalk of crossed, toothed leaves: mint or basil."""
    green = ink.natural("#6fa35c")
    marks = [_stem(250, darker(green, 0.3), 5)]
    for step in range(5):
        y, size = -44 - step * 50, 120 - step * 15
        for side in (-1, 1):
            shade = mix(green, lighter(green, 0.4), 0.15 + 0.5 * rng.random())
            turn = side * (62 - step * 4 + rng.uniform(-5, 5))
            marks.append(group([_toothed(size, shade)], _lean(y), y, turn))
    marks.append(group([_toothed(46, lighter(green, 0.35))], _lean(-262), -256, -14))
    marks.append(group([_toothed(46, lighter(green, 0.25))], _lean(-262), -256, 16))
    return "".join(marks)


def fern(ink: Ink, rng: Random) -> str:
    """Draw a fern frond, narrow at both ends."""
    green = ink.natural("#5f8450")
    marks = [_stem(320, darker(green, 0.25), 3.5)]
    for step in range(19):
        y = -24 - step * 15.5
        size = 22 + 92 * (step / 7 if step < 7 else (19 - step) / 13)
        shade = mix(green, lighter(green, 0.4), rng.random() * 0.7)
        marks += [leaf(size, size * 0.2 + 5, shade, side * 66, _lean(y), y) for side in (-1, 1)]
    return "".join(marks)


def grass(ink: Ink, rng: Random) -> str:
    """Draw a tuft of vetiver or lemongrass blades."""
    green = ink.natural("#8c9360")
    marks = []
    for step in range(17):
        bend = (step - 8) * 19 + rng.uniform(-14, 14)
        height = 330 - abs(step - 8) * 17 + rng.uniform(-24, 24)
        root = (step - 8) * 3.2
        shade = mix(darker(green, 0.2), lighter(green, 0.4), rng.random())
        marks.append(
            path(
                f"M{n(root - 4)} 0Q{n(root - 2)} {n(-height * 0.6)} {n(root + bend)} {n(-height)}"
                f"Q{n(root + 6)} {n(-height * 0.55)} {n(root + 5)} 0Z",
                shade,
            )
        )
    return "".join(marks)


def tea(ink: Ink, rng: Random) -> str:
    """Draw a tea shoot: two leaves and a bud, twice."""
    green = ink.natural("#7f9a63")
    marks = [_stem(280, darker(green, 0.25), 4)]
    for y, size in ((-70, 130), (-150, 120), (-215, 96)):
        for side in (-1, 1):
            shade = mix(green, lighter(green, 0.45), rng.random() * 0.8)
            marks.append(leaf(size, size * 0.36, shade, side * rng.uniform(38, 52), _lean(y), y))
    marks.append(leaf(92, 22, lighter(green, 0.5), 3, _lean(-270), -268))
    return "".join(marks)


def _lavender_stalk(ink: Ink, rng: Random, height: float) -> str:
    violet, green = ink.natural("#8d78c4"), ink.natural("#8aa17f")
    marks = [line(f"M0 0Q4 {n(-height / 2)} 0 {n(-height)}", green, 3.5)]
    marks += [leaf(58, 10, green, side * 24, 2, -height * 0.2) for side in (-1, 1)]
    for whorl in range(9):
        y = -height * 0.52 - whorl * height * 0.055
        spread = 17 - whorl * 1.2
        for bud in (-1, -0.45, 0.45, 1):
            shade = mix(violet, lighter(violet, 0.5), rng.random() * 0.8)
            x, tilt = bud * spread, bud * 34
            marks.append(ellipse(x, y, 6.4, 11, shade, transform=_turn(tilt, x, y)))
    marks.append(circle(0, -height * 1.02, 6, lighter(violet, 0.3)))
    return "".join(marks)


def _toothed(length: float, colour: str) -> str:
    teeth, half = 6, length * 0.3
    left: list[str] = []
    right: list[str] = []
    for step in range(1, teeth):
        share = step / teeth
        reach = half * (1 - abs(share - 0.42) ** 1.6 * 2.2)
        left.append(
            f"L{n(-reach)} {n(-length * share)}L{n(-reach * 0.86)} {n(-length * (share + 0.05))}"
        )
        right.insert(
            0, f"L{n(reach * 0.86)} {n(-length * (share + 0.05))}L{n(reach)} {n(-length * share)}"
        )
    veins = "".join(
        f"M0 {n(-length * share)}L{n(side * half * 0.62)} {n(-length * (share + 0.13))}"
        for share in (0.2, 0.38, 0.56)
        for side in (-1, 1)
    )
    tip = f"L0 {n(-length)}"
    return "".join(
        [
            path(
                f"M0 0{''.join(left)}{tip}{''.join(right)}Z",
                colour,
                stroke=colour,
                stroke_width=4,
                stroke_linejoin="round",
            ),
            path(f"M0 0{tip}{''.join(right)}Z", darker(colour, 0.13)),
            line(f"M0 0{tip}{veins}", lighter(colour, 0.38), 1.4, opacity=0.8),
        ]
    )


def _stem(height: float, colour: str, width: float) -> str:
    return line(f"M0 0Q16 {n(-height / 2)} 0 {n(-height)}", colour, width)


def _lean(y: float) -> float:
    share = min(1.0, -y / 310)
    return 32 * share * (1 - share)


def _turn(angle: float, x: float, y: float) -> str:
    return f"rotate({n(angle)} {n(x)} {n(y)})"
