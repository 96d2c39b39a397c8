"""What a device's bare “little is left” does to a level: an upper bound, once it lasts. Pure.

Most diffusers can say no more than that. It tells nothing of how much above a mark there is, so it
never raises a level; and it tells nothing that a device which measures did not tell better.
"""

from dataclasses import replace

from scentd.cartridges.hearing import TILTED_S
from scentd.cartridges.level import Level
from scentd.model.diffuser import LevelQuality

LOW_SHARE = 0.15
"""At most so much is left, in parts of the capacity, when a device says that little is. Assumed: no
maker states where the mark is; floats and contacts sit at a tenth to a fifth of a tank."""

LOW_ERROR = 0.10
"""Half width of the band around that: from a dry contact's twentieth to a high float's quarter."""

STAYS_S = TILTED_S
"""For how long it must stay so: what tilts or sloshes says it as well."""


def hear_low(level: Level, *, is_low: bool) -> Level:
    """Give the level after a device said that little is left, or that it is not so.

    Said again it counts from the first time; a word that it is not so begins anew.
    """
    if is_low == (level.low_s is not None):
        return level
    return replace(level, low_s=0.0 if is_low else None)


def believe_low(level: Level) -> Level:
    """Give the level with the bound, once the device has said so for long enough."""
    bound_ul = LOW_SHARE * level.capacity_ul
    has_told_more = level.last_reading_ul is not None
    if level.low_s is None or level.low_s < STAYS_S or has_told_more:
        return level
    if level.believed_ul <= bound_ul:
        return level
    return replace(
        level.believing(bound_ul, LOW_ERROR * level.capacity_ul),
        quality=LevelQuality.DEVICE_ESTIMATE,
        unheard_s=0.0,
        # It may have been filled less, or spilt: this fall says little of the rate.
        taught_from_ul=None,
    )
