"""How long a device ran and what that used by its model's data; on the clock that never jumps."""

from dataclasses import dataclass
from typing import NamedTuple

from scentd.model.diffuser import Availability, Capabilities, DiffuserState

UNTOLD_PERCENT = 50
"""What a running device is taken to be set to while it has not said."""

FINE_STEPS = 6
"""A device with more steps is learnt by quarters: evidence for a hundred never comes."""


class Passed(NamedTuple):
    """Seconds gone by, the use by data in them, and the step in percent; `is_blind`: it was out
    of reach, so that nobody knows.
    """

    seconds: float
    use_ul: float
    percent: int = 100
    is_blind: bool = False


def rate_of(state: DiffuserState, capabilities: Capabilities) -> float:
    """Give microlitres an hour at which the device runs now by its data; 0 when it does not."""
    if state.reported.power is not True:
        return 0.0
    percent = state.reported.intensity_percent
    return float(capabilities.rate_at(UNTOLD_PERCENT if percent is None else percent))


def step_of(percent: int | None, capabilities: Capabilities) -> int:
    """Give the step whose rate a run at that intensity teaches, in percent."""
    step = capabilities.nearest_step(UNTOLD_PERCENT if percent is None else percent)
    if len(capabilities.steps) <= FINE_STEPS:
        return step
    return min(100, 25 * (1 + step // 25))


@dataclass(slots=True)
class Gauge:
    """The running of one device, read off from moment to moment (`at_s`: monotonic seconds).

    `slot_no` is the slot the device says it spreads from, None while it says nothing of it;
    `is_away` while it is out of reach.
    """

    at_s: float
    rate_ul_per_h: float = 0.0
    percent: int = 100
    slot_no: int | None = None
    is_away: bool = False

    def read(self, now_s: float) -> Passed:
        """Give what passed until now; a moment before the last one adds nothing."""
        seconds = max(0.0, now_s - self.at_s)
        self.at_s += seconds
        if self.is_away:
            return Passed(seconds, 0.0, self.percent, is_blind=True)
        return Passed(seconds, self.rate_ul_per_h * seconds / 3600, self.percent)

    def follow(self, state: DiffuserState, capabilities: Capabilities) -> float:
        """Go on as the device is from now on; give the microlitres an hour at which it may have
        run while out of reach, 0 when it was not.

        It may have run on if it ran when it was lost and runs when it is found.
        """
        was_away, self.is_away = self.is_away, state.availability is Availability.OFFLINE
        if was_away and self.is_away:
            return 0.0
        was_running, self.rate_ul_per_h = self.rate_ul_per_h > 0, rate_of(state, capabilities)
        self.percent = step_of(state.reported.intensity_percent, capabilities)
        self.slot_no = state.reported.slot_no
        return self.rate_ul_per_h if was_away and was_running else 0.0
