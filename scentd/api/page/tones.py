"""Which of the page's colours a diffuser wears.

The colours are classes of the style sheet, mended by hand for contrast in light and dark; a
scent's own colour only chooses among them.
"""

import colorsys
import re
from collections.abc import Mapping, Sequence

HUES: dict[str, float] = {
    "amber": 0.06,
    "violet": 0.74,
    "green": 0.44,
    "blue": 0.57,
    "rose": 0.93,
    "olive": 0.19,
    "teal": 0.52,
    "slate": 0.64,
}
"""Each colour's place on the wheel, 0..1, in the order they are given out."""


def tones(diffuser_ids: Sequence[str], colours: Mapping[str, str]) -> dict[str, str]:
    """Give each diffuser a colour, the nearest free one to `colours` (`#rrggbb` by id).

    Those without a colour take what is left in order; beyond eight diffusers colours repeat.
    """
    given: dict[str, str] = {}
    for one in sorted(diffuser_ids, key=lambda one: one not in colours):
        free = [name for name in HUES if name not in given.values()] or list(HUES)
        given[one] = _nearest(colours.get(one, ""), free, turn=len(given))
    return given


def _nearest(colour: str, free: Sequence[str], *, turn: int) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return free[0] if len(free) < len(HUES) or turn == 0 else free[turn % len(free)]
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.12 and "slate" in free:
        return "slate"
    return min(free, key=lambda name: abs((HUES[name] - hue + 0.5) % 1 - 0.5))
