"""What the household says of a bottle: that it was put in, what was left, that there still is oil.

A device that recognises what sits in it counts like the household. Pure.
"""

from dataclasses import replace

from scentd.cartridges.hearing import READING_ERROR
from scentd.cartridges.level import Level
from scentd.cartridges.rate import Rate
from scentd.model.diffuser import LevelQuality

FILLING_ERROR = 0.02
"""Half width of the band of a bottle as it is sold, in parts of the capacity: how full they
come."""

GUESS_ERROR = 0.10
"""The same for a level a person told by eye."""

EMPTY_ERROR = 0.03
"""The same for a bottle that somebody calls empty: a film and a wet wick stay."""

RAN_DRY = 0.02
"""For how long a bottle was empty before somebody said so, in parts of what it holds: half an
evening of a device that empties it in a month."""

STILL_LEFT = 0.05
"""What a bottle is taken to hold, in parts of the capacity, when the estimate says nothing and
somebody says that there is still oil; and half the band of that."""


def filled(capacity_ul: int, remaining_ul: int | None, rate: Rate | None, scent: str = "") -> Level:
    """Give the level of a cartridge the household put in; None: a full one.

    `rate` is what was learnt of the slot, None when nothing was.
    """
    start = capacity_ul if remaining_ul is None else min(remaining_ul, capacity_ul)
    error = FILLING_ERROR if remaining_ul is None else GUESS_ERROR
    level = _fresh(capacity_ul, float(start), error, LevelQuality.HUB_ESTIMATE, rate, scent)
    return level.taught_from(float(start), error * capacity_ul)


def recognised(
    capacity_ul: int,
    reading_ul: int | None,
    quality: LevelQuality,
    rate: Rate | None,
    scent: str = "",
) -> Level:
    """Give the level of a cartridge the device recognised, with what it says that it holds.

    Without a reading it may hold anything; it counts as full until one comes.
    """
    if reading_ul is None:
        return _fresh(capacity_ul, float(capacity_ul), 1.0, LevelQuality.INFERRED, rate, scent)
    start = float(min(max(reading_ul, 0), capacity_ul))
    error = READING_ERROR[quality]
    level = _fresh(capacity_ul, start, error, quality, rate, scent)
    told = replace(level, last_reading_ul=start, taken_ul=start)
    return told.taught_from(start, error * capacity_ul)


def taken_out(level: Level, left_ul: int) -> Level:
    """Give the level of a bottle somebody took out, saying what was left in it: the rate has
    learnt what this cycle really used. Nothing left is told more surely than a guess.
    """
    if left_ul > 0:
        return level.learnt(left_ul, GUESS_ERROR * level.capacity_ul, is_told=True)
    dry_ul = RAN_DRY * level.capacity_ul
    return level.learnt(-dry_ul, EMPTY_ERROR * level.capacity_ul, is_told=True)


def run_empty(level: Level) -> Level:
    """Give the level after somebody saw that the bottle is empty: nothing is left, and the rate
    has learnt what it really used.
    """
    dry = level.believing(0.0, EMPTY_ERROR * level.capacity_ul)
    return replace(dry, rate=taken_out(level, 0).rate, taught_from_ul=None, doubted_ul=None)


def with_still_oil(level: Level) -> Level:
    """Give the level after somebody saw oil in a bottle that should hold none.

    A little is believed to be in it, and the device uses less than was thought. What is
    told stays: only a refill makes that rise.
    """
    left_ul = max(level.believed_ul, STILL_LEFT * level.capacity_ul)
    error_ul = STILL_LEFT * level.capacity_ul
    seen = level.believing(left_ul, error_ul)
    return seen.learnt(left_ul, error_ul, is_told=True)


def _fresh(
    capacity_ul: int,
    start_ul: float,
    error: float,
    quality: LevelQuality,
    rate: Rate | None,
    scent: str,
) -> Level:
    error_ul = error * capacity_ul
    return Level(
        capacity_ul,
        start_ul,
        start_ul,
        error_ul,
        quality,
        rate or Rate(),
        scent=scent,
        sure_error_ul=error_ul,
    )
