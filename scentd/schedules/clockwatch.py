"""Notice when the wall clock jumps, so that whoever plans by it can plan anew."""

from scentd.bus import Bus
from scentd.clock import WAKE_S, Clock
from scentd.model.events import ClockStepped

JUMP_S = 2.0
"""A step smaller than this is a clock being set right gently, and nobody's business."""


class ClockWatch:
    """Compare the wall clock with the one that never jumps, twice a second."""

    def __init__(self, clock: Clock, bus: Bus) -> None:
        self._clock = clock
        self._bus = bus

    async def run(self) -> None:
        """Publish ClockStepped for each jump of more than two seconds, until cancelled."""
        lead_s = self._lead_s()
        while True:
            await self._clock.sleep(WAKE_S)
            before_s, lead_s = lead_s, self._lead_s()
            if abs(lead_s - before_s) > JUMP_S:
                self._bus.publish(ClockStepped(self._clock.now(), lead_s - before_s))

    def _lead_s(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()
