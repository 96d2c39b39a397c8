"""Devices: what was found, what the household calls it, which model it is, what it does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from aiohttp import web

from scentd.api.errors import BodyInvalid
from scentd.api.names import titles
from scentd.api.page.cards import Card, build_cards, build_level
from scentd.api.page.choices import can_words, choices_for, is_plug, rooms_for
from scentd.api.page.devicelist import list_context, live_query
from scentd.api.page.devicewords import raw_facts, tell_state
from scentd.api.page.home import check_outcome, wish_and_watch
from scentd.api.page.pictures import picture_of
from scentd.api.page.refills import read_news
from scentd.api.page.visit import Page, Visit
from scentd.api.page.whywords import WhyWords
from scentd.api.why import explain
from scentd.devices.errors import BrokerAway
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.reasons import Reason

_HERE = "/devices"
_MOST_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a device, what is fitted in it, and how much of that is left, in words."""

    number: int
    cartridge: Cartridge | None
    level: str


async def show_devices(visit: Visit) -> web.Response:
    """Show every device that was found."""
    asked = live_query(visit)
    live = f"page=devices&{asked}" if asked else ""
    return visit.page("devices.html", await list_context(visit), at="devices", live=live)


async def search(visit: Visit) -> web.Response:
    """Ask around for devices that speak only when asked."""
    if not visit.house.broker.is_connected:
        raise BrokerAway
    visit.house.diffusers.search()
    return visit.done(_HERE, "searching")


async def show_device(visit: Visit) -> web.Response:
    """Show one device and what the household may change of it."""
    house, diffuser = visit.house, _diffuser(visit)
    context = {
        **await now_context(visit, diffuser),
        "title": titles(house.diffusers.all())[diffuser.id],
        "picture_name": picture_of(diffuser),
        "choices": choices_for(house, diffuser, visit.words),
        "is_plug": is_plug(diffuser),
        "can": can_words(diffuser.capabilities, visit.words),
        "rooms": rooms_for(house, visit.words),
        "slots": _slots(visit, diffuser),
        "raw": raw_facts(diffuser.facts),
        **await _why(visit, diffuser),
    }
    live = urlencode({"page": "device", "id": diffuser.id})
    return visit.page("device.html", context, at="devices", live=live)


async def now_context(visit: Visit, diffuser: Diffuser) -> dict[str, object]:
    """Give what the template of a device's moment needs."""
    house, formats = visit.house, visit.formats
    state = house.states.state(diffuser.id)
    news = await read_news(house)
    card: Card = build_cards(house, news, formats, visit.now, only=(diffuser,))[0]
    return {
        "diffuser": diffuser,
        "state": state,
        "card": card,
        "told": tell_state(diffuser, state, formats, visit.now),
        "ghosts": house.diffusers.ghosts(diffuser.id),
        "press": house.presses.last(diffuser.id),
    }


def _slots(visit: Visit, diffuser: Diffuser) -> list[Slot]:
    numbers = range(1, diffuser.capabilities.slots + 1)
    return [_slot(visit, diffuser, number) for number in numbers]


def _slot(visit: Visit, diffuser: Diffuser, number: int) -> Slot:
    key = SlotKey(diffuser.id, number)
    fitted = visit.house.cartridges.get(key)
    if fitted is None:
        return Slot(number, None, "")
    run_out = visit.house.cartridges.run_out(key)
    is_low = visit.house.cartridges.is_low(key)
    level = build_level(fitted, run_out, visit.formats, visit.now, is_low=is_low)
    return Slot(number, fitted, level.spoken)


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


async def put_in_room(visit: Visit) -> web.Response:
    """Keep in which room a device stands: the button that was pressed, or what was typed."""
    diffuser = _diffuser(visit)
    room = visit.form.get("room", "") or visit.form.get("other", "")
    await visit.house.diffusers.rename(diffuser.id, room=room)
    return visit.done(_back(visit, diffuser), "device_saved")


async def choose_profile(visit: Visit) -> web.Response:
    """Keep which model a device is."""
    diffuser = _diffuser(visit)
    await visit.house.diffusers.choose_profile(diffuser.id, visit.form.get("profile", ""))
    return visit.done(_back(visit, diffuser), "profile_saved")


