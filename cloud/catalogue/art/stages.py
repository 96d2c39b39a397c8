"""Backgrounds: the room, landscape or light a bottle stands in, 800 by 1000 units."""

from collections.abc import Callable
from random import Random

from cloud.catalogue.art.ink import (
    Ink,
    circle,
    darker,
    ellipse,
    group,
    lighter,
    line,
    mix,
    n,
    path,
    rect,
)

WIDTH, HEIGHT, GROUND = 800, 1000, 812

Stage = Callable[[Ink, Random], str]


def arch(ink: Ink, _rng: Random) -> str:
    """Draw a plaster arch with a niche of shade in it."""
    niche = mix(ink.secondary, ink.primary, 0.34)
    return _floor(ink) + "".join(
        [
            path("M150 812L150 420A250 250 0 0 1 650 420L650 812Z", lighter(niche, 0.3)),
            path("M186 812L186 424A214 214 0 0 1 614 424L614 812Z", niche),
            path(
                "M186 812L186 424A214 214 0 0 1 400 210C300 260 262 340 262 460L262 812Z",
                darker(niche, 0.16),
                opacity=0.55,
            ),
        ]
    )


def sun(ink: Ink, _rng: Random) -> str:
    """Draw a large low sun over a table edge."""
    disc = mix(ink.primary, ink.secondary, 0.45)
    return (
        circle(430, 430, 300, lighter(disc, 0.5), opacity=0.5)
        + circle(430, 430, 240, lighter(disc, 0.28))
        + _floor(ink)
    )


def hills(ink: Ink, _rng: Random) -> str:
    """Draw three ranges of hills fading into haze, a small sun above."""
    green = mix(ink.accent, ink.primary, 0.3)
    return "".join(
        [
            circle(590, 268, 84, lighter(ink.secondary, 0.6)),
            path(
                "M0 560C140 470 260 520 380 496C520 466 640 420 800 500L800 1000L0 1000Z",
                lighter(green, 0.68),
            ),
            path(
                "M0 640C120 600 250 540 420 600C560 650 680 560 800 590L800 1000L0 1000Z",
                lighter(green, 0.5),
            ),
            path(
                "M0 720C180 640 330 700 470 696C620 690 700 650 800 680L800 1000L0 1000Z",
                lighter(green, 0.3),
            ),
            path("M0 800C200 760 560 756 800 796L800 1000L0 1000Z", lighter(green, 0.1)),
        ]
    )


def window(ink: Ink, _rng: Random) -> str:
    """Draw the light of a window falling slantwise on a wall."""
    light = lighter(ink.secondary, 0.7)
    panes = [
        path(f"M{x} {y}l150 -46l0 190l-150 46Z", light, opacity=0.8)
        for x in (220, 388)
        for y in (226, 436, 646)
    ]
    return group(panes, -30, -30) + _floor(ink)


def halo(ink: Ink, _rng: Random) -> str:
    """Draw rings of light around the bottle's shoulders."""
    tint = mix(ink.secondary, ink.primary, 0.25)
    rings = [
        circle(400, 470, r, lighter(tint, share))
        for r, share in ((372, 0.62), (300, 0.42), (226, 0.2))
    ]
    return "".join(rings) + _floor(ink)


def plinth(ink: Ink, _rng: Random) -> str:
    """Draw two blocks and a tall panel, the bottle on the lower block."""
    wall = mix(ink.secondary, ink.primary, 0.2)
    block = mix(ink.secondary, ink.primary, 0.42)
    return _floor(ink) + "".join(
        [
            rect(120, 190, 330, 622, lighter(wall, 0.28)),
            circle(560, 380, 170, lighter(ink.primary, 0.45)),
            rect(500, 640, 210, 176, lighter(block, 0.2)),
            rect(500, 640, 210, 16, lighter(block, 0.5)),
            rect(170, 800, 470, 90, block),
            rect(170, 800, 470, 20, lighter(block, 0.35)),
        ]
    )


def drape(ink: Ink, rng: Random) -> str:
    """Draw cloth hanging in folds behind a table."""
    cloth = mix(ink.primary, ink.secondary, 0.32)
    folds = []
    x = -40.0
    while x < 840:
        width = rng.uniform(52, 96)
        folds.append(
            path(
                f"M{n(x)} 0C{n(x + 16)} 300 {n(x - 22)} 560 {n(x + 8)} 820L{n(x + width)} 820"
                f"C{n(x + width - 26)} 560 {n(x + width + 14)} 300 {n(x + width)} 0Z",
                "url(#fold)",
            )
        )
        x += width * 0.94
    return rect(0, 0, WIDTH, 820, cloth) + "".join(folds) + _floor(ink, lighter(cloth, 0.55))


