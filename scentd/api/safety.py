"""Safety: what the household allows at most, how much of it is used, and the stop that holds."""

from dataclasses import asdict
from datetime import datetime, time

from pydantic import Field, field_validator

from scentd.api.access import Scope
from scentd.api.routes import Call, Route, View, route
from scentd.api.views import OutcomeView, view_outcome
from scentd.model.safety import Limits, QuietHours, SafetyRules, StopHold, Use, Ward

MOST_MINUTES = 1_500
"""The longest local day there is, a 25 h one."""
MOST_UL = 1_000_000


class LimitsView(View):
    """At most this much; null or left out where there is no limit."""

    run_minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES)
    """Minutes of one run."""
    session_minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES)
    """Minutes of running without a pause as long as `rest_minutes`."""
    hour_minutes: int | None = Field(default=None, ge=1, le=60 * 24)
    """Minutes within the last hour; those of a room's devices are added up."""
    day_minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES * 10)
    """Minutes in a local day."""
    session_ul: int | None = Field(default=None, ge=1, le=MOST_UL)
    """Microlitres of a session."""
    hour_ul: int | None = Field(default=None, ge=1, le=MOST_UL)
    """Microlitres within the last hour."""
    day_ul: int | None = Field(default=None, ge=1, le=MOST_UL)
    """Microlitres in a local day."""
    pause_minutes: int | None = Field(default=None, ge=0, le=1_440)
    """Minutes that must lie between two runs."""
    rest_minutes: int | None = Field(default=None, ge=0, le=1_440)
    """Minutes of rest after the longest run or session."""
    least_run_s: int | None = Field(default=None, ge=1, le=3_600)
    """No run begins that could not last that many seconds."""


class QuietView(View):
    """A time of every day without scent; it may cross midnight."""

    begins: time
    """Wall time at which it begins."""
    ends: time
    """Wall time at which it ends; the same as `begins` means the whole day."""
    room: str = Field(default="", max_length=80)
    """The room; "" for the house."""

    @field_validator("begins", "ends")
    @classmethod
    def _is_of_the_wall(cls, wall: time) -> time:
        if wall.tzinfo is not None:
            raise ValueError("it is a wall time of the home, without an offset")
        return wall


class SafetyBody(View):
    """Everything the household decides about safety; what is left out goes back to none."""

    everywhere: LimitsView = LimitsView()
    """What holds for each single diffuser."""
    rooms: dict[str, LimitsView] = Field(default={}, max_length=100)
    """What holds for all devices of a room together, by its name."""
    diffusers: dict[str, LimitsView] = Field(default={}, max_length=200)
    """What holds for single devices beside that, by id."""
    quiet: tuple[QuietView, ...] = Field(default=(), max_length=20)
    """The quiet hours."""
    wards: frozenset[Ward] = frozenset()
    """Who in the house needs more care."""
    ward_limits: dict[Ward, LimitsView] = Field(default={})
    """What holds for every device while such a one lives here; left out: the careful beginnings."""
    unsafe_scents: dict[Ward, frozenset[str]] = Field(default={})
    """SKUs or scent names kept away from them, beside those the catalogue tags."""
    child_locked: frozenset[str] = Field(default=frozenset(), max_length=200)
    """Ids of devices whose button and whose programs may start nothing."""


class UseView(View):
    """What was given off until now, and the limits on it, those of the hub's settings included."""

    limits: LimitsView
    """Everything that holds."""
    run_s: float
    """Seconds of the run that goes on; 0 while it stands still."""
    session_s: float
    """Seconds of the session."""
    session_ul: float
    """Microlitres of the session."""
    hour_s: float
    """Seconds within the last hour, up to five minutes too many."""
    hour_ul: float
    """Microlitres within the last hour."""
    day_s: float
    """Seconds in the local day."""
    day_ul: float
    """Microlitres in the local day."""


class HoldView(View):
    """A stop of everything that holds until somebody says otherwise."""

    by: str
    """Who stopped it: a token's id, or "page"."""
    since: datetime
    """Since when, UTC."""


