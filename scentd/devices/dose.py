"""Count what was given off and judge whether more may be. Pure: no clock, no store, no devices.

Moments are seconds on the hub's own line of time, which never goes back (see `hubtime`).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import NamedTuple

from scentd.model.safety import Limits

MARGIN_S = 1.0
"""A device is stopped this much before its limit: two looks of the commander."""
WORTH_S = 10.0
"""What would have to stop sooner than this does not begin."""
SLICE_S = 300
"""The last hour is remembered in slices: it counts at most this much too much, never too little."""
_SLICES = 3600 // SLICE_S + 1
_MINUTE = 60.0


class Limit(StrEnum):
    """Which limit a judgement is about; the key of its words."""

    RUN = "run"
    SESSION = "session"
    SESSION_OIL = "session_oil"
    HOUR = "hour"
    HOUR_OIL = "hour_oil"
    DAY = "day"
    DAY_OIL = "day_oil"
    PAUSE = "pause"
    REST = "rest"
    LEAST_RUN = "least_run"


class Verdict(NamedTuple):
    """Which limit forbids running, if any, and for how many seconds a run may go on.

    `ends_by` names what will end a run that may go on, None when nothing does. `wait_s` says
    after how many seconds it is worth asking again; infinite where only a new day helps.
    """

    forbidden_by: Limit | None
    ends_by: Limit | None = None
    spare_s: float = inf
    wait_s: float = inf

    @property
    def is_allowed(self) -> bool:
        """Whether running may begin, or go on."""
        return self.forbidden_by is None


@dataclass(slots=True)
class Meter:
    """What one device, or all of one room, gave off."""

    run_s: float = 0.0
    session_s: float = 0.0
    session_ul: float = 0.0
    day_s: float = 0.0
    day_ul: float = 0.0
    still_since_s: float | None = None
    rest_until_s: float = 0.0
    slices: list[tuple[int, float, float]] = field(default_factory=list)

    def begin(self, now_s: float, rest_s: float) -> None:
        """Note that running begins; a pause of `rest_s` ended the session before it."""
        if self.still_since_s is None or now_s - self.still_since_s >= rest_s:
            self.session_s = self.session_ul = 0.0
        self.run_s = 0.0
        self.still_since_s = None

    def end(self, now_s: float) -> None:
        """Note that running ended."""
        self.still_since_s = now_s

    def add(self, now_s: float, seconds: float, ul: float) -> None:
        """Count running that went on until `now_s`."""
        self.run_s += seconds
        self.session_s += seconds
        self.session_ul += ul
        self.day_s += seconds
        self.day_ul += ul
        number = int(now_s // SLICE_S)
        if self.slices and self.slices[-1][0] == number:
            _, known_s, known_ul = self.slices[-1]
            self.slices[-1] = (number, known_s + seconds, known_ul + ul)
            return
        self.slices.append((number, seconds, ul))
        while self.slices[0][0] <= number - _SLICES:
            del self.slices[0]

    def renew_day(self) -> None:
        """Begin a new day."""
        self.day_s = self.day_ul = 0.0

    def hour(self, now_s: float) -> tuple[float, float]:
        """Give the seconds and microlitres of the last hour, a little too much at most."""
        oldest = int(now_s // SLICE_S) - _SLICES
        recent = [one for one in self.slices if one[0] > oldest]
        return sum(one[1] for one in recent), sum(one[2] for one in recent)


def judge(
    meter: Meter, limits: Limits, now_s: float, running: int, ul_per_h: float, *, is_start: bool
) -> Verdict:
    """Say whether `running` devices that use `ul_per_h` together may run from now on.

    `is_start` asks for one that stands still: pauses count, and too short a run is none.
    """
    if is_start and (waiting := _must_wait(meter, limits, now_s)) is not None:
        return waiting
    use = _use(meter, limits, now_s, is_new=is_start and meter.still_since_s is not None)
    ends_by, spare_s = _least_spare(use, limits, running, ul_per_h / 3600)
    if spare_s <= (WORTH_S if is_start else MARGIN_S):
        return Verdict(ends_by, ends_by, 0.0, _wait_s(ends_by, meter, limits, now_s))
    if is_start and limits.least_run_s is not None and spare_s < limits.least_run_s:
        return Verdict(Limit.LEAST_RUN, ends_by, spare_s)
    return Verdict(None, ends_by, spare_s)


def _must_wait(meter: Meter, limits: Limits, now_s: float) -> Verdict | None:
    if meter.rest_until_s > now_s:
        return Verdict(Limit.REST, None, 0.0, meter.rest_until_s - now_s)
    if limits.pause_minutes and meter.still_since_s is not None:
        wait_s = meter.still_since_s + limits.pause_minutes * _MINUTE - now_s
        if wait_s > 0:
            return Verdict(Limit.PAUSE, None, 0.0, wait_s)
    return None


class _Use(NamedTuple):
    """What counts against the limits: seconds, then microlitres."""

    run_s: float
    session_s: float
    hour_s: float
    day_s: float
    session_ul: float
    hour_ul: float
    day_ul: float


def _use(meter: Meter, limits: Limits, now_s: float, *, is_new: bool) -> _Use:
    hour_s = hour_ul = 0.0
    if limits.hour_minutes is not None or limits.hour_ul is not None:
        hour_s, hour_ul = meter.hour(now_s)
    begins_session = is_new and _is_rested(meter, limits, now_s)
    return _Use(
        0.0 if is_new else meter.run_s,
        0.0 if begins_session else meter.session_s,
        hour_s,
        meter.day_s,
        0.0 if begins_session else meter.session_ul,
        hour_ul,
        meter.day_ul,
    )


def _least_spare(
    use: _Use, limits: Limits, running: int, ul_per_s: float
) -> tuple[Limit | None, float]:
    """Give the limit that is reached first, and after how many seconds."""
    least: Limit | None = None
    spare_s = inf
    for limit, minutes, used_s in (
        (Limit.RUN, limits.run_minutes, use.run_s),
        (Limit.SESSION, limits.session_minutes, use.session_s),
        (Limit.HOUR, limits.hour_minutes, use.hour_s),
        (Limit.DAY, limits.day_minutes, use.day_s),
    ):
        if minutes is not None and (left_s := (minutes * _MINUTE - used_s) / running) < spare_s:
            least, spare_s = limit, left_s
    if ul_per_s <= 0 or not limits.counts_oil:
        return least, spare_s
    for limit, most_ul, used_ul in (
        (Limit.SESSION_OIL, limits.session_ul, use.session_ul),
        (Limit.HOUR_OIL, limits.hour_ul, use.hour_ul),
        (Limit.DAY_OIL, limits.day_ul, use.day_ul),
    ):
        if most_ul is not None and (left_s := (most_ul - used_ul) / ul_per_s) < spare_s:
            least, spare_s = limit, left_s
    return least, spare_s


def _is_rested(meter: Meter, limits: Limits, now_s: float) -> bool:
    rest_s = (limits.rest_minutes or 0) * _MINUTE
    return meter.still_since_s is not None and now_s - meter.still_since_s >= rest_s


def _wait_s(limit: Limit | None, meter: Meter, limits: Limits, now_s: float) -> float:
    if limit in {Limit.SESSION, Limit.SESSION_OIL, Limit.RUN}:
        since_s = now_s if meter.still_since_s is None else meter.still_since_s
        return max(0.0, since_s + (limits.rest_minutes or 0) * _MINUTE - now_s)
    if limit in {Limit.HOUR, Limit.HOUR_OIL} and meter.slices:
        return max(0.0, (meter.slices[0][0] + _SLICES) * SLICE_S - now_s)
    return inf
