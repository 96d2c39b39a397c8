"""The week of one schedule as columns: the picture that `week-editor.js` makes editable.

The form below it is the truth; without a script this shows what is saved. The script draws the
same shapes from the form, so measures that change here change in `week-windows.js` too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scentd.api.page.weekgrid import Block, lay_out
from scentd.api.words import Words
from scentd.model.schedule import ScentSchedule

HOUR_PX = 24
LANE_SHARE = 0.16
"""How much of its column a window yields to each one it overlaps that began before it."""
STRENGTHS = 5

_SPOKEN = (
    "all_days", "as_is", "back", "cancelled", "full", "intensity", "joined", "made", "moved",
    "removed", "role", "split", "splits", "to", "undone", "window", "window_of",
)  # fmt: skip
_HOLES = {name: f"{{{name}}}" for name in ("day", "days", "start", "end", "intensity", "percent")}


@dataclass(frozen=True, slots=True)
class Part:
    """A window's part on one day: x and width in percent of the week, y and height in pixels."""

    block: Block
    x_percent: float
    y_px: float
    width_percent: float
    height_px: float

    @property
    def strength(self) -> str:
        """The class of the style sheet that tells its intensity."""
        percent = self.block.entry.intensity_percent
        return f"s{-(-percent * STRENGTHS // 100)}" if percent else "s0"


def draw(schedules: Sequence[ScentSchedule]) -> list[Part]:
    """Draw the windows of these schedules, Monday first, whether they are switched on or not."""
    week = lay_out([replace(one, enabled=True) for one in schedules], {})
    return [_part(block) for block in week.blocks]


def draw_others(
    schedules: Sequence[ScentSchedule], but: ScentSchedule | None
) -> list[tuple[str, list[Part]]]:
    """Draw the other enabled schedules' windows by the id of their diffuser."""
    others = [one for one in schedules if one.enabled and (but is None or one.id != but.id)]
    ids = sorted({one.diffuser_id for one in others})
    return [(key, draw([one for one in others if one.diffuser_id == key])) for key in ids]


def spoken(words: Words) -> Mapping[str, object]:
    """Give the script its sentences, with holes in braces, and the names of the days."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {
        **{name: words(f"editor.{name}", **_HOLES) for name in _SPOKEN},
        "number": words("schedule.window", number="{number}"),
        "every": words("days.every"),
        "work": words("days.work"),
        "weekend": words("days.weekend"),
        "day_names": [words(f"day.{day}") for day in days],
        "short_days": [words(f"day_short.{day}") for day in days],
    }


def _part(block: Block) -> Part:
    column = 100 / 7
    yielded = block.lane * LANE_SHARE
    return Part(
        block,
        x_percent=round((block.day + yielded) * column, 3),
        y_px=round(block.start_min * HOUR_PX / 60, 1),
        width_percent=round((1 - yielded) * column, 3),
        height_px=round((block.end_min - block.start_min) * HOUR_PX / 60, 1),
    )
