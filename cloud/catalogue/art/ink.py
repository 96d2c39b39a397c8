"""Colours and the few SVG marks every drawing is made of."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]


def mix(first: str, second: str, share: float) -> str:
    """Blend two ``#rrggbb`` colours; ``share`` is the part of the second, 0..1."""
    channels = (round(a + (b - a) * share) for a, b in zip(_rgb(first), _rgb(second), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def lighter(colour: str, share: float) -> str:
    """Blend towards a warm white, which keeps tints from looking chalky."""
    return mix(colour, "#fffdf8", share)


def darker(colour: str, share: float) -> str:
    """Blend towards a warm near-black, which keeps shades from looking grey."""
    return mix(colour, "#241c1a", share)


@dataclass(frozen=True)
class Ink:
    """The three colours of a scent, ``#rrggbb`` each."""

    primary: str
    secondary: str
    accent: str

    def natural(self, colour: str, pull: float = 0.16) -> str:
        """Give a plant's own colour, pulled towards the scent's to hold a picture together."""
        return mix(colour, self.primary, pull)


def n(value: float) -> str:
    """Format a coordinate with at most one decimal and no trailing zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def path(d: str, fill: str = "none", **attributes: str | float) -> str:
    """Draw a path; underscores in attribute names become dashes."""
    return f'<path d="{d}" fill="{fill}"{_attributes(attributes)}/>'


def line(d: str, stroke: str, width: float, **attributes: str | float) -> str:
    """Draw an unfilled path with round ends."""
    marks: dict[str, str | float] = {"stroke": stroke, "stroke_width": width}
    return f'<path d="{d}" fill="none" stroke-linecap="round"{_attributes(marks | attributes)}/>'


def circle(x: float, y: float, r: float, fill: str, **attributes: str | float) -> str:
    """Draw a filled circle."""
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(r)}" fill="{fill}"{_attributes(attributes)}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, **attributes: str | float) -> str:
    """Draw a filled ellipse."""
    return (
        f'<ellipse cx="{n(x)}" cy="{n(y)}" rx="{n(rx)}" ry="{n(ry)}" fill="{fill}"'
        f"{_attributes(attributes)}/>"
    )


def rect(  # the SVG element has exactly these parts
    x: float, y: float, width: float, height: float, fill: str, **attributes: str | float
) -> str:
    """Draw a filled rectangle; pass ``rx`` for round corners."""
    return (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" fill="{fill}"'
        f"{_attributes(attributes)}/>"
    )


def group(
    marks: Iterable[str],
    x: float = 0,
    y: float = 0,
    turn: float = 0,
    scale: float = 1,
    **attributes: str | float,
) -> str:
    """Place marks at a point, turned by degrees clockwise and scaled, in that order."""
    steps = [f"translate({n(x)} {n(y)})"] if x or y else []
    if turn:
        steps.append(f"rotate({n(turn)})")
    if scale != 1:
        steps.append(f"scale({scale:.2f})")
    transform = f' transform="{" ".join(steps)}"' if steps else ""
    return f"<g{transform}{_attributes(attributes)}>{''.join(marks)}</g>"


def polygon(points: Iterable[Point], fill: str, **attributes: str | float) -> str:
    """Draw a closed shape with straight sides."""
    return path("M" + "L".join(f"{n(x)} {n(y)}" for x, y in points) + "Z", fill, **attributes)


def polar(angle: float, radius: float) -> Point:
    """Give the point at an angle in degrees, 0 up and clockwise."""
    turned = math.radians(angle - 90)
    return radius * math.cos(turned), radius * math.sin(turned)


def blade(length: float, width: float, belly: float = 0.42) -> str:
    """Give the outline of a leaf or petal growing up from the origin; ``belly`` is its widest."""
    half, waist = width / 2, -length * belly
    return (
        f"M0 0C{n(-half)} {n(waist * 0.45)} {n(-half)} {n(waist * 1.5)} 0 {n(-length)}"
        f"C{n(half)} {n(waist * 1.5)} {n(half)} {n(waist * 0.45)} 0 0Z"
    )


def half_blade(length: float, width: float, belly: float = 0.42) -> str:
    """Give the right half of `blade`, for the side that lies in shade."""
    half, waist = width / 2, -length * belly
    return f"M0 0L0 {n(-length)}C{n(half)} {n(waist * 1.5)} {n(half)} {n(waist * 0.45)} 0 0Z"


def shadow(width: float, height: float = 10, x: float = 0, y: float = 0) -> str:
    """Draw the soft pool of shade an object stands in; needs the `shade` gradient."""
    return ellipse(x, y, width / 2, height / 2, "url(#shade)")


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _attributes(attributes: dict[str, str | float]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{n(value) if isinstance(value, float | int) else value}"'
        for name, value in attributes.items()
    )
