"""Devices: what was found, what the household calls it, which model it is."""

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from scentd.api.errors import BodyInvalid
from scentd.api.names import titles
from scentd.api.page.cards import Card, build_cards
from scentd.api.page.home import check_outcome, wish_and_watch
from scentd.api.page.refills import read_news
from scentd.api.page.visit import Page, Visit
from scentd.api.page.whywords import WhyWords
from scentd.api.why import explain
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.reasons import Reason


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a device and what is fitted in it."""

    number: int
    cartridge: Cartridge | None


async def show_devices(visit: Visit) -> web.Response:
    """Show every device that was found."""
    return visit.page("devices.html", await devices_context(visit), at="devices")


async def devices_context(visit: Visit) -> dict[str, object]:
    """Give what the list of devices needs."""
    news = await read_news(visit.house)
    cards: list[Card] = build_cards(visit.house, news, visit.formats, visit.now)
    states = {card.diffuser.id: visit.house.states.state(card.diffuser.id) for card in cards}
    return {"cards": cards, "states": states}


async def show_device(visit: Visit) -> web.Response:
    """Show one device and what the household may change of it."""
    house, diffuser = visit.house, _diffuser(visit)
    slots = [
        Slot(number, house.cartridges.get(SlotKey(diffuser.id, number)))
        for number in range(1, diffuser.capabilities.slots + 1)
    ]
    return visit.page(
        "device.html",
        {
            "diffuser": diffuser,
            "title": titles(house.diffusers.all())[diffuser.id],
            "state": house.states.state(diffuser.id),
            "profiles": house.diffusers.profiles(diffuser.id),
            "rooms": sorted({one.room for one in house.diffusers.all() if one.room}),
            "slots": slots,
            **await _why(visit, diffuser),
        },
        at="devices",
    )


async def _why(visit: Visit, diffuser: Diffuser) -> dict[str, object]:
    """Give what the question “why?” needs, about the moment that was asked for or now."""
    asked = visit.request.query.get("at", "")
    at = _moment(asked, visit) or visit.now
    why = await explain(visit.house, diffuser.id, at)
    return {
        "why": why,
        "say": WhyWords(visit.house, visit.formats, visit.now),
        "why_at": f"{visit.formats.local(at):%Y-%m-%dT%H:%M}",
    }


def _moment(asked: str, visit: Visit) -> datetime | None:
    """Read a wall time of the house; None where it is none or lies ahead."""
    try:
        at = datetime.fromisoformat(asked).replace(tzinfo=visit.house.household.zone)
        return min(at.astimezone(UTC), visit.now)
    except (ValueError, OverflowError):
        return None


async def rename(visit: Visit) -> web.Response:
    """Keep the household's own name and room of a device."""
    diffuser = _diffuser(visit)
    await visit.house.diffusers.rename(
        diffuser.id, name=visit.form.get("name", ""), room=visit.form.get("room", "")
    )
    return visit.done(_address(diffuser), "device_saved")


async def choose_profile(visit: Visit) -> web.Response:
    """Keep which model a device is."""
    diffuser = _diffuser(visit)
    await visit.house.diffusers.choose_profile(diffuser.id, visit.form.get("profile", ""))
    return visit.done(_address(diffuser), "profile_saved")


async def identify(visit: Visit) -> web.Response:
    """Ask a device to show itself."""
    diffuser = _diffuser(visit)
    check_outcome(visit.house.commands.submit(Wish(diffuser.id, visit.source, identify=True)))
    return visit.done(_address(diffuser), "identified")


async def use_slot(visit: Visit) -> web.StreamResponse:
    """Let a device spread from another of its slots."""
    diffuser = _diffuser(visit)
    said = visit.form.get("slot", "")
    can = diffuser.capabilities
    if not (can.slot_choice and said.isdecimal() and 1 <= int(said) <= can.slots):
        raise BodyInvalid(
            f"There is no slot “{said[:20]}”.",
            f"Choose 1 to {can.slots}.",
            Reason("no_slot", {"slot": said[:20], "most": can.slots}),
            field="slot",
        )
    await wish_and_watch(visit, Wish(diffuser.id, visit.source, slot_no=int(said)))
    return visit.done(_address(diffuser), "slot_used")


async def remove(visit: Visit) -> web.Response:
    """Take a device away."""
    await visit.house.diffusers.remove(_diffuser(visit).id)
    return visit.done("/devices", "device_removed")


def _diffuser(visit: Visit) -> Diffuser:
    return visit.house.diffusers.get(visit.request.match_info["diffuser_id"])


def _address(diffuser: Diffuser) -> str:
    return f"/devices/{diffuser.id}"


_ONE = "/devices/{diffuser_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", "/devices", show_devices),
    Page("GET", _ONE, show_device),
    Page("POST", f"{_ONE}/name", rename),
    Page("POST", f"{_ONE}/profile", choose_profile),
    Page("POST", f"{_ONE}/identify", identify),
    Page("POST", f"{_ONE}/slot", use_slot),
    Page("POST", f"{_ONE}/remove", remove),
)
