"""What a device's word does to a level: readings are doubted, weighed and learnt from.

Devices lie on their side, send bad readings and claim more than they hold; none of that may make
a level rise, nor a low one be believed at once. Pure.
"""

import math
from dataclasses import replace
from enum import Enum

from scentd.cartridges.level import SURE_AGAIN_S, Level
from scentd.model.diffuser import LevelQuality

READING_ERROR = {
    LevelQuality.MEASURED: 0.01,
    LevelQuality.DEVICE_ESTIMATE: 0.05,
    LevelQuality.HUB_ESTIMATE: 0.10,
    LevelQuality.INFERRED: 0.10,
}
"""Half width of the band of a reading in parts of the capacity. Assumed: no maker states one; a
float or scale in a 30 to 50 ml bottle resolves about half a millilitre."""

SHARED_ERROR = 0.85
"""The part of a reading's error that more readings of the same device do not take away."""

TILTED_S = 1800.0
"""For how long a level that fell at a stroke must stay so before it is believed: a device that is
moved, cleaned or lies on its side is put right sooner."""

DUPLICATE_S = 1.0
"""An equal reading within this is the same message again (QoS 1), not a second witness."""


class Heard(Enum):
    """What became of a reading."""

    TAKEN = "taken"
    REPEATED = "repeated"
    DOUBTED = "doubted"
    RISEN = "risen"


def hear(level: Level, reading_ul: float, quality: LevelQuality) -> tuple[Level, Heard]:
    """Give the level after the device said what it holds, and what became of the reading.

    A device that claims more than it did is not refilled by that: noted and ignored, unless
    it takes a fall at a stroke back. One far below what is believed counts when it stays so
    for TILTED_S or falls on; one far above it shows that the model ran too fast. One that
    repeats the last changes nothing.
    """
    reading_ul = min(max(reading_ul, 0.0), float(level.capacity_ul))
    if reading_ul == level.last_reading_ul and level.unheard_s < DUPLICATE_S:
        return level, Heard.REPEATED
    heard = replace(level, last_reading_ul=reading_ul, unheard_s=0.0)
    error_ul = READING_ERROR[quality] * level.capacity_ul
    reach_ul = level.error_ul + error_ul
    if level.taken_ul is not None and reading_ul > level.taken_ul + 2 * error_ul:
        if level.fallen_from_ul is None or reading_ul > level.fallen_from_ul + reach_ul:
            return heard, Heard.RISEN
        heard = _put_right(heard, reading_ul, reach_ul)
    is_far_below = reading_ul < level.believed_ul - reach_ul
    if is_far_below and not _falls_on(level, reading_ul, error_ul):
        return _doubting(heard, reading_ul, error_ul), Heard.DOUBTED
    if is_far_below:
        believing = _fallen(heard, reading_ul, error_ul)
    elif abs(reading_ul - level.believed_ul) > reach_ul:
        believing = heard.believing(reading_ul, error_ul)
    else:
        believing = _followed(_merged(heard, reading_ul, error_ul), reading_ul, error_ul)
    taken = replace(believing, quality=quality, taken_ul=reading_ul, doubted_ul=None)
    return taken.learnt(reading_ul, error_ul), Heard.TAKEN


def hear_empty(level: Level) -> Level:
    """Give the level after the device said that it is empty."""
    error_ul = READING_ERROR[LevelQuality.DEVICE_ESTIMATE] * level.capacity_ul
    emptied = replace(
        level.believing(0.0, error_ul),
        quality=LevelQuality.DEVICE_ESTIMATE,
        unheard_s=0.0,
        doubted_ul=None,
    )
    return emptied.learnt(0.0, error_ul)


def _falls_on(level: Level, reading_ul: float, error_ul: float) -> bool:
    """Tell whether a reading far below is believed: the one before said so, long enough ago,
    or more was left then, as while a device runs fast.
    """
    if level.doubted_ul is None:
        return False
    return level.doubted_s >= TILTED_S or reading_ul < level.doubted_ul - error_ul


def _doubting(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Doubt a low reading; one that differs from the one doubted begins to wait anew."""
    is_same = level.doubted_ul is not None and abs(reading_ul - level.doubted_ul) <= 2 * error_ul
    if is_same:
        return level
    return replace(level, doubted_ul=reading_ul, doubted_s=0.0)


def _fallen(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Believe a fall at a stroke; one that came to rest was no use, and teaches nothing."""
    is_falling = level.doubted_ul is not None and reading_ul < level.doubted_ul - error_ul
    return replace(
        level.believing(reading_ul, error_ul),
        taught_from_ul=level.taught_from_ul if is_falling else None,
        fallen_from_ul=max(level.believed_ul, level.taken_ul or 0.0, level.fallen_from_ul or 0.0),
        fallen_to_ul=reading_ul,
        fallen_s=0.0,
    )


def _put_right(level: Level, reading_ul: float, reach_ul: float) -> Level:
    """Take back a fall at a stroke; one that is halfway back only lies where it fell to."""
    level = replace(level, taught_from_ul=None)
    if level.fallen_from_ul is not None and reading_ul < level.fallen_from_ul - reach_ul:
        return replace(level, fallen_to_ul=reading_ul, fallen_s=0.0)
    return replace(level, fallen_from_ul=None)


def _followed(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Believe a fall at a stroke for good once it lasted and the oil goes on falling from there.

    Sooner, a bad reading and a tilt in a row would witness each other.
    """
    if level.fallen_s < SURE_AGAIN_S or reading_ul > level.fallen_to_ul - 2 * error_ul:
        return level
    return replace(level, fallen_from_ul=None)


def _merged(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Weigh both by their bands; readings share a bias, so the band stops at nearly one's."""
    own, other = level.error_ul**2, error_ul**2
    weight = own / (own + other)
    merged = level.believed_ul + weight * (reading_ul - level.believed_ul)
    narrowed = max(SHARED_ERROR * error_ul, level.error_ul * math.sqrt(1 - weight))
    return level.believing(merged, min(level.error_ul, narrowed))
