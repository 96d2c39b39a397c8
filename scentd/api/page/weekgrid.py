"""The week as blocks on seven rows: pure arithmetic over schedules.

Times are the wall's: a window past midnight shows on both its days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time

from scentd.model.schedule import ScentSchedule, ScheduleEntry

DAY_MIN = 24 * 60
MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A window on one day, in minutes of the day; `lane` keeps it clear of others.

    `entry` and `schedule` say what it stands for; `day` counts from Monday, 0. `is_tail` marks
    the part of a window that began the day before.
    """

    schedule: ScentSchedule
    entry: ScheduleEntry
    tone: str
    day: int
    start_min: int
    end_min: int
    lane: int = 0
    is_tail: bool = False

    @property
    def left_percent(self) -> float:
        """Where it begins, in percent of the day."""
        return round(self.start_min / DAY_MIN * 100, 3)

    @property
    def width_percent(self) -> float:
        """How wide it is, in percent of the day."""
        return round((self.end_min - self.start_min) / DAY_MIN * 100, 3)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of blocks, Monday first, each in order of beginning, and the lanes they need."""

    days: tuple[tuple[Block, ...], ...]
    lanes: int

    @property
    def blocks(self) -> list[Block]:
        """Every block in order."""
        return [block for day in self.days for block in day]


def lay_out(schedules: Sequence[ScentSchedule], tone_of: Mapping[str, str]) -> Week:
    """Lay out the enabled schedules; `tone_of` gives the colour by diffuser id."""
    days: list[list[Block]] = [[] for _ in range(7)]
    for schedule in schedules:
        if schedule.enabled:
            for entry in schedule.entries:
                for block in _blocks(schedule, entry, tone_of.get(schedule.diffuser_id, "slate")):
                    days[block.day].append(block)
    laned = tuple(_in_lanes(day) for day in days)
    lanes = max((block.lane + 1 for day in laned for block in day), default=1)
    return Week(laned, lanes)


def _blocks(schedule: ScentSchedule, entry: ScheduleEntry, tone: str) -> list[Block]:
    start, end = _minute(entry.start), _minute(entry.end)
    found = []
    for day in sorted(entry.days):
        number = int(day)
        if end > start:
            found.append(Block(schedule, entry, tone, number, start, end))
        else:
            found.append(Block(schedule, entry, tone, number, start, DAY_MIN))
            if end > 0:
                after = (number + 1) % 7
                found.append(Block(schedule, entry, tone, after, 0, end, is_tail=True))
    return found


def _in_lanes(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Put each block into the first lane that is free; past the last lane they overlap."""
    busy_until: list[int] = []
    placed = []
    for block in sorted(blocks, key=lambda one: (one.start_min, -one.end_min, one.schedule.name)):
        free = [lane for lane, until in enumerate(busy_until) if until <= block.start_min]
        lane = free[0] if free else min(len(busy_until), MOST_LANES - 1)
        if lane == len(busy_until):
            busy_until.append(0)
        busy_until[lane] = max(busy_until[lane], block.end_min)
        placed.append(replace(block, lane=lane))
    return tuple(placed)


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute
