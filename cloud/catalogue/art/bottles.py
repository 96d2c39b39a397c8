"""The bottle in its four shapes, standing on the origin, with its label."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from cloud.catalogue.art.ink import Ink, darker, ellipse, lighter, line, n, path, rect, shadow

_SERIF = "Georgia, 'Times New Roman', 'DejaVu Serif', serif"


@dataclass(frozen=True)
class Label:
    """What is printed on the bottle and where: the top edge and the half width it may use."""

    top: float
    half_width: float
    height: float


def round_bottle(ink: Ink, words: Sequence[str]) -> str:
    """Draw a round-shouldered apothecary bottle with a wooden ball for a stopper."""
    body = (
        "M-118 0C-146 0 -150 -18 -150 -40L-150 -196C-150 -270 -66 -262 -46 -312"
        "L-46 -348L46 -348L46 -312C66 -262 150 -270 150 -196L150 -40"
        "C150 -18 146 0 118 0Z"
    )
    fill = (
        "M-116 -8C-138 -8 -141 -20 -141 -40L-141 -190C-100 -200 100 -200 141 -190"
        "L141 -40C141 -20 138 -8 116 -8Z"
    )
    cap = _ball(-394, 52)
    return _bottle(ink, words, body, fill, -190, 141, Label(-206, 104, 150), cap)


def tall_bottle(ink: Ink, words: Sequence[str]) -> str:
    """Draw a slim cylinder with a tall metal cap."""
    body = (
        "M-92 0C-108 0 -112 -8 -112 -24L-112 -310C-112 -336 -92 -344 -56 -350L-40 -352"
        "L-40 -372L40 -372L40 -352L56 -350C92 -344 112 -336 112 -310L112 -24"
        "C112 -8 108 0 92 0Z"
    )
    fill = (
        "M-90 -8C-100 -8 -103 -12 -103 -26L-103 -262C-60 -270 60 -270 103 -262L103 -26"
        "C103 -12 100 -8 90 -8Z"
    )
    cap = rect(-50, -478, 100, 112, "url(#cap)", rx=10) + rect(-50, -390, 100, 5, "#00000033")
    return _bottle(ink, words, body, fill, -262, 103, Label(-236, 86, 176), cap)


def square_bottle(ink: Ink, words: Sequence[str]) -> str:
    """Draw a square bottle with heavy shoulders and a block for a cap."""
    body = (
        "M-138 0C-152 0 -156 -6 -156 -20L-156 -262C-156 -284 -146 -292 -124 -294"
        "L-48 -300L-48 -334L48 -334L48 -300L124 -294C146 -292 156 -284 156 -262L156 -20"
        "C156 -6 152 0 138 0Z"
    )
    fill = (
        "M-134 -16C-142 -16 -144 -20 -144 -30L-144 -216C-90 -224 90 -224 144 -216"
        "L144 -30C144 -20 142 -16 134 -16Z"
    )
    cap = rect(-66, -414, 132, 88, "url(#cap)", rx=8) + rect(-66, -346, 132, 4, "#00000033")
    return _bottle(ink, words, body, fill, -216, 144, Label(-214, 112, 158), cap)


def flask_bottle(ink: Ink, words: Sequence[str]) -> str:
    """Draw a broad flask that narrows upwards, closed with a cone."""
    body = (
        "M-128 0C-164 0 -172 -30 -160 -66L-104 -258C-92 -296 -52 -300 -44 -322L-44 -352"
        "L44 -352L44 -322C52 -300 92 -296 104 -258L160 -66C172 -30 164 0 128 0Z"
    )
    fill = (
        "M-124 -10C-152 -10 -158 -34 -148 -66L-113 -190C-70 -199 70 -199 113 -190"
        "L148 -66C158 -34 152 -10 124 -10Z"
    )
    cap = path("M-50 -344L-32 -452Q0 -474 32 -452L50 -344Z", "url(#cap)") + rect(
        -50, -352, 100, 12, "#00000022", rx=3
    )
    return _bottle(ink, words, body, fill, -190, 113, Label(-190, 100, 144), cap)


BOTTLES: dict[str, Callable[[Ink, Sequence[str]], str]] = {
    "round": round_bottle,
    "tall": tall_bottle,
    "square": square_bottle,
    "flask": flask_bottle,
}


def _bottle(
    ink: Ink,
    words: Sequence[str],
    body: str,
    fill: str,
    level: float,
    level_half: float,
    label: Label,
    cap: str,
) -> str:
    surface = ellipse(0, level - 1, level_half, 9, lighter(ink.primary, 0.42), opacity=0.85)
    return "".join(
        [
            shadow(440, 44, 34, 6),
            path(
                body,
                "url(#glass)",
                stroke=darker(ink.primary, 0.1),
                stroke_width=2,
                stroke_opacity=0.35,
            ),
            path(fill, "url(#oil)"),
            surface,
            cap,
            _label(ink, words, label),
            _shine(label),
            path(body, "url(#edge)"),
        ]
    )


def _label(ink: Ink, words: Sequence[str], label: Label) -> str:
    dark = darker(ink.primary, 0.55)
    longest = max(len(word) for word in words)
    size = min(36.0, label.half_width * 2 * 0.9 / (longest * 0.6), label.height * 0.52 / len(words))
    leading = size * 1.14
    middle = label.top + label.height * 0.385
    first = middle - (len(words) - 1) * leading / 2 + size * 0.34
    marks = [
        rect(-label.half_width, label.top, label.half_width * 2, label.height, "#fdfaf3", rx=4),
        rect(
            -label.half_width + 6,
            label.top + 6,
            label.half_width * 2 - 12,
            label.height - 12,
            "none",
            rx=2,
            stroke=dark,
            stroke_width=1,
            stroke_opacity=0.35,
        ),
    ]
    for at, word in enumerate(words):
        marks.append(_text(word, first + at * leading, size, dark, 1.2))
    foot = label.top + label.height - 22
    marks.append(line(f"M-14 {n(foot - 18)}L14 {n(foot - 18)}", ink.primary, 2))
    marks.append(_text("THE SCENT", foot + 4, 11.5, dark, 3))
    return "".join(marks)


def _text(words: str, y: float, size: float, colour: str, spacing: float) -> str:
    return (
        f'<text x="0" y="{n(y)}" text-anchor="middle" font-family="{_SERIF}" font-size="{n(size)}"'
        f' letter-spacing="{n(spacing)}" fill="{colour}">{escape(words)}</text>'
    )


def _shine(label: Label) -> str:
    x = -label.half_width - 17
    return line(
        f"M{n(x)} {n(label.top + label.height + 14)}L{n(x)} {n(label.top + 6)}",
        "#fff",
        9,
        opacity=0.5,
    )


def _ball(y: float, r: float) -> str:
    return f'<circle cx="0" cy="{n(y)}" r="{n(r)}" fill="url(#ball)"/>' + rect(
        -40, y + r - 12, 80, 14, "url(#cap)", rx=4
    )
