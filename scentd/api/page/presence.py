"""Presence: who is home and who says so, the home's place and sky, zones, and trackers."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from scentd.api.household import HouseholdBody
from scentd.api.members import MemberBody
from scentd.api.page.visit import Page, Visit
from scentd.api.page.zonemap import draw_zones
from scentd.api.schedules import new_id
from scentd.api.zones import HomeBody, ZoneBody
from scentd.model.presence import Member, Whereabouts, Zone
from scentd.presence.errors import TooManyPlaces
from scentd.presence.sighting import metres_between
from scentd.presence.standing import Standing
from scentd.sun import Sky, SunPoint

KILOMETRE_M = 1000
_SAYS: Mapping[str, Whereabouts | None] = {
    "home": Whereabouts.HOME,
    "away": Whereabouts.AWAY,
    "trackers": None,
}


@dataclass(frozen=True, slots=True)
class Person:
    """A member and where they are; `other_zones` are the names of those beside home."""

    member: Member
    standing: Standing
    other_zones: tuple[str, ...]


async def show_presence(visit: Visit) -> web.Response:
    """Show who is home, the zones and the trackers."""
    return await _page(visit)


async def add_member(visit: Visit) -> web.Response:
    """Keep a new member."""
    try:
        body = MemberBody(name=visit.form.get("name", "").strip())
        await visit.house.roster.save_member(Member(new_id(), body.name))
    except (ValidationError, TooManyPlaces):
        return await _page(visit, visit.words("presence.name_unfit"), "member")
    return visit.done("/presence", "member_saved")


async def save_member(visit: Visit) -> web.Response:
    """Keep a member's name and token."""
    known = _member(visit)
    try:
        body = MemberBody(
            name=visit.form.get("name", "").strip(), token_id=visit.form.get("token") or None
        )
    except ValidationError:
        return await _page(visit, visit.words("presence.name_unfit"), f"member {known.id}")
    await visit.house.roster.save_member(replace(known, name=body.name, token_id=body.token_id))
    return visit.done("/presence", "member_saved")


async def delete_member(visit: Visit) -> web.Response:
    """Forget a member."""
    await visit.house.roster.delete_member(_member(visit).id)
    return visit.done("/presence", "member_deleted")


async def say_whereabouts(visit: Visit) -> web.Response:
    """Say that a member is home or away, or leave it to their trackers."""
    said = _SAYS.get(visit.form.get("says", ""))
    await visit.house.presence.say(_member(visit).id, said)
    return visit.done("/presence", "presence_said")


async def set_guests(visit: Visit) -> web.Response:
    """Say whether guests are here."""
    await visit.house.presence.set_guests(has_guests=visit.form.get("guests") == "on")
    return visit.done("/presence", "presence_said")


async def save_place(visit: Visit) -> web.Response:
    """Keep where the home is, how wide it is, and its zone of time."""
    form, known = visit.form, visit.house.household.household
    try:
        body = HouseholdBody(
            zone=form.get("zone") or None,
            latitude=_degrees(form.get("latitude", "")),
            longitude=_degrees(form.get("longitude", "")),
        )
        home = HomeBody.model_validate({"radius_m": form.get("radius_m", "").strip()})
    except (ValidationError, ValueError):
        return await _page(visit, visit.words("presence.place_unfit"), "place")
    await visit.house.household.save(
        replace(
            known,
            zone=body.zone or known.zone,
            latitude=body.latitude,
            longitude=body.longitude,
        )
    )
    await visit.house.roster.set_home_radius(home.radius_m)
    return visit.done("/presence", "place_saved")


async def add_zone(visit: Visit) -> web.Response:
    """Keep a new zone."""
    form = visit.form
    try:
        body = ZoneBody.model_validate(
            {
                "name": form.get("name", "").strip(),
                "latitude": _degrees(form.get("latitude", "")),
                "longitude": _degrees(form.get("longitude", "")),
                "radius_m": form.get("radius_m", "").strip(),
            }
        )
        await visit.house.roster.save_zone(
            Zone(new_id(), body.name, body.latitude, body.longitude, body.radius_m)
        )
    except (ValidationError, ValueError, TooManyPlaces):
        return await _page(visit, visit.words("presence.zone_unfit"), "zone")
    return visit.done("/presence", "zone_saved")


