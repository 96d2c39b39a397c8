"""Home: every diffuser, the week, and what happened lately."""

import asyncio
from contextlib import suppress
from urllib.parse import quote

from aiohttp import web

from scentd.api.errors import BodyInvalid, WishRefused
from scentd.api.live import diffuser_topic
from scentd.api.page.cards import build_cards, tones_of
from scentd.api.page.refills import News, read_news
from scentd.api.page.rest import away_context
from scentd.api.page.visit import Page, Visit
from scentd.api.page.weekgrid import lay_out
from scentd.api.sentences import tell
from scentd.model.commands import Answer, Outcome, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.reasons import Reason

LINES_SHOWN = 8
CONFIRMED_WITHIN_S = 1.0
"""How long a page without script waits for the device's word before it shows it again."""


async def show_home(visit: Visit) -> web.Response:
    """Show the house as it is now."""
    news = await read_news(visit.house)
    has_pin = visit.house.is_demo or await visit.house.access.has_pin()
    context = {
        "has_pin": has_pin,
        **cards_context(visit, news),
        **week_context(visit, news),
        **activity_context(visit),
        **away_context(visit),
    }
    return visit.page("home.html", context, at="home")


def cards_context(visit: Visit, news: News) -> dict[str, object]:
    """Give what the cards' template needs."""
    return {"cards": build_cards(visit.house, news, visit.formats, visit.now)}


def week_context(visit: Visit, news: News) -> dict[str, object]:
    """Give what the week's template needs."""
    house = visit.house
    wall = visit.formats.local(visit.now)
    colours = tones_of(house, news)
    names = house.activity.names
    return {
        "week": lay_out(house.schedules.all(), colours),
        "today": wall.weekday(),
        "now_percent": round((wall.hour * 60 + wall.minute) / 14.4, 2),
        "legend": [(colours[one.id], names.diffuser(one.id)) for one in house.diffusers.all()],
        "name_of": names.diffuser,
    }


def activity_context(visit: Visit) -> dict[str, object]:
    """Give what the activity's template needs."""
    lines = visit.house.activity.newest(LINES_SHOWN)
    formats, now = visit.formats, visit.now
    told = [(formats.when(line.at, now), tell(line, formats, now)) for line in lines]
    return {"lines": told}


async def switch(visit: Visit) -> web.StreamResponse:
    """Switch one diffuser on or off."""
    diffuser = _diffuser(visit)
    on = visit.form.get("power") == "on"
    await wish_and_watch(visit, Wish(diffuser.id, visit.source, power=on))
    return visit.done(_back(visit, diffuser), "switched_on" if on else "switched_off")


async def set_intensity(visit: Visit) -> web.StreamResponse:
    """Set one diffuser to one of its own steps, counted from 1."""
    diffuser = _diffuser(visit)
    steps = diffuser.capabilities.steps
    step = visit.form.get("step", "")
    if not (step.isdecimal() and 1 <= int(step) <= len(steps)):
        raise BodyInvalid(
            f"There is no step “{step[:20]}”.",
            f"Choose 1 to {len(steps)}.",
            Reason("no_step", {"step": step[:20], "most": len(steps)}),
            field="step",
        )
    percent = steps[int(step) - 1]
    await wish_and_watch(visit, Wish(diffuser.id, visit.source, intensity_percent=percent))
    return visit.done(_back(visit, diffuser), "intensity_set")


async def stop_everything(visit: Visit) -> web.StreamResponse:
    """Switch every diffuser off."""
    visit.house.commands.stop_all(visit.source)
    return visit.done("/", "stopped")


async def wish_and_watch(visit: Visit, wish: Wish) -> None:
    """Submit, and give the device a moment so that the next page shows what it did."""
    with visit.live.watch() as watcher:
        outcome = visit.house.commands.submit(wish)
        check_outcome(outcome)
        if outcome.answer is not Answer.SENT:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(CONFIRMED_WITHIN_S):
                while diffuser_topic(wish.diffuser_id) not in await watcher.changes(1.0):
                    pass


def check_outcome(outcome: Outcome) -> None:
    """Raise WishRefused when the commander did not do it."""
    if not outcome.is_taken:
        raise WishRefused(outcome.reason)


def _back(visit: Visit, diffuser: Diffuser) -> str:
    """Give the page on which the button stood."""
    return f"/devices/{quote(diffuser.id, safe='')}" if visit.form.get("back") == "device" else "/"


def _diffuser(visit: Visit) -> Diffuser:
    return visit.house.diffusers.get(visit.request.match_info["diffuser_id"])


PAGES: tuple[Page, ...] = (
    Page("GET", "/", show_home),
    Page("POST", "/diffusers/{diffuser_id}/power", switch),
    Page("POST", "/diffusers/{diffuser_id}/intensity", set_intensity),
    Page("POST", "/stop", stop_everything),
)
