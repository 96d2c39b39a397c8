"""The hub's own line of time: seconds that only grow, through restarts and stepped clocks."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from scentd.clock import Clock


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where the line stood when both clocks showed this, in this boot of the machine."""

    line_s: float
    monotonic_s: float
    boot: str
    wall: datetime
    is_wall_trusted: bool


class HubTime:
    """Count real seconds by the monotonic clock.

    What passed between two lives of the hub is measured by the monotonic clock too where the
    machine ran on (`boot` names its boot, "" when nobody knows), else by the wall clock where it
    was and is trusted. Where neither can tell, nothing passed: limits are then kept too long
    rather than not at all.
    """

    _FACT: TypeAdapter[_Kept] = TypeAdapter(_Kept)

    def __init__(self, clock: Clock, boot: str = "") -> None:
        self._clock = clock
        self._boot = boot
        self._begun_s = clock.monotonic()

    def now_s(self) -> float:
        """Give the seconds on the line."""
        return self._clock.monotonic() - self._begun_s

    def fact(self) -> str:
        """Give where the line stands, as JSON, to be kept."""
        clock = self._clock
        kept = _Kept(self.now_s(), clock.monotonic(), self._boot, clock.now(), clock.is_trusted())
        return self._FACT.dump_json(kept).decode()

    def recall(self, fact: str) -> None:
        """Go on where the line was kept, and by what passed since."""
        kept = self._FACT.validate_json(fact)
        monotonic_s = self._clock.monotonic()
        self._begun_s = monotonic_s - kept.line_s - self._passed_s(kept, monotonic_s)

    def _passed_s(self, kept: _Kept, monotonic_s: float) -> float:
        if self._boot and self._boot == kept.boot and monotonic_s >= kept.monotonic_s:
            return monotonic_s - kept.monotonic_s
        if kept.is_wall_trusted and self._clock.is_trusted():
            return max(0.0, (self._clock.now() - kept.wall).total_seconds())
        return 0.0


def this_boot() -> str:
    """Give the name Linux gave this boot of the machine; "" where there is none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