async def leave_alone(visit: Visit) -> web.Response:
    """Leave a device alone because it spreads no scent."""
    await visit.house.diffusers.ignore(_diffuser(visit).id, is_ignored=True)
    return visit.done(_HERE, "left_alone")


async def use_after_all(visit: Visit) -> web.Response:
    """Call a device back that was left alone."""
    await visit.house.diffusers.ignore(visit.request.match_info["diffuser_id"], is_ignored=False)
    return visit.done(_HERE, "called_back")


async def clear_ghosts(visit: Visit) -> web.Response:
    """Have the broker drop the commands that it keeps for a device."""
    diffuser = _diffuser(visit)
    if not visit.house.diffusers.clear_ghosts(diffuser.id):
        raise BrokerAway
    return visit.done(_address(diffuser), "ghosts_cleared")


async def identify(visit: Visit) -> web.Response:
    """Ask a device to show itself."""
    diffuser = _diffuser(visit)
    check_outcome(visit.house.commands.submit(Wish(diffuser.id, visit.source, identify=True)))
    return visit.done(_address(diffuser), "identified")


async def set_light(visit: Visit) -> web.StreamResponse:
    """Set one thing of a device's light; anything but off switches it on."""
    diffuser, form = _diffuser(visit), visit.form
    wish = Wish(diffuser.id, visit.source, light=form.get("light", "on") != "off")
    if "percent" in form:
        said = form["percent"]
        if not (said.isdecimal() and 1 <= int(said) <= _MOST_PERCENT):
            raise _unfit(said, "percent")
        wish = Wish(diffuser.id, visit.source, light=True, light_percent=int(said))
    elif "colour" in form:
        said = form["colour"].lower().removeprefix("#")
        if not re.fullmatch(r"[0-9a-f]{6}", said):
            raise _unfit(form["colour"], "colour")
        wish = Wish(diffuser.id, visit.source, light=True, light_rgb=said)
    elif "effect" in form:
        said = form["effect"]
        if said not in diffuser.capabilities.light_effects:
            raise _unfit(said, "effect")
        wish = Wish(diffuser.id, visit.source, light=True, light_effect=said)
    await wish_and_watch(visit, wish)
    return visit.done(_address(diffuser), "light_set")


async def cancel_timer(visit: Visit) -> web.StreamResponse:
    """Take back the device's own timer."""
    diffuser = _diffuser(visit)
    await wish_and_watch(visit, Wish(diffuser.id, visit.source, timer_s=0))
    return visit.done(_address(diffuser), "timer_off")


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
    return visit.done(_HERE, "device_removed")


def _unfit(said: str, field: str) -> BodyInvalid:
    return BodyInvalid(
        f"The light cannot be set to “{said[:20]}”.",
        "Use the fields on the device's page.",
        Reason("no_light", {"said": said[:20]}),
        field=field,
    )


def _diffuser(visit: Visit) -> Diffuser:
    return visit.house.diffusers.get(visit.request.match_info["diffuser_id"])


def _address(diffuser: Diffuser) -> str:
    return f"{_HERE}/{quote(diffuser.id, safe='')}"


def _back(visit: Visit, diffuser: Diffuser) -> str:
    """Give the page on which the question stood."""
    return _HERE if visit.form.get("back") == "list" else _address(diffuser)


_ONE = "/devices/{diffuser_id}"

PAGES: tuple[Page, ...] = (
    Page("GET", _HERE, show_devices),
    Page("POST", "/devices/search", search),
    Page("GET", _ONE, show_device),
    Page("POST", f"{_ONE}/name", rename),
    Page("POST", f"{_ONE}/room", put_in_room),
    Page("POST", f"{_ONE}/profile", choose_profile),
    Page("POST", f"{_ONE}/leave", leave_alone),
    Page("POST", f"{_ONE}/use", use_after_all),
    Page("POST", f"{_ONE}/ghosts", clear_ghosts),
    Page("POST", f"{_ONE}/identify", identify),
    Page("POST", f"{_ONE}/light", set_light),
    Page("POST", f"{_ONE}/timer", cancel_timer),
    Page("POST", f"{_ONE}/slot", use_slot),
    Page("POST", f"{_ONE}/remove", remove),
)
