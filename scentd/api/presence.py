"""Who is home: see it, say it, report it from an app, and give trackers to members."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from scentd.api.access import Scope
from scentd.api.house import House
from scentd.api.routes import Call, Route, View, route
from scentd.model.presence import HOME_ZONE_ID, Tracker, TrackerKind, Whereabouts
from scentd.presence.errors import MemberUnknown
from scentd.presence.sighting import Position

ME = "me"
"""Stands for the member whose token asks."""


class StandingView(View):
    """Where one member is."""

    member_id: str
    """The member."""
    whereabouts: Whereabouts
    """Seen from home; unknown is not away."""
    zones: list[str]
    """The ids of the zones they are known to be in."""
    since: datetime | None
    """Since when they are home, away or unknown, UTC."""
    source: str | None
    """The id of the tracker that says so; null for a person's word or for nothing."""
    said: Whereabouts | None
    """What a person said of them, while that holds."""


class PresenceView(View):
    """Who is home."""

    someone_home: bool
    """Whether a member is known to be home, or guests are."""
    nobody_home: bool
    """Whether everybody is known to be away; false while one member is unknown."""
    guests: bool
    """Whether somebody said that guests are here."""
    members: list[StandingView]
    """Every member."""


class GuestsBody(View):
    """Whether guests are here."""

    guests: bool
    """They count as somebody who is home."""


class SaidBody(View):
    """What a person says of a member."""

    whereabouts: Literal["home", "away"] | None
    """Holds until a tracker of theirs comes home or leaves it; null leaves it to the trackers."""


class PositionBody(View):
    """A fix."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    """Degrees north."""
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    """Degrees east."""
    accuracy_m: float = Field(default=0, ge=0, le=1e7, allow_inf_nan=False)
    """Within how many metres of it the bearer is."""


class ReportBody(View):
    """What a phone's app reports: exactly one of a position, a zone entered, a zone left."""

    device: str = Field(default="phone", pattern=r"^[\w .-]{1,60}$")
    """Which of the member's devices speaks."""
    position: PositionBody | None = None
    """Where it is; turned into zones at once and not kept."""
    entered: str | None = Field(default=None, min_length=1, max_length=80)
    """The id of the zone it came into."""
    left: str | None = Field(default=None, min_length=1, max_length=80)
    """The id of the zone it left."""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(one is not None for one in (self.position, self.entered, self.left)) != 1:
            raise ValueError("say exactly one of position, entered and left")
        return self


class TrackerView(View):
    """Something that tells where its bearer is."""

    id: str
    """Names it."""
    kind: TrackerKind
    """How it speaks to the hub."""
    name: str
    """What it calls itself."""
    member_id: str | None
    """Whose it is; null when nobody was given it."""
    heard_at: datetime | None
    """Its last sign of life, UTC."""
    at_home: bool
    """Whether it is believed to be home."""


class TrackerBody(View):
    """Whose tracker it is."""

    member_id: str | None
    """The member; null for nobody."""


async def get_presence(call: Call[None]) -> PresenceView:
    """Say who is home."""
    return view_presence(call.house)


async def change_presence(call: Call[GuestsBody]) -> PresenceView:
    """Say whether guests are here."""
    await call.house.presence.set_guests(has_guests=call.asked.guests)
    return view_presence(call.house)


async def say_whereabouts(call: Call[SaidBody]) -> StandingView:
    """Say that a member is home or away; “me” is the member whose token asks."""
    member_id = _member_id(call)
    said = call.asked.whereabouts
    await call.house.presence.say(member_id, Whereabouts(said) if said else None)
    return view_standing(call.house, member_id)


async def report(call: Call[ReportBody]) -> StandingView:
    """Take in a report of a member's app; “me” is the member whose token asks.

    Leaving counts after a few minutes, so that a fix that jumps changes nothing.
    """
    member_id, said = _member_id(call), call.asked
    at = said.position
    await call.house.presence.hear_app(
        member_id,
        said.device,
        position=Position(at.latitude, at.longitude, at.accuracy_m) if at else None,
        entered=said.entered,
        left=said.left,
    )
    return view_standing(call.house, member_id)


async def list_trackers(call: Call[None]) -> list[TrackerView]:
    """Give every tracker that was heard; those of nobody are forgotten at a restart."""
    return [view_tracker(call.house, one) for one in call.house.roster.trackers()]


async def give_tracker(call: Call[TrackerBody]) -> TrackerView:
    """Give a tracker to a member, or to nobody; nobody comes or goes by that."""
    tracker_id = call.path["tracker_id"]
    await call.house.presence.give(tracker_id, call.asked.member_id)
    return view_tracker(call.house, call.house.roster.tracker(tracker_id))


def view_presence(house: House) -> PresenceView:
    """Show who is home."""
    presence = house.presence
    return PresenceView(
        someone_home=presence.is_someone_home(),
        nobody_home=presence.is_nobody_home(),
        guests=presence.has_guests,
        members=[view_standing(house, member.id) for member in house.roster.members()],
    )


def view_standing(house: House, member_id: str) -> StandingView:
    """Show where a member is."""
    standing = house.presence.standing(member_id)
    return StandingView(
        member_id=member_id,
        whereabouts=standing.whereabouts,
        zones=sorted(standing.zone_ids),
        since=standing.since,
        source=standing.source.id if standing.source else None,
        said=standing.said,
    )


def view_tracker(house: House, tracker: Tracker) -> TrackerView:
    """Show a tracker."""
    return TrackerView(
        id=tracker.id,
        kind=tracker.kind,
        name=tracker.name,
        member_id=tracker.member_id,
        heard_at=house.presence.heard_at(tracker.id),
        at_home=HOME_ZONE_ID in house.presence.zones_of(tracker.id),
    )


def _member_id(call: Call[SaidBody] | Call[ReportBody]) -> str:
    asked = call.path["member_id"]
    if asked != ME:
        return call.house.roster.member(asked).id
    mine = [m for m in call.house.roster.members() if m.token_id == call.caller.reference]
    if not mine:
        raise MemberUnknown(ME)
    return mine[0].id


_ALL = "/api/v1/presence"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, get_presence, answers=PresenceView),
    route("PATCH", _ALL, Scope.CONTROL, change_presence, asks=GuestsBody, answers=PresenceView),
    route("GET", f"{_ALL}/trackers", Scope.READ, list_trackers, answers=list[TrackerView]),
    route(
        "PUT",
        f"{_ALL}/trackers/{{tracker_id}}",
        Scope.CONFIGURE,
        give_tracker,
        asks=TrackerBody,
        answers=TrackerView,
    ),
    route(
        "POST",
        f"{_ALL}/{{member_id}}",
        Scope.CONTROL,
        report,
        asks=ReportBody,
        answers=StandingView,
    ),
    route(
        "PUT",
        f"{_ALL}/{{member_id}}/said",
        Scope.CONTROL,
        say_whereabouts,
        asks=SaidBody,
        answers=StandingView,
    ),
)
