"""Running low, once a refill cycle, on evidence: pure decisions over looks at a cartridge.

A look is made only when it may count: never just after a device joined, a refill, a reset or a
step of the clock, never without contact, never on a level nobody knows. The shelf sees to that.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from scentd.cartridges.level import Level
from scentd.cartridges.settings import CartridgeSettings
from scentd.model.diffuser import LevelQuality

LEVEL_SLACK_PERCENT = 3.0
"""A level this far above the threshold again takes back the first look: a bad reading passed."""

DAYS_SLACK = 1.0
"""The same for the days left."""

Reason: TypeAlias = Literal["level", "days_left"]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one moment; `days_left` is None when no end is in sight.

    `is_witnessed`: the device itself has measured it more than once since it last (re)joined.
    """

    at: datetime
    remaining_ul: int
    error_ul: int
    capacity_ul: int
    quality: LevelQuality
    days_left: float | None
    is_witnessed: bool

    @classmethod
    def at_level(
        cls, level: Level, at: datetime, days_left: float | None, *, is_witnessed: bool
    ) -> "Look":
        """Look at a level."""
        return cls(
            at,
            round(level.believed_ul),
            round(level.error_ul),
            level.capacity_ul,
            level.quality,
            days_left,
            is_witnessed,
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    """The fact to be told: which rule, and the looks it rests on, oldest first."""

    reason: Reason
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class LowWatch:
    """What the detector remembers of one refill cycle: the first low look, and whether it told.

    A new cycle begins with a new watch; nothing else takes `is_raised` back.
    """

    first: Look | None = None
    is_raised: bool = False

    def after_look(
        self, look: Look, settings: CartridgeSettings
    ) -> tuple["LowWatch", Alarm | None]:
        """Give the watch after a look, and the alarm if it has to be raised now."""
        if self.is_raised:
            return self, None
        first = self.first
        if first is not None and _has_passed(first, look, settings):
            first = None
        reason = _reason(look, settings)
        if reason is None:
            return replace(self, first=first), None
        if reason == "level" and _is_certain(look, settings):
            looks = (first, look) if first else (look,)
            return LowWatch(first, is_raised=True), Alarm(reason, looks)
        if first is None:
            return replace(self, first=look), None
        if look.at - first.at >= timedelta(seconds=settings.apart_s):
            return LowWatch(first, is_raised=True), Alarm(reason, (first, look))
        return replace(self, first=first), None

    def after_doubt(self) -> "LowWatch":
        """Give the watch after something that makes the first look worthless."""
        return replace(self, first=None)


def _reason(look: Look, settings: CartridgeSettings) -> Reason | None:
    if _percent(look.remaining_ul, look) <= settings.threshold_percent:
        return "level"
    if look.days_left is not None and look.days_left <= settings.lead_days:
        return "days_left"
    return None


def _is_certain(look: Look, settings: CartridgeSettings) -> bool:
    """Measured, by more than one reading, and low even if the truth is at the band's top."""
    highest = _percent(look.remaining_ul + look.error_ul, look)
    is_measured = look.quality is LevelQuality.MEASURED and look.is_witnessed
    return is_measured and highest <= settings.threshold_percent


def _has_passed(first: Look, look: Look, settings: CartridgeSettings) -> bool:
    """Tell whether what made the first look low is over: each reason is taken back by itself."""
    if _reason(first, settings) == "level":
        return _percent(look.remaining_ul, look) > settings.threshold_percent + LEVEL_SLACK_PERCENT
    return look.days_left is None or look.days_left > settings.lead_days + DAYS_SLACK


def _percent(amount_ul: int, look: Look) -> float:
    return 100 * amount_ul / look.capacity_ul
