"""What hangs in the air around the origin: smoke, steam, drops, stars."""

from random import Random

from cloud.catalogue.art.ink import Ink, blade, ellipse, group, lighter, n, path, polygon


def smoke(ink: Ink, _rng: Random) -> str:
    """Draw two ribbons of smoke rising about 330 units from the origin."""
    return _ribbon(0, 1, lighter(ink.secondary, 0.5), 0.5) + _ribbon(
        22, -1, lighter(ink.primary, 0.6), 0.34
    )


def steam(ink: Ink, _rng: Random) -> str:
    """Draw three thin curls of steam."""
    return "".join(
        path(
            f"M{x} 0C{x - 34} {n(-height * 0.3)} {x + 40} {n(-height * 0.55)} {x} {n(-height)}",
            stroke=lighter(ink.secondary, 0.7),
            stroke_width=9,
            stroke_linecap="round",
            opacity=0.62,
        )
        for x, height in ((-44, 170), (0, 240), (44, 190))
    )


def drops(ink: Ink, rng: Random) -> str:
    """Draw falling drops of water."""
    tint = lighter(ink.natural("#9fc3d1", 0.1), 0.2)
    marks = []
    for _ in range(11):
        x, y, size = rng.uniform(-250, 250), rng.uniform(-300, 20), rng.uniform(20, 40)
        marks.append(
            group(
                [
                    path(blade(size * 1.5, size, 0.3), tint, opacity=0.85),
                    ellipse(
                        -size * 0.12, -size * 0.42, size * 0.09, size * 0.17, "#fff", opacity=0.9
                    ),
                ],
                x,
                y,
            )
        )
    return "".join(marks)


def stars(ink: Ink, rng: Random) -> str:
    """Draw four-pointed stars of several sizes."""
    marks = []
    for _ in range(15):
        x, y, r = rng.uniform(-330, 330), rng.uniform(-330, 40), rng.uniform(5, 17)
        q = r * 0.16
        points = [(0, -r), (q, -q), (r, 0), (q, q), (0, r), (-q, q), (-r, 0), (-q, -q)]
        marks.append(group([polygon(points, lighter(ink.accent, 0.45))], x, y, opacity=0.85))
    return "".join(marks)


def _ribbon(x: float, side: int, colour: str, opacity: float) -> str:
    return path(
        f"M{n(x)} 0C{n(x - 70 * side)} -70 {n(x + 78 * side)} -130 {n(x + 6 * side)} -206"
        f"C{n(x - 40 * side)} -250 {n(x + 30 * side)} -290 {n(x + 4 * side)} -340"
        f"C{n(x + 52 * side)} -292 {n(x - 10 * side)} -250 {n(x + 34 * side)} -202"
        f"C{n(x + 116 * side)} -122 {n(x - 34 * side)} -72 {n(x + 9 * side)} 0Z",
        colour,
        opacity=opacity,
    )