class SafetyView(SafetyBody):
    """What is allowed at most, and what is used of it."""

    hold: HoldView | None
    """The stop that holds; null when none does."""
    use_of_diffusers: dict[str, UseView]
    """By device id."""
    use_in_rooms: dict[str, UseView]
    """By the name of each room that has a device."""


async def get_safety(call: Call[None]) -> SafetyView:
    """Give what is allowed at most and what is used of it."""
    return _view(call)


async def change_safety(call: Call[SafetyBody]) -> SafetyView:
    """Set what is allowed at most; what runs against it stops within a second."""
    await call.house.safety.save(rules_of(call.asked))
    return _view(call)


async def hold(call: Call[None]) -> list[OutcomeView]:
    """Stop everything, and let nothing start until the hold is deleted."""
    return [
        view_outcome(outcome, call.formats, call.now)
        for outcome in await call.house.safety.hold(call.source)
    ]


async def release(call: Call[None]) -> SafetyView:
    """Let go of a stop that holds; the plan says what runs now."""
    await call.house.safety.release()
    return _view(call)


def rules_of(body: SafetyBody) -> SafetyRules:
    """Give the rules a body asks for."""
    wards = {ward: limits_of(view) for ward, view in body.ward_limits.items()}
    return SafetyRules(
        everywhere=limits_of(body.everywhere),
        rooms={room: limits_of(view) for room, view in body.rooms.items()},
        diffusers={name: limits_of(view) for name, view in body.diffusers.items()},
        quiet=tuple(QuietHours(one.begins, one.ends, one.room) for one in body.quiet),
        wards=body.wards,
        ward_limits={**SafetyRules().ward_limits, **wards},
        unsafe_scents=body.unsafe_scents,
        child_locked=body.child_locked,
    )


def limits_of(view: LimitsView) -> Limits:
    """Give the limits a view names."""
    return Limits(**view.model_dump())


def view_limits(limits: Limits) -> LimitsView:
    """Show limits."""
    return LimitsView(**asdict(limits))


def _view(call: Call[None] | Call[SafetyBody]) -> SafetyView:
    book, rules = call.house.safety, call.house.safety.rules
    diffusers = call.house.diffusers.all()
    rooms = sorted({one.room for one in diffusers if one.room})
    return SafetyView(
        everywhere=view_limits(rules.everywhere),
        rooms={room: view_limits(limits) for room, limits in rules.rooms.items()},
        diffusers={name: view_limits(limits) for name, limits in rules.diffusers.items()},
        quiet=tuple(QuietView(**asdict(one)) for one in rules.quiet),
        wards=rules.wards,
        ward_limits={ward: view_limits(limits) for ward, limits in rules.ward_limits.items()},
        unsafe_scents=dict(rules.unsafe_scents),
        child_locked=rules.child_locked,
        hold=_view_hold(rules.hold),
        use_of_diffusers={one.id: _view_use(book.use_of(one.id)) for one in diffusers},
        use_in_rooms={room: _view_use(book.use_in(room)) for room in rooms},
    )


def _view_hold(held: StopHold | None) -> HoldView | None:
    return None if held is None else HoldView(by=held.by, since=held.since)


def _view_use(use: Use) -> UseView:
    seconds = {name: round(getattr(use, name), 1) for name in _COUNTED}
    return UseView(limits=LimitsView.model_construct(**asdict(use.limits)), **seconds)


_COUNTED = ("run_s", "session_s", "session_ul", "hour_s", "hour_ul", "day_s", "day_ul")
_PATH = "/api/v1/safety"

ROUTES: tuple[Route, ...] = (
    route("GET", _PATH, Scope.READ, get_safety, answers=SafetyView),
    route("PUT", _PATH, Scope.CONFIGURE, change_safety, asks=SafetyBody, answers=SafetyView),
    route("POST", f"{_PATH}/hold", Scope.CONTROL, hold, answers=list[OutcomeView]),
    route("DELETE", f"{_PATH}/hold", Scope.CONFIGURE, release, answers=SafetyView),
)
