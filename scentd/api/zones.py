"""The places members come to and leave: home, and what the household adds."""

from http import HTTPStatus

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.routes import Call, Route, View, route
from scentd.api.schedules import new_id
from scentd.model.presence import HOME_ZONE_ID, Zone

MIN_RADIUS_M = 20
MAX_RADIUS_M = 100_000


class ZoneBody(View):
    """A zone to keep."""

    name: str = Field(min_length=1, max_length=80, pattern=r"\S")
    """What the place is called; a region of OwnTracks by the same name is this zone."""
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    """Degrees north of its middle."""
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)
    """Degrees east of its middle."""
    radius_m: int = Field(default=100, ge=MIN_RADIUS_M, le=MAX_RADIUS_M)
    """Metres from its middle to its edge."""


class HomeBody(View):
    """How wide home is; its middle is the household's place."""

    radius_m: int = Field(ge=MIN_RADIUS_M, le=MAX_RADIUS_M)
    """Metres from its middle to its edge."""


async def list_zones(call: Call[None]) -> list[Zone]:
    """Give every zone, home first; without home while the household's place is not known."""
    return list(call.house.roster.zones())


async def get_zone(call: Call[None]) -> Zone:
    """Give one zone."""
    return call.house.roster.zone(call.path["zone_id"])


async def add_zone(call: Call[ZoneBody]) -> Zone:
    """Keep a new zone; who is in it is known with their next report."""
    return await call.house.roster.save_zone(_zone(call.asked, new_id()))


async def replace_zone(call: Call[ZoneBody]) -> Zone:
    """Change a zone of the household's own; home is changed by PATCH."""
    known = call.house.roster.zone(call.path["zone_id"])
    return await call.house.roster.save_zone(_zone(call.asked, known.id))


async def change_home(call: Call[HomeBody]) -> Zone:
    """Say how wide home is; the household's place must be known."""
    call.house.roster.zone(HOME_ZONE_ID)
    await call.house.roster.set_home_radius(call.asked.radius_m)
    return call.house.roster.zone(HOME_ZONE_ID)


async def delete_zone(call: Call[None]) -> None:
    """Forget a zone; nobody leaves it by that."""
    await call.house.roster.delete_zone(call.path["zone_id"])


def _zone(body: ZoneBody, zone_id: str) -> Zone:
    return Zone(zone_id, body.name.strip(), body.latitude, body.longitude, body.radius_m)


_ALL = "/api/v1/zones"
_ONE = f"{_ALL}/{{zone_id}}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_zones, answers=list[Zone]),
    route("PATCH", f"{_ALL}/home", Scope.CONFIGURE, change_home, asks=HomeBody, answers=Zone),
    route("GET", _ONE, Scope.READ, get_zone, answers=Zone),
    route(
        "POST",
        _ALL,
        Scope.CONFIGURE,
        add_zone,
        asks=ZoneBody,
        answers=Zone,
        status=HTTPStatus.CREATED,
    ),
    route("PUT", _ONE, Scope.CONFIGURE, replace_zone, asks=ZoneBody, answers=Zone),
    route("DELETE", _ONE, Scope.CONFIGURE, delete_zone, status=HTTPStatus.NO_CONTENT),
)
