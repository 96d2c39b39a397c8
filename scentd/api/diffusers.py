"""Diffusers: see them, wish something of them, name them."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Self

from pydantic import AwareDatetime, Field, model_validator

from scentd.api.access import Scope
from scentd.api.page.whywords import WhyWords
from scentd.api.reasonwords import tell_then
from scentd.api.routes import Call, Route, View, route
from scentd.api.views import DiffuserView, OutcomeView, view_diffuser, view_outcome
from scentd.api.why import explain
from scentd.devices.errors import BrokerAway
from scentd.model.commands import UNTIL_I_SAY, Origin, Wish
from scentd.model.diffuser import Mode
from scentd.model.safety import Decision, Happened


class WishBody(View):
    """A wish; what is left out or null stays as it is."""

    power: bool | None = None
    """On or off."""
    intensity_percent: int | None = Field(default=None, ge=1, le=100)
    """The intensity, percent; the nearest native step is taken."""
    mode: Mode | None = None
    """How it spreads its scent."""
    light: bool | None = None
    """The device's light."""
    light_percent: int | None = Field(default=None, ge=1, le=100)
    """Its brightness, percent; switches it on."""
    light_rgb: str | None = Field(default=None, pattern="^[0-9a-f]{6}$")
    """Its colour, six hexadecimal digits, lower case; switches it on."""
    light_effect: str | None = Field(default=None, max_length=64)
    """One of its effects; switches it on."""
    timer_s: int | None = Field(default=None, ge=0, le=86_400)
    """After how many seconds the device stops by itself, whatever becomes of the hub; 0 takes that
    back. Only some devices can."""
    slot_no: int | None = Field(default=None, ge=1, le=8)
    """Which of its cartridges to spread from, the first being 1."""
    for_s: int | None = Field(default=None, ge=1, le=7 * 86_400)
    """For how many seconds it should hold; then the plan speaks again, else it stops."""
    until_i_say: bool = False
    """Let it hold until somebody lets go of it; goes with no `for_s`."""

    @model_validator(mode="after")
    def _has_one_end(self) -> Self:
        if self.until_i_say and self.for_s is not None:
            raise ValueError("it holds for a time or until you say, not both")
        return self


class NameBody(View):
    """The household's own words for a device; what is left out or null stays as it is."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    """Its name."""
    room: str | None = Field(default=None, max_length=80)
    """Its room; empty takes it out of any."""


class WhyQuery(View):
    """Which moment is asked about."""

    at: AwareDatetime | None = None
    """The moment, ISO 8601 with its offset, of the last thirty days; left out: now."""


class WhyLineView(View):
    """One decision, as codes and in words of the household's language."""

    at: datetime
    """When it was taken, UTC."""
    happened: Happened
    """What became of the wish, or what the device did."""
    origin: Origin | None
    """Who wished; null for the device itself."""
    reference: str
    """Which schedule, rule, token or button."""
    power: bool | None
    """What was wished, or done."""
    percent: int | None
    """At which intensity."""
    code: str
    """Why not, or why it ended; "" where nothing stood against it."""
    until: datetime | None
    """Until when it holds."""
    words: str
    """Who, or why, in words."""


class WhyPlanView(View):
    """What the schedules' own log says near the moment."""

    at: datetime
    """When, UTC."""
    what: str
    """Began, ended, missed and so on."""
    schedule_id: str
    """Which schedule."""
    code: str
    """Why, as a stable code."""
    why: str
    """Why, in the household's language."""


class WhyView(View):
    """Why a device ran or did not at a moment."""

    at: datetime
    """The moment asked about."""
    power: bool | None
    """Whether it ran; null when nothing is known."""
    since: datetime | None
    """Since when."""
    won: WhyLineView | None
    """What had the word."""
    lost: list[WhyLineView]
    """What was wished within the hour before and not done, the newest first."""
    plan: list[WhyPlanView]
    """What the schedules did within an hour of it."""
    next_at: datetime | None
    """When the plan next switches it, seen from now."""
    words: list[str]
    """All of that in sentences of the household's language."""


class ProfileBody(View):
    """Which model a device is."""

    profile: str = Field(min_length=1, max_length=80)
    """The key of one of the profiles offered for it."""


class IgnoreBody(View):
    """Whether a device is left alone."""

    is_ignored: bool
    """True: it spreads no scent; false: it does after all."""


