"""Arithmetic of colours: which text can be read on a background."""

DEFAULT_PRIMARY = "#2a7c8a"
_WHITE = "#ffffff"
_INK = "#1d1c1a"


def readable_on(background: str) -> str:
    """Return white or ink, whichever has the higher contrast on a colour given as #rrggbb."""
    return max((_WHITE, _INK), key=lambda colour: contrast(colour, background))


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    # The transfer function of sRGB, IEC 61966-2-1.
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