async def delete_zone(visit: Visit) -> web.Response:
    """Forget a zone."""
    await visit.house.roster.delete_zone(visit.request.match_info["zone_id"])
    return visit.done("/presence", "zone_deleted")


async def give_tracker(visit: Visit) -> web.Response:
    """Give a tracker to a member, or to nobody."""
    tracker_id = visit.request.match_info["tracker_id"]
    await visit.house.presence.give(tracker_id, visit.form.get("member") or None)
    return visit.done("/presence", "tracker_given")


def people_context(visit: Visit) -> dict[str, object]:
    """Give what the part about members needs."""
    house = visit.house
    names = {zone.id: zone.name for zone in house.roster.zones() if zone.id != "home"}
    people = []
    for member in house.roster.members():
        standing = house.presence.standing(member.id)
        others = tuple(sorted(names[one] for one in standing.zone_ids if one in names))
        people.append(Person(member, standing, others))
    return {"people": people, "summary": _summary(visit), "guests": house.presence.has_guests}


def trackers_context(visit: Visit) -> dict[str, object]:
    """Give what the part about trackers needs."""
    house = visit.house
    return {
        "trackers": [(one, house.presence.heard_at(one.id)) for one in house.roster.trackers()],
        "members": house.roster.members(),
    }


def write_distance(visit: Visit, metres: float) -> str:
    """Write a distance as people do: 350 m, 4.2 km."""
    if metres < KILOMETRE_M:
        return visit.words("presence.metres", count_m=round(metres, -1 if metres > 100 else 0))
    point = visit.words("money.point")
    amount = f"{metres / KILOMETRE_M:.1f}".removesuffix(".0").replace(".", point)
    return visit.words("presence.kilometres", amount=amount)


def _summary(visit: Visit) -> str:
    presence = visit.house.presence
    if presence.is_someone_home():
        return visit.words("presence.someone")
    if presence.is_nobody_home():
        return visit.words("presence.nobody")
    return visit.words("presence.not_known")


def _sun_today(visit: Visit) -> list[tuple[SunPoint, datetime | None]] | None:
    """Give today's four moments of the sun; None while nobody has said where the home is."""
    book = visit.house.household
    home = book.household
    if home.latitude is None or home.longitude is None:
        return None
    sky, today = Sky(home.latitude, home.longitude, book.zone), visit.now.astimezone(book.zone)
    return [(point, sky.instant(point, today.date())) for point in SunPoint]


async def _page(visit: Visit, problem: str = "", about: str = "") -> web.Response:
    roster, household = visit.house.roster, visit.house.household.household
    home = roster.home()

    def away_from_home(zone: Zone) -> str:
        if home is None:
            return ""
        metres = metres_between(home.latitude, home.longitude, zone.latitude, zone.longitude)
        return write_distance(visit, metres)

    return visit.page(
        "presence.html",
        {
            "problem": problem,
            "about": about,
            "typed": visit.form,
            "place": household,
            "radius_m": roster.home_radius_m,
            "times": sorted(name for name in zoneinfo.available_timezones() if "/" in name),
            "sun": _sun_today(visit),
            "zones": roster.zones(),
            "map": draw_zones(roster.zones()),
            "away_from_home": away_from_home,
            "distance": lambda metres: write_distance(visit, metres),
            "tokens": await visit.house.access.tokens(),
            **people_context(visit),
            **trackers_context(visit),
        },
        at="presence",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
    )


def _degrees(text: str) -> float | None:
    """Read degrees with a point or a comma; nothing typed is None. Raises ValueError."""
    return float(text.strip().replace(",", ".")) if text.strip() else None


def _member(visit: Visit) -> Member:
    return visit.house.roster.member(visit.request.match_info["member_id"])


_MEMBER = "/presence/members/{member_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/presence", show_presence),
    Page("POST", "/presence/members", add_member),
    Page("POST", _MEMBER, save_member),
    Page("POST", f"{_MEMBER}/delete", delete_member),
    Page("POST", f"{_MEMBER}/said", say_whereabouts),
    Page("POST", "/presence/guests", set_guests),
    Page("POST", "/presence/place", save_place),
    Page("POST", "/presence/zones", add_zone),
    Page("POST", "/presence/zones/{zone_id}/delete", delete_zone),
    Page("POST", "/presence/trackers/{tracker_id}", give_tracker),
)
