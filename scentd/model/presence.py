"""Who lives here, the places they come and go from, and where they are.

Positions are no part of this: the hub keeps which zones a member is in, never where exactly.
"""

from dataclasses import dataclass
from enum import StrEnum

HOME_ZONE_ID = "home"
"""The zone around the household's own place; it is always there."""


class Whereabouts(StrEnum):
    """Where a member is, seen from home. Unknown is not away: it switches nothing off."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"


class TrackerKind(StrEnum):
    """What tells of a member: an app, OwnTracks, a room's receiver, the router."""

    APP = "app"
    OWNTRACKS = "owntracks"
    ROOM = "room"
    ROUTER = "router"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the household.

    `token_id` names the access token whose reports are this member's own; None when there is
    none. It never leaves the hub.
    """

    id: str
    name: str
    token_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tracker:
    """Something that tells where its bearer is; `member_id` None: nobody was given it yet."""

    id: str
    kind: TrackerKind
    name: str
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A round place: its middle in degrees north and east, its radius in metres."""

    id: str
    name: str
    latitude: float
    longitude: float
    radius_m: int
