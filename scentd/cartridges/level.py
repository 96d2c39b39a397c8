"""How much is left, and how sure that is: pure arithmetic over runs, readings and time.

The estimate integrates what the device should have used by its model's data, corrected by what
its readings showed it really uses, and merges what the device measures by quality. What is told
of it never rises: only a refill does that, and a refill begins a new estimate. What is believed
may: a run taken for longer than it was is given back by the next reading.

Amounts are microlitres. "Use by data" is run time times the model's rate, before correction.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum

from scentd.cartridges.rate import LEARN_FROM, Z90, Rate
from scentd.model.diffuser import LevelQuality

READING_ERROR = {
    LevelQuality.MEASURED: 0.01,
    LevelQuality.DEVICE_ESTIMATE: 0.05,
    LevelQuality.HUB_ESTIMATE: 0.10,
    LevelQuality.INFERRED: 0.10,
}
"""Half width of the band of a reading in parts of the capacity. Assumed: no maker states one; a
float or scale in a 30 to 50 ml bottle resolves about half a millilitre."""

FILLING_ERROR = 0.02
"""The same for a bottle as it is sold: how full they come."""

GUESS_ERROR = 0.10
"""The same for a level a person told by eye."""

FRESH_S = 6 * 3600.0
"""For how long a reading still makes the level a measured one."""

AGEING_PER_DAY = 0.001
"""How fast the band widens while nothing is heard, in parts of the capacity: evaporation."""

DUPLICATE_S = 1.0
"""An equal reading within this is the same message again (QoS 1), not a second witness."""

_FROM_DEVICE = frozenset({LevelQuality.MEASURED, LevelQuality.DEVICE_ESTIMATE})


class Heard(Enum):
    """What became of a reading."""

    TAKEN = "taken"
    REPEATED = "repeated"
    DOUBTED = "doubted"
    RISEN = "risen"


@dataclass(frozen=True, slots=True)
class Level:
    """An estimate of what a cartridge holds.

    `remaining_ul` is what is told: the least that was ever believed. The truth lies within
    ±`error_ul` of `believed_ul` in nine of ten cases. The rest is what the next reading
    is compared with: `anchor_ul` and the use by data since it teach the rate; `taken_ul` is the
    last reading believed; `doubted_ul` a low one that waits for a second.
    """

    capacity_ul: int
    remaining_ul: float
    believed_ul: float
    error_ul: float
    quality: LevelQuality
    rate: Rate
    unheard_s: float = 0.0
    last_reading_ul: float | None = None
    taken_ul: float | None = None
    doubted_ul: float | None = None
    anchor_ul: float | None = None
    anchor_use_ul: float = 0.0

    @property
    def band_ul(self) -> float:
        """Give the half width of the 90 % band around what is told."""
        apart = self.believed_ul - self.remaining_ul
        return min(self.error_ul + apart, float(self.capacity_ul))

    def after_time(self, seconds: float) -> "Level":
        """Give the level after time has passed: the same, a little less sure."""
        unheard_s = self.unheard_s + seconds
        is_stale = unheard_s > FRESH_S and self.quality in _FROM_DEVICE
        widened = self.error_ul + self.capacity_ul * AGEING_PER_DAY * seconds / 86_400
        return replace(
            self,
            unheard_s=unheard_s,
            error_ul=min(widened, float(self.capacity_ul)),
            quality=LevelQuality.HUB_ESTIMATE if is_stale else self.quality,
        )

    def after_run(self, use_by_data_ul: float) -> "Level":
        """Give the level after the device ran; the band widens by how unsure the rate is."""
        used = use_by_data_ul * self.rate.factor
        widened = self.error_ul + used * self.rate.spread * Z90
        believing = _believing(self, self.believed_ul - used, widened)
        return replace(believing, anchor_use_ul=self.anchor_use_ul + use_by_data_ul)

    def after_blind_run(self, most_by_data_ul: float, *, is_read: bool) -> "Level":
        """Give the level after a time in which the device may have run, or may not.

        Half of it is taken as used where nothing else will tell; where the device is read, its
        next reading will, and only the band widens.
        """
        half = most_by_data_ul * self.rate.factor / 2
        believed_ul = self.believed_ul if is_read else self.believed_ul - half
        believing = _believing(self, believed_ul, self.error_ul + half)
        return replace(believing, anchor_ul=None, anchor_use_ul=0.0)

    def after_reading(self, reading_ul: float, quality: LevelQuality) -> tuple["Level", Heard]:
        """Give the level after the device said what it holds, and what became of the reading.

        A device that claims more than it did is not refilled by that: noted and ignored. One far
        below what is believed counts when the next one says so too; one far above it shows that
        the model ran too fast. One that repeats the last changes nothing.
        """
        reading_ul = min(max(reading_ul, 0.0), float(self.capacity_ul))
        if reading_ul == self.last_reading_ul and self.unheard_s < DUPLICATE_S:
            return self, Heard.REPEATED
        heard = replace(self, last_reading_ul=reading_ul, unheard_s=0.0)
        error_ul = READING_ERROR[quality] * self.capacity_ul
        reach_ul = self.error_ul + error_ul
        if self.taken_ul is not None and reading_ul > self.taken_ul + 2 * error_ul:
            return heard, Heard.RISEN
        if reading_ul < self.believed_ul - reach_ul and self.doubted_ul is None:
            return replace(heard, doubted_ul=reading_ul), Heard.DOUBTED
        if abs(reading_ul - self.believed_ul) > reach_ul:
            believing = _believing(heard, reading_ul, error_ul)
        else:
            believing = _merged(heard, reading_ul, error_ul)
        taken = replace(believing, quality=quality, taken_ul=reading_ul, doubted_ul=None)
        return _learnt(taken, reading_ul, error_ul), Heard.TAKEN

    def after_empty(self) -> "Level":
        """Give the level after the device said that it is empty."""
        error_ul = READING_ERROR[LevelQuality.DEVICE_ESTIMATE] * self.capacity_ul
        emptied = replace(
            _believing(self, 0.0, error_ul),
            quality=LevelQuality.DEVICE_ESTIMATE,
            unheard_s=0.0,
            doubted_ul=None,
        )
        return _learnt(emptied, 0.0, error_ul)


def filled(capacity_ul: int, remaining_ul: int | None, previous: Level | None) -> Level:
    """Give the level of a cartridge the household put in; None: a full one.

    What was learnt about the device's rate stays with the slot.
    """
    start = capacity_ul if remaining_ul is None else min(remaining_ul, capacity_ul)
    error = FILLING_ERROR if remaining_ul is None else GUESS_ERROR
    level = _fresh(capacity_ul, float(start), error, LevelQuality.HUB_ESTIMATE, previous)
    return replace(level, anchor_ul=float(start))


def recognised(
    capacity_ul: int, reading_ul: int | None, quality: LevelQuality, previous: Level | None
) -> Level:
    """Give the level of a cartridge the device recognised, with what it says that it holds.

    Without a reading it may hold anything; it counts as full until one comes.
    """
    if reading_ul is None:
        return _fresh(capacity_ul, float(capacity_ul), 1.0, LevelQuality.INFERRED, previous)
    start = float(min(max(reading_ul, 0), capacity_ul))
    level = _fresh(capacity_ul, start, READING_ERROR[quality], quality, previous)
    return replace(level, anchor_ul=start, last_reading_ul=start, taken_ul=start)


def _fresh(
    capacity_ul: int, start_ul: float, error: float, quality: LevelQuality, previous: Level | None
) -> Level:
    return Level(
        capacity_ul,
        start_ul,
        start_ul,
        error * capacity_ul,
        quality,
        previous.rate if previous else Rate(),
    )


def _believing(level: Level, believed_ul: float, error_ul: float) -> Level:
    believed_ul = max(0.0, believed_ul)
    return replace(
        level,
        believed_ul=believed_ul,
        remaining_ul=min(level.remaining_ul, believed_ul),
        error_ul=min(error_ul, float(level.capacity_ul)),
    )


def _merged(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Weigh both by their bands; readings share a bias, so the band stops at 0.7 of one."""
    own, other = level.error_ul**2, error_ul**2
    weight = own / (own + other)
    merged = level.believed_ul + weight * (reading_ul - level.believed_ul)
    narrowed = max(0.7 * error_ul, level.error_ul * math.sqrt(1 - weight))
    return _believing(level, merged, min(level.error_ul, narrowed))


def _learnt(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Compare the fall since the anchor with the use by data, and move the anchor."""
    if level.anchor_ul is None or level.anchor_use_ul <= 0:
        return replace(level, anchor_ul=reading_ul, anchor_use_ul=0.0)
    fall_ul = level.anchor_ul - reading_ul
    expected_ul = level.anchor_use_ul * level.rate.factor
    if max(fall_ul, expected_ul) < LEARN_FROM * error_ul:
        return level
    return replace(
        level,
        rate=level.rate.after_fall(fall_ul, level.anchor_use_ul, error_ul),
        anchor_ul=reading_ul,
        anchor_use_ul=0.0,
    )
