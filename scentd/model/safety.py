"""What a household allows its diffusers at most, whoever wishes; every default is its own choice.

No authoritative limits for children or pets are known: the numbers here are cautious beginnings
that the household changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from enum import StrEnum

from scentd.model.commands import Origin

EVERYWHERE = ""
"""The room of quiet hours that hold in the whole house."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most this much; None where there is no limit. Minutes are real ones, oil microlitres.

    A run lasts from switching on to switching off. A session is all running without a pause as
    long as `rest_minutes`; who reached the limit of a run or a session rests for as long. An hour
    is the last 60 minutes, a day the household's local one. `pause_minutes` must lie between two
    runs, and no run begins that could not last `least_run_s` (a pump needs that to prime). In a
    room the minutes of its devices are added up.
    """

    run_minutes: int | None = None
    session_minutes: int | None = None
    hour_minutes: int | None = None
    day_minutes: int | None = None
    session_ul: int | None = None
    hour_ul: int | None = None
    day_ul: int | None = None
    pause_minutes: int | None = None
    rest_minutes: int | None = None
    least_run_s: int | None = None

    @property
    def counts_oil(self) -> bool:
        """Whether a limit is one of oil."""
        return not (self.session_ul is self.hour_ul is self.day_ul is None)

    def and_also(self, other: "Limits") -> "Limits":
        """Give the stricter of both in every part."""
        return Limits(**{part.name: _stricter(part.name, self, other) for part in fields(Limits)})


_AT_LEAST = frozenset({"pause_minutes", "rest_minutes", "least_run_s"})


def _stricter(name: str, one: Limits, other: Limits) -> int | None:
    both: tuple[int | None, ...] = (getattr(one, name), getattr(other, name))
    known = [limit for limit in both if limit is not None]
    if not known:
        return None
    return max(known) if name in _AT_LEAST else min(known)


class Ward(StrEnum):
    """Who in the house needs more care."""

    CHILD = "child"
    PET = "pet"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of every day without scent, on the wall; it may cross midnight.

    Equal ends mean the whole day. `room` EVERYWHERE means the house.
    """

    begins: time
    ends: time
    room: str = EVERYWHERE

    def hold_at(self, wall: time) -> bool:
        """Say whether that wall time lies within."""
        if self.begins < self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


@dataclass(frozen=True, slots=True)
class StopHold:
    """Everything is stopped until somebody says otherwise."""

    by: str
    since: datetime


_FOR_CHILDREN = Limits(run_minutes=30, day_minutes=240, rest_minutes=30)
_FOR_PETS = Limits(run_minutes=30, day_minutes=180, rest_minutes=60)


@dataclass(frozen=True, slots=True)
class SafetyRules:
    """Everything the household decided about safety.

    `everywhere` holds for each single diffuser; `rooms` by room name and `diffusers` by id hold
    beside it. `unsafe_scents` are the SKUs or scent names the household keeps away from a ward,
    beside those the catalogue tags. `child_locked` are ids of devices whose buttons and programs
    may start nothing.
    """

    everywhere: Limits = Limits(day_minutes=1_080)
    rooms: Mapping[str, Limits] = field(default_factory=dict)
    diffusers: Mapping[str, Limits] = field(default_factory=dict)
    quiet: tuple[QuietHours, ...] = ()
    wards: frozenset[Ward] = frozenset()
    ward_limits: Mapping[Ward, Limits] = field(
        default_factory=lambda: {Ward.CHILD: _FOR_CHILDREN, Ward.PET: _FOR_PETS}
    )
    unsafe_scents: Mapping[Ward, frozenset[str]] = field(default_factory=dict)
    child_locked: frozenset[str] = frozenset()
    hold: StopHold | None = None

    def of_diffuser(self, diffuser_id: str) -> Limits:
        """Give what holds for one diffuser, the care for children and pets included."""
        limits = self.everywhere.and_also(self.diffusers.get(diffuser_id, Limits()))
        for ward in self.wards:
            limits = limits.and_also(self.ward_limits.get(ward, Limits()))
        return limits

    def of_room(self, room: str) -> Limits:
        """Give what holds for all devices of a room together."""
        return self.rooms.get(room, Limits())


@dataclass(frozen=True, slots=True)
class Use:
    """What a device, or a room's devices together, gave off, and what they may at most.

    Seconds and microlitres: of the run that goes on (0 while standing still), of the session,
    of the last hour and of the local day.
    """

    limits: Limits
    run_s: float
    session_s: float
    session_ul: float
    hour_s: float
    hour_ul: float
    day_s: float
    day_ul: float


class Happened(StrEnum):
    """What a line tells."""

    OBEYED = "obeyed"
    """A wish was taken: sent, or so already."""
    YIELDED = "yielded"
    """A wish lost against what somebody set by hand, or against everybody being away."""
    REFUSED = "refused"
    OFFLINE = "offline"
    STOPPED = "stopped"
    """Safety ended a run."""
    RAN = "ran"
    """The device reported that it runs."""
    RESTED = "rested"
    """The device reported that it does not run."""
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"
    """What somebody set by hand holds no more."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line: `power` and `percent` as wished or reported; `until` when it ends by itself."""

    at: datetime
    happened: Happened
    origin: Origin | None = None
    reference: str = ""
    power: bool | None = None
    percent: int | None = None
    code: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    until: datetime | None = None
