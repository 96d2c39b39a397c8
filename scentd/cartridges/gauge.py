"""How long a device ran and what that used by its model's data; on the clock that never jumps."""

from dataclasses import dataclass
from typing import NamedTuple

from scentd.model.diffuser import Availability, Capabilities, DiffuserState

UNTOLD_PERCENT = 50
"""What a running device is taken to be set to while it has not said."""

BLIND_AT_MOST_S = 24 * 3600.0
"""A device out of reach for longer than this was most likely unplugged, not running."""


class Passed(NamedTuple):
    """Seconds gone by, and the use by data in them."""

    seconds: float
    use_ul: float


def rate_of(state: DiffuserState, capabilities: Capabilities) -> float:
    """Give microlitres an hour at which the device runs now by its data; 0 when it does not."""
    if state.reported.power is not True:
        return 0.0
    percent = state.reported.intensity_percent
    return float(capabilities.rate_at(UNTOLD_PERCENT if percent is None else percent))


@dataclass(slots=True)
class Gauge:
    """The running of one device, read off from moment to moment (`at_s`: monotonic seconds)."""

    at_s: float
    rate_ul_per_h: float = 0.0
    _away_s: float | None = None

    def read(self, now_s: float) -> Passed:
        """Give what passed until now; a moment before the last one adds nothing."""
        seconds = max(0.0, now_s - self.at_s)
        self.at_s += seconds
        if self._away_s is not None:
            self._away_s += seconds
            return Passed(seconds, 0.0)
        return Passed(seconds, self.rate_ul_per_h * seconds / 3600)

    def follow(self, state: DiffuserState, capabilities: Capabilities) -> float:
        """Go on as the device is from now on; give what it may have used while out of reach.

        It may have run on if it ran when it was lost and runs when it is found.
        """
        if state.availability is Availability.OFFLINE:
            self._away_s = self._away_s or 0.0
            return 0.0
        blind_s, self._away_s = min(self._away_s or 0.0, BLIND_AT_MOST_S), None
        was_running, self.rate_ul_per_h = self.rate_ul_per_h > 0, rate_of(state, capabilities)
        return self.rate_ul_per_h * blind_s / 3600 if was_running else 0.0
