"""How sure a level is, and why, in plain words."""

from datetime import datetime, timedelta

from scentd.api.formats import Formats
from scentd.model.cartridge import Cartridge, Forecast, Knowledge
from scentd.model.diffuser import LevelQuality

PERCENT = 100
LITTLE = 3
"""A device that differs from its maker's figure by less than this many percent keeps to it."""

LITTLE_UL = 15
"""Use a day below this is not worth a word."""

_READ = frozenset({LevelQuality.MEASURED, LevelQuality.DEVICE_ESTIMATE})


def reasons(
    cartridge: Cartridge, known: Knowledge, forecast: Forecast, formats: Formats, now: datetime
) -> list[str]:
    """Say what a level and its forecast rest on, the most telling first."""
    told = [_seen(cartridge, known, formats, now), _band(cartridge, formats)]
    told.append(_rate(known, formats))
    told += _uses(forecast, formats)
    if forecast.running_hours_left is not None and cartridge.remaining_ul > 0:
        told.append(formats.words("why_level.hours", count=round(forecast.running_hours_left)))
    if not known.is_feeding:
        told.append(formats.words("why_level.resting"))
    if known.goes_on:
        told.append(formats.words("why_level.goes_on"))
    return told


def _seen(cartridge: Cartridge, known: Knowledge, formats: Formats, now: datetime) -> str:
    words = formats.words
    if known.heard_s is None:
        return words(f"why_level.{cartridge.quality.value}")
    when = formats.when(now - timedelta(seconds=known.heard_s), now)
    if cartridge.quality in _READ:
        return words(f"why_level.{cartridge.quality.value}", when=when)
    return words("why_level.silent", when=when)


def _band(cartridge: Cartridge, formats: Formats) -> str:
    low = max(0, cartridge.remaining_ul - cartridge.error_ul)
    high = min(cartridge.capacity_ul, cartridge.remaining_ul + cartridge.error_ul)
    return formats.words(
        "why_level.band", low=formats.millilitres(low), high=formats.millilitres(high)
    )


def _rate(known: Knowledge, formats: Formats) -> str:
    if known.falls == 0:
        return formats.words("why_level.maker")
    percent = round(abs(known.rate_factor - 1) * PERCENT)
    key = "same" if percent <= LITTLE else "more" if known.rate_factor > 1 else "less"
    spread = max(1, round(known.rate_spread * PERCENT))
    learnt = formats.words("why_level.learnt", count=known.falls, spread=spread)
    return f"{formats.words(f'why_level.{key}', percent=percent)} {learnt}"


def _uses(forecast: Forecast, formats: Formats) -> list[str]:
    """Say what a mean day takes, by what."""
    planned, beside = forecast.planned_ul_a_day, forecast.beside_ul_a_day
    if planned + beside < LITTLE_UL:
        return [formats.words("why_level.unused")]
    total = formats.millilitres(round(planned + beside))
    if abs(beside) < LITTLE_UL:
        return [formats.words("why_level.by_plan", total=total)]
    if planned < LITTLE_UL:
        return [formats.words("why_level.by_hand", total=total)]
    key = "both" if beside > 0 else "cut_short"
    return [
        formats.words(
            f"why_level.{key}",
            total=total,
            planned=formats.millilitres(round(planned)),
            beside=formats.millilitres(round(abs(beside))),
        )
    ]