class IgnoredView(View):
    """A device that is left alone."""

    id: str
    """Names it."""
    name: str
    """What it calls itself."""
    dialect: str
    """How it speaks."""
    maker: str
    """Who made it, as it says."""
    model: str
    """Which model it is, as it says."""


class ProfileView(View):
    """A model a device may be."""

    key: str
    """What to send to choose it."""
    title: str
    """What people call it."""


async def list_diffusers(call: Call[None]) -> list[DiffuserView]:
    """Give every device of the household."""
    return [view_diffuser(call.house, diffuser) for diffuser in call.house.diffusers.all()]


async def get_diffuser(call: Call[None]) -> DiffuserView:
    """Give one device."""
    diffuser = call.house.diffusers.get(call.path["diffuser_id"])
    return view_diffuser(call.house, diffuser)


async def wish_state(call: Call[WishBody]) -> OutcomeView:
    """Wish a state of one device; the answer says what became of the wish, not that it is done."""
    diffuser = call.house.diffusers.get(call.path["diffuser_id"])
    wish = Wish(
        diffuser.id,
        call.source,
        power=call.asked.power,
        intensity_percent=call.asked.intensity_percent,
        mode=call.asked.mode,
        light=_light_of(call.asked),
        light_percent=call.asked.light_percent,
        light_rgb=call.asked.light_rgb,
        light_effect=call.asked.light_effect,
        timer_s=call.asked.timer_s,
        slot_no=call.asked.slot_no,
        until=_end_of(call.asked, call.house.clock.now()),
    )
    return view_outcome(call.house.commands.submit(wish), call.formats, call.now)


async def let_go(call: Call[None]) -> None:
    """End what a person wished of one device; plan and rules speak again."""
    call.house.commands.let_go(call.path["diffuser_id"])


async def tell_why(call: Call[WhyQuery]) -> WhyView:
    """Tell why one device ran or did not at a moment of the last thirty days."""
    diffuser, now = call.house.diffusers.get(call.path["diffuser_id"]), call.house.clock.now()
    at = call.asked.at or now
    why = await explain(call.house, diffuser.id, at)
    say = WhyWords(call.house, call.formats, now)
    sentences = (say.state(why), say.cause(why), say.until(why), *say.losses(why), say.comes(why))
    comes = why.comes
    return WhyView(
        at=at,
        power=None if why.turned is None else why.turned.power,
        since=None if why.turned is None else why.turned.at,
        won=None if why.won is None else _view_line(why.won, say.cause(why)),
        lost=[_view_line(one, say.reason(one)) for one in why.lost],
        plan=[
            WhyPlanView(
                at=row.at,
                what=row.what,
                schedule_id=row.schedule_id,
                code=row.reason.code,
                why=tell_then(row.reason, call.formats, now),
            )
            for row in why.plan
        ],
        next_at=None if comes is None else comes.end if comes.start <= now else comes.start,
        words=[sentence for sentence in sentences if sentence],
    )


async def identify_diffuser(call: Call[None]) -> OutcomeView:
    """Ask one device to show itself."""
    diffuser = call.house.diffusers.get(call.path["diffuser_id"])
    wish = Wish(diffuser.id, call.source, identify=True)
    return view_outcome(call.house.commands.submit(wish), call.formats, call.now)


async def stop_all(call: Call[None]) -> list[OutcomeView]:
    """Switch every diffuser off, whatever else holds; one outcome a device."""
    return [
        view_outcome(outcome, call.formats, call.now)
        for outcome in call.house.commands.stop_all(call.source)
    ]


async def rename_diffuser(call: Call[NameBody]) -> DiffuserView:
    """Give a device the household's own name or room."""
    diffuser = await call.house.diffusers.rename(
        call.path["diffuser_id"], name=call.asked.name, room=call.asked.room
    )
    return view_diffuser(call.house, diffuser)


async def list_profiles(call: Call[None]) -> list[ProfileView]:
    """Give the models one device may be; empty when it needs no choice."""
    offered = call.house.diffusers.profiles(call.path["diffuser_id"])
    return [ProfileView(key=profile.key, title=profile.title) for profile in offered]