def still(ink: Ink, rng: Random) -> str:
    """Draw a still life: a tiled wall, a wooden board."""
    wall, board = mix(ink.secondary, ink.primary, 0.14), mix("#c79a6b", ink.primary, 0.15)
    tiles = [
        rect(
            column * 134 - 36 - (67 if row % 2 else 0),
            row * 134 - 30,
            128,
            128,
            lighter(wall, 0.18 + 0.32 * rng.random()),
            rx=5,
        )
        for row in range(6)
        for column in range(8)
    ]
    grain = [
        line(
            f"M0 {n(y)}Q400 {n(y + rng.uniform(-12, 12))} 800 {n(y)}",
            darker(board, 0.14),
            2,
            opacity=0.6,
        )
        for y in (806, 846, 894, 948)
    ]
    return (
        rect(0, 0, WIDTH, 800, wall)
        + "".join(tiles)
        + rect(0, 770, WIDTH, 230, board)
        + rect(0, 770, WIDTH, 10, lighter(board, 0.35))
        + "".join(grain)
    )


def waves(ink: Ink, _rng: Random) -> str:
    """Draw a beach: sea in bands, foam, sand."""
    sea, sand = mix("#6ea7b5", ink.primary, 0.4), lighter(mix("#e8d6b4", ink.secondary, 0.4), 0.15)
    return "".join(
        [
            circle(240, 300, 110, lighter(ink.secondary, 0.6)),
            rect(0, 470, WIDTH, 530, lighter(sea, 0.38)),
            path(
                "M0 540C160 516 280 566 420 540C560 514 660 560 800 532L800 1000L0 1000Z",
                lighter(sea, 0.18),
            ),
            path("M0 620C140 650 300 590 460 622C600 650 700 600 800 624L800 1000L0 1000Z", sea),
            path(
                "M0 716C160 676 300 742 470 706C620 676 700 730 800 700L800 1000L0 1000Z",
                "#ffffff",
                opacity=0.85,
            ),
            path("M0 730C160 692 300 758 470 722C620 692 700 746 800 716L800 1000L0 1000Z", sand),
        ]
    )


def moon(ink: Ink, _rng: Random) -> str:
    """Draw a night: a dark sky and a full moon behind the bottle."""
    sky = darker(ink.primary, 0.34)
    return "".join(
        [
            rect(0, 0, WIDTH, HEIGHT, sky),
            circle(400, 400, 330, lighter(sky, 0.07)),
            circle(400, 400, 264, lighter(sky, 0.16)),
            circle(400, 400, 196, lighter(ink.secondary, 0.35)),
            path("M0 800C200 770 560 766 800 796L800 1000L0 1000Z", darker(sky, 0.28)),
        ]
    )


def cloister(ink: Ink, _rng: Random) -> str:
    """Draw a row of arches in bright shade."""
    stone = mix(ink.secondary, ink.primary, 0.3)
    bays = [
        path(f"M{x} 780L{x} 380A120 140 0 0 1 {x + 240} 380L{x + 240} 780Z", shade)
        for x, shade in ((-130, stone), (160, lighter(stone, 0.5)), (450, stone), (740, stone))
    ]
    return (
        rect(0, 0, WIDTH, HEIGHT, lighter(stone, 0.26))
        + "".join(bays)
        + path("M280 240L520 240L640 800L160 800Z", "#fffdf2", opacity=0.35)
        + _floor(ink, lighter(stone, 0.4))
    )


def dune(ink: Ink, _rng: Random) -> str:
    """Draw dunes and a hazy disc."""
    sand = mix(ink.accent, ink.secondary, 0.5)
    return "".join(
        [
            circle(540, 330, 130, lighter(ink.accent, 0.35)),
            path(
                "M0 640C200 520 340 560 520 640C640 690 720 640 800 600L800 1000L0 1000Z",
                lighter(sand, 0.2),
            ),
            path(
                "M0 640C200 520 340 560 520 640C400 650 200 680 0 780Z",
                darker(sand, 0.14),
                opacity=0.5,
            ),
            path("M0 770C260 700 520 740 800 700L800 1000L0 1000Z", sand),
            path("M0 850C260 800 520 830 800 800L800 1000L0 1000Z", darker(sand, 0.07)),
        ]
    )


STAGES: dict[str, Stage] = {
    stage.__name__: stage
    for stage in (arch, sun, hills, window, halo, plinth, drape, still, waves, moon, cloister, dune)
}


def _floor(ink: Ink, colour: str | None = None) -> str:
    top = colour or lighter(mix(ink.secondary, ink.primary, 0.16), 0.25)
    return (
        rect(0, 786, WIDTH, 214, top)
        + rect(0, 786, WIDTH, 3, darker(top, 0.08))
        + ellipse(400, 860, 420, 70, lighter(top, 0.4), opacity=0.5)
    )
