"""Suspecting an empty bottle from what the plug measures: evidence for people, never an order.

A fogger or heater without oil draws less than it did; so does a worn one, so nothing is concluded.
"""

from dataclasses import dataclass, replace

FALLEN_PART = 0.6
"""A device that draws less than this part of its usual power while on is suspected. Assumed: a
dry piezo disc draws about half; no maker states it."""

KNOWN_FROM = 5
"""Readings before the usual power of a step is known."""

HELD_S = 900.0
"""For how long the power must stay low: refills, tilts and pauses between puffs are shorter."""

LEAST_W = 0.5
"""Below this a plug measures noise."""

_NEWS_PART = 0.1


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What the plug measured for a while, and what it usually does at this step, in watts."""

    watts: float
    usual_watts: float


@dataclass(frozen=True, slots=True)
class WattWatch:
    """What one device usually draws at the step it runs at, and since when it draws less.

    `fallen_since_s` is monotonic seconds.
    """

    percent: int | None = None
    usual_watts: float = 0.0
    seen: int = 0
    fallen_since_s: float | None = None

    def after_reading(
        self, watts: float, percent: int, now_s: float
    ) -> tuple["WattWatch", Suspicion | None]:
        """Give the watch after a reading of a running device, and a suspicion when it is due."""
        if percent != self.percent:
            return WattWatch(percent, watts, 1), None
        is_known = self.seen >= KNOWN_FROM and self.usual_watts >= LEAST_W
        if not is_known or watts >= FALLEN_PART * self.usual_watts:
            usual = self.usual_watts + _NEWS_PART * (watts - self.usual_watts)
            return WattWatch(percent, usual, self.seen + 1), None
        if self.fallen_since_s is None:
            return replace(self, fallen_since_s=now_s), None
        if now_s - self.fallen_since_s < HELD_S:
            return self, None
        return self, Suspicion(watts, self.usual_watts)

    def after_pause(self) -> "WattWatch":
        """Give the watch after the device was off or out of reach: a fall begins anew."""
        return replace(self, fallen_since_s=None)