async def choose_profile(call: Call[ProfileBody]) -> DiffuserView:
    """Say which model a device is."""
    diffuser = await call.house.diffusers.choose_profile(
        call.path["diffuser_id"], call.asked.profile
    )
    return view_diffuser(call.house, diffuser)


async def search(call: Call[None]) -> None:
    """Ask the devices that speak only when asked; what answers appears in the list by itself."""
    if not call.house.broker.is_connected:
        raise BrokerAway
    call.house.diffusers.search()


async def list_ignored(call: Call[None]) -> list[IgnoredView]:
    """Give what the household said is no diffuser."""
    return [
        IgnoredView(id=one.id, name=one.name, dialect=one.dialect, maker=one.maker, model=one.model)
        for one in call.house.diffusers.ignored()
    ]


async def ignore_diffuser(call: Call[IgnoreBody]) -> None:
    """Leave a device alone because it spreads no scent, or call it back."""
    await call.house.diffusers.ignore(call.path["diffuser_id"], is_ignored=call.asked.is_ignored)


async def drop_ghosts(call: Call[None]) -> None:
    """Have the broker drop the commands it keeps for a device."""
    diffuser = call.house.diffusers.get(call.path["diffuser_id"])
    if not call.house.diffusers.clear_ghosts(diffuser.id):
        raise BrokerAway


async def remove_diffuser(call: Call[None]) -> None:
    """Take a device away; it comes back when it announces itself again."""
    await call.house.diffusers.remove(call.path["diffuser_id"])


def _view_line(line: Decision, words: str) -> WhyLineView:
    return WhyLineView(
        at=line.at,
        happened=line.happened,
        origin=line.origin,
        reference=line.reference,
        power=line.power,
        percent=line.percent,
        code=line.code,
        until=line.until,
        words=words,
    )


def _light_of(asked: WishBody) -> bool | None:
    """Give the switch of the light: a brightness, colour or effect means on."""
    looks = (asked.light_percent, asked.light_rgb, asked.light_effect)
    return True if asked.light is None and any(looks) else asked.light


def _end_of(asked: WishBody, now: datetime) -> datetime | None:
    if asked.until_i_say:
        return UNTIL_I_SAY
    return None if asked.for_s is None else now + timedelta(seconds=asked.for_s)


_ALL = "/api/v1/diffusers"
_ONE = "/api/v1/diffusers/{diffuser_id}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_diffusers, answers=list[DiffuserView]),
    route("POST", f"{_ALL}/stop", Scope.CONTROL, stop_all, answers=list[OutcomeView]),
    route("POST", f"{_ALL}/search", Scope.CONFIGURE, search, status=HTTPStatus.NO_CONTENT),
    route("GET", f"{_ALL}/ignored", Scope.READ, list_ignored, answers=list[IgnoredView]),
    route("GET", _ONE, Scope.READ, get_diffuser, answers=DiffuserView),
    route("PATCH", _ONE, Scope.CONFIGURE, rename_diffuser, asks=NameBody, answers=DiffuserView),
    route("DELETE", _ONE, Scope.CONFIGURE, remove_diffuser, status=HTTPStatus.NO_CONTENT),
    route("POST", f"{_ONE}/state", Scope.CONTROL, wish_state, asks=WishBody, answers=OutcomeView),
    route("DELETE", f"{_ONE}/override", Scope.CONTROL, let_go, status=HTTPStatus.NO_CONTENT),
    route("POST", f"{_ONE}/identify", Scope.CONTROL, identify_diffuser, answers=OutcomeView),
    route(
        "PUT",
        f"{_ONE}/ignored",
        Scope.CONFIGURE,
        ignore_diffuser,
        asks=IgnoreBody,
        status=HTTPStatus.NO_CONTENT,
    ),
    route(
        "DELETE",
        f"{_ONE}/ghosts",
        Scope.CONFIGURE,
        drop_ghosts,
        status=HTTPStatus.NO_CONTENT,
    ),
    route("GET", f"{_ONE}/why", Scope.READ, tell_why, asks=WhyQuery, answers=WhyView),
    route("GET", f"{_ONE}/profiles", Scope.READ, list_profiles, answers=list[ProfileView]),
    route(
        "PUT",
        f"{_ONE}/profile",
        Scope.CONFIGURE,
        choose_profile,
        asks=ProfileBody,
        answers=DiffuserView,
    ),
)
