"""Settings: the household, its PIN, pairing with an account, access tokens, signed-in browsers."""

import io
import zoneinfo
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import segno
from aiohttp import web
from pydantic import ValidationError

from scentd.api.access import NewToken, Scope
from scentd.api.errors import PinUnfit
from scentd.api.household import HouseholdBody
from scentd.api.page.visit import Page, Visit
from scentd.api.sync import ask_for_pairing, unpair, view_sync
from scentd.api.words import Words
from scentd.model.errors import ScentdError

LONGEST_NAME = 80
TOKEN_DAYS = (30, 90, 365)

# The first mark that is found counts: most browsers also claim to be others.
_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


async def show_settings(visit: Visit) -> web.Response:
    """Show everything a member may set."""
    return await _page(visit)


async def save_household(visit: Visit) -> web.Response:
    """Keep the household's name, place, zone and language."""
    form = visit.form
    latitude, longitude = form.get("latitude", "").strip(), form.get("longitude", "").strip()
    try:
        body = HouseholdBody(
            name=form.get("name", "").strip(),
            zone=form.get("zone", "").strip(),
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
            language=form.get("language", "en"),
        )
    except (ValidationError, ValueError):
        said = visit.words("settings.household_unfit")
        return await _page(visit, problem=said, about="household")
    known = visit.house.household.household
    changed = replace(
        known,
        name=body.name or known.name,
        zone=body.zone or known.zone,
        language=body.language or known.language,
        latitude=body.latitude,
        longitude=body.longitude,
    )
    await visit.house.household.save(changed)
    return visit.done("/settings", "household_saved")


async def save_pin(visit: Visit) -> web.Response:
    """Keep a new PIN; it is typed twice."""
    pin = visit.form.get("pin", "")
    if pin != visit.form.get("again", ""):
        return await _page(visit, problem=visit.words("settings.pins_differ"), about="pin")
    try:
        await visit.house.access.set_pin(pin)
    except PinUnfit as error:
        return await _page(visit, problem=str(visit.refusal(error)), about="pin")
    return visit.done("/settings", "pin_saved")


async def make_token(visit: Visit) -> web.Response:
    """Make an access token and show it this once."""
    name = visit.form.get("name", "").strip()
    scopes = frozenset(scope for scope in Scope if scope in visit.form.getall("scopes", []))
    days = visit.form.get("days", "")
    if not (1 <= len(name) <= LONGEST_NAME and scopes and days in map(str, TOKEN_DAYS)):
        return await _page(visit, problem=visit.words("settings.token_unfit"), about="tokens")
    made = await visit.house.access.new_token(name, scopes, timedelta(days=int(days)))
    return await _page(visit, made=made)


async def revoke_token(visit: Visit) -> web.Response:
    """Revoke an access token."""
    await visit.house.access.revoke_token(visit.request.match_info["token_id"])
    return visit.done("/settings", "token_revoked")


async def end_sessions(visit: Visit) -> web.Response:
    """Sign every other browser out."""
    await visit.house.access.end_other_sessions(visit.caller)
    return visit.done("/settings", "sessions_ended")


async def start_pairing(visit: Visit) -> web.Response:
    """Ask the cloud for a pairing code."""
    try:
        await ask_for_pairing(visit.house)
    except ScentdError as error:
        return await _page(visit, problem=str(visit.refusal(error)), about="pairing")
    return visit.done("/settings", "pairing_started")


async def leave_account(visit: Visit) -> web.Response:
    """Belong to no account any more."""
    await unpair(visit.house)
    return visit.done("/settings", "unpaired")


def pairing_context(visit: Visit) -> dict[str, object]:
    """Give what the pairing template needs."""
    sync = view_sync(visit.house, visit.formats)
    return {
        "sync": sync,
        "can_pair": visit.house.pairing is not None,
        "qr": qr_path(sync.offer.verification_url) if sync.offer else None,
    }


def browser_name(agent: str, words: Words) -> str:
    """Say in two words what a User-Agent line means to a person."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if not (browser and system):
        return words("settings.agent_unknown")
    return words("settings.agent", browser=browser, system=system)


def qr_path(text: str) -> tuple[int, str]:
    """Give a QR code as its side in modules and one SVG path, quiet zone of 4 included."""
    drawn = segno.make(text, error="m", micro=False)
    rows = io.StringIO()
    for y, row in enumerate(drawn.matrix_iter(border=4)):
        for x, dark in enumerate(row):
            if dark:
                rows.write(f"M{x} {y}h1v1h-1z")
    return int(drawn.symbol_size(border=4)[0]), rows.getvalue()


async def _page(
    visit: Visit, *, problem: str = "", about: str = "", made: NewToken | None = None
) -> web.Response:
    access = visit.house.access
    return visit.page(
        "settings.html",
        {
            "problem": problem,
            "about": about,
            "made": made,
            "zones": sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone),
            "languages": visit.desk.languages.tags,
            "browser": lambda agent: browser_name(agent, visit.words),
            "tokens": await access.tokens(),
            "sessions": await access.sessions(),
            "has_pin": await access.has_pin(),
            "scopes": tuple(Scope),
            "token_days": TOKEN_DAYS,
            **pairing_context(visit),
        },
        at="settings",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
    )


PAGES: tuple[Page, ...] = (
    Page("GET", "/settings", show_settings),
    Page("POST", "/settings/household", save_household),
    Page("POST", "/settings/pin", save_pin),
    Page("POST", "/settings/tokens", make_token),
    Page("POST", "/settings/tokens/{token_id}/revoke", revoke_token),
    Page("POST", "/settings/sessions/end", end_sessions),
    Page("POST", "/settings/pairing", start_pairing),
    Page("POST", "/settings/pairing/leave", leave_account),
)
