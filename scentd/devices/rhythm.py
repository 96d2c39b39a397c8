"""The rhythm in which a plug is switched so that what it feeds runs a part of the time. Pure."""

import math
from dataclasses import dataclass, replace

PERIOD_S = 300.0
"""How long on and off take together. Scent lingers in a room for a quarter of an hour or longer (it
changes its air once an hour or so), so that five minutes are not smelt. Two switchings a period are
24 an hour, 70,000 a year at eight hours a day: a plug's relay lives for 100,000 switchings at its
full 10 to 16 A, by its maker's data, and for far more at the 5 to 30 W of a diffuser."""

LEAST_S = 60.0
"""No phase is shorter: a bowl takes some ten seconds to raise its mist, a command up to fifteen."""

GRACE_S = 30.0
"""For how long a report counts as late that does not show what a plug was switched to for good."""

DENIALS = 3
"""How many askings within a rhythm a plug must each answer with the other state until it counts as
its will: one answer may be late, two as well. A plug that was away and says how it is denies once.
"""

REPEAT_S = 5.0
"""After how long a switching that is not shown is said again; each further time after twice that,
but no later than within a minute."""
_REPEAT_AT_MOST_S = 60.0

MARGIN_S = 60.0
"""How much longer than its phase a plug's own timer lets it run, should the hub fall silent."""


def phases_s(percent: int) -> tuple[float, float]:
    """Give the seconds on and off, in turn, for that percent of the time; 1..99."""
    part = percent / 100
    period_s = max(PERIOD_S, LEAST_S / part, LEAST_S / (1 - part))
    return part * period_s, (1 - part) * period_s


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What one plug does by our wish now: `percent` of the time on; 0 is off, 100 always on.

    Times are monotonic seconds. The phase `is_on` or off since `began_s` until `ends_s`; it was
    asked `said` times, last at `asked_s`; `is_shown` once the plug reported it. `is_started` once
    the plug showed any phase. `is_looked_at` says that the plug was asked to report in this phase.
    `left_s` is what is left of the phase while the plug cannot be reached, else None. `denials`
    counts the askings that were answered with the other state, the last of them `denied_at`.
    """

    percent: int
    is_on: bool
    began_s: float
    ends_s: float
    asked_s: float
    said: int = 1
    is_shown: bool = False
    is_started: bool = False
    is_looked_at: bool = False
    left_s: float | None = None
    denials: int = 0
    denied_at: int = 0

    @property
    def is_pulsing(self) -> bool:
        """Whether the plug is switched on and off."""
        return 0 < self.percent < 100

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a plug that cannot be reached."""
        return self.left_s is not None

    def timer_s(self, now_s: float) -> int:
        """Give after how many seconds a plug that is on should stop, if nobody says more."""
        return math.ceil(max(0.0, self.ends_s - now_s) + MARGIN_S)

    def shown(self) -> "Rhythm":
        """Go on knowing that the plug did what it was asked."""
        return self if self.is_shown else replace(self, is_shown=True, is_started=True)

    def denied(self) -> "Rhythm":
        """Go on after a live report of the other state: it denies the last asking, once."""
        if self.is_waiting or self.denied_at == self.said:
            return self
        return replace(self, denials=self.denials + 1, denied_at=self.said)

    def is_contradicted(self, now_s: float) -> bool:
        """Tell whether a live report of the other state is somebody else's doing, or disobedience.

        Until the phase was shown it may be late news.
        """
        if self.is_waiting:
            return False
        if self.is_shown or not self.is_pulsing:
            return self.is_shown or now_s - self.began_s > GRACE_S
        return self.denials >= DENIALS

    def asked(self, now_s: float) -> "Rhythm":
        """Go on having asked for this phase once more."""
        return replace(self, asked_s=now_s, said=self.said + 1)

    def is_to_repeat(self, now_s: float) -> bool:
        """Tell whether the phase was not shown and it is time to ask for it again.

        After a wait it is asked for in any case: the plug's timer still counts from before.
        """
        if self.said == 0:
            return True
        wait_s = min(REPEAT_S * 2.0 ** min(self.said - 1, 10), _REPEAT_AT_MOST_S)
        return not self.is_shown and now_s - self.asked_s >= wait_s

    def is_to_look_at(self, now_s: float) -> bool:
        """Tell whether the plug should report: once amid each phase in which it is on."""
        half_s = self.began_s + (self.ends_s - self.began_s) / 2
        return self.is_on and self.is_shown and not self.is_looked_at and now_s >= half_s

    def next_phase(self, now_s: float) -> "Rhythm":
        """Go on with the other phase, as of the end of this one unless that is long past."""
        start_s = self.ends_s if now_s - self.ends_s < LEAST_S / 2 else now_s
        on_s, off_s = phases_s(self.percent)
        return replace(
            self,
            is_on=not self.is_on,
            began_s=now_s,
            ends_s=start_s + (off_s if self.is_on else on_s),
            asked_s=now_s,
            said=1,
            is_shown=False,
            is_looked_at=False,
            denials=0,
            denied_at=0,
        )

    def waiting(self, now_s: float) -> "Rhythm":
        """Wait: the plug cannot be reached, and nobody knows what it does meanwhile."""
        if self.is_waiting:
            return self
        return replace(self, left_s=max(0.0, self.ends_s - now_s), is_shown=False)

    def resumed(self, now_s: float) -> "Rhythm":
        """Go on with what was left of the phase, which must be asked for at once."""
        if self.left_s is None:
            return self
        return resume(self.percent, self.left_s, now_s, is_on=self.is_on)


def begin(percent: int, now_s: float, *, is_started: bool = False) -> Rhythm:
    """Begin to run for that percent of the time, 0..100: with the phase on, unless it is 0."""
    length_s = phases_s(percent)[0] if 0 < percent < 100 else math.inf
    return Rhythm(percent, percent > 0, now_s, now_s + length_s, now_s, is_started=is_started)


def resume(percent: int, left_s: float, now_s: float, *, is_on: bool) -> Rhythm:
    """Go on amid a phase that the plug had shown before; nothing was asked for yet."""
    return Rhythm(percent, is_on, now_s, now_s + left_s, now_s, said=0, is_started=True)
