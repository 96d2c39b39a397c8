"""The page's own live stream: pieces of the page, rendered anew, as they change.

Every answer carries the revision it brings the page to, so that a browser that comes back says
where it was and gets everything it missed, after a restart of the hub too.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import ClientConnectionResetError, web

from scentd.api import live
from scentd.api.access import CallerKind
from scentd.api.callers import identify
from scentd.api.errors import ApiError, SignInNeeded
from scentd.api.events import CHECK_S
from scentd.api.live import StreamEnded, Watcher
from scentd.api.page.cards import build_cards
from scentd.api.page.devicelist import list_context, shown_ids
from scentd.api.page.devices import now_context
from scentd.api.page.home import activity_context, cards_context, week_context
from scentd.api.page.nextdays import days_context
from scentd.api.page.presence import people_context, trackers_context
from scentd.api.page.refills import read_news
from scentd.api.page.rest import away_context
from scentd.api.page.settings import pairing_context
from scentd.api.page.status import status_context
from scentd.api.page.visit import Page, Visit, pills

Parts = dict[str, str]
"""HTML by the id of the element it stands for."""

_ONE_DIFFUSER = live.diffuser_topic("")
_ALL = frozenset({live.DEVICES, live.SCHEDULES, live.ACTIVITY, live.LINKS, live.PRESENCE})
_CARDS = {live.DEVICES, live.REORDERS, live.HOUSEHOLD}
_LISTED = {*_CARDS, live.LINKS}
_WEEK = {live.DEVICES, live.SCHEDULES, live.HOUSEHOLD}
_QUARTER_S = 900
SEARCH_EVERY_S = 60.0
"""How often devices are asked who they are while somebody looks at their list: a Shelly speaks only
when asked, and who plugs one in waits about that long before doubting it."""


async def stream_page(visit: Visit) -> web.StreamResponse:
    """Send the pieces of one page as they change: `page` names it, `rev` is where it stands."""
    request = visit.request
    build = _BUILDERS.get(request.query.get("page", ""), _nothing)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    with (
        visit.live.watch() as watcher,
        suppress(StreamEnded, ClientConnectionResetError, ApiError),
    ):
        await response.write(b"retry: 1000\n\n")
        stands_at = request.headers.get("Last-Event-ID") or request.query.get("rev", "")
        if stands_at != visit.live.revision:
            await _send(visit, response, await build(visit, _ALL))
        await _follow(visit, response, watcher, build)
    return response


async def _follow(
    visit: Visit,
    response: web.StreamResponse,
    watcher: Watcher,
    build: "Builder",
) -> None:
    quarter = _quarter(visit)
    searched_s: float | None = None
    while True:
        searched_s = _search(visit, searched_s)
        changed = await watcher.changes(CHECK_S)
        if _quarter(visit) != quarter:  # the line that marks now moves on
            quarter = _quarter(visit)
            changed |= {live.SCHEDULES}
        if changed:
            await _send(visit, response, await build(visit, changed))
        else:
            await _check(visit)
            await response.write(b":\n\n")


def _search(visit: Visit, last_s: float | None) -> float | None:
    """Ask around when it is due on this page; gives when that was last, on the hub's own clock."""
    now_s = visit.house.clock.monotonic()
    is_due = last_s is None or now_s - last_s >= SEARCH_EVERY_S
    if visit.request.query.get("page") != "devices" or not is_due:
        return last_s
    visit.house.diffusers.search()
    return now_s


async def _send(visit: Visit, response: web.StreamResponse, parts: Parts) -> None:
    lines = [f"id: {visit.live.revision}"]
    lines.append(f"data: {json.dumps(parts, ensure_ascii=False)}")
    await response.write(("\n".join(lines) + "\n\n").encode())


async def _check(visit: Visit) -> None:
    caller = await identify(visit.request, visit.house.access)
    if caller.kind is not CallerKind.MEMBER:
        raise SignInNeeded


def _quarter(visit: Visit) -> int:
    return int(visit.now.timestamp()) // _QUARTER_S


async def _home(visit: Visit, changed: frozenset[str]) -> Parts:
    parts = _pills(visit, changed)
    topics = {topic for topic in changed if topic.startswith(_ONE_DIFFUSER)}
    news = await read_news(visit.house)
    if changed & _CARDS or changed & {live.LINKS}:
        parts["cards"] = visit.part("cards.html", cards_context(visit, news))
    elif topics:
        for card in build_cards(visit.house, news, visit.formats, visit.now):
            if live.diffuser_topic(card.diffuser.id) in topics:
                parts[f"card-{card.diffuser.id}"] = visit.part("card.html", {"card": card})
    if changed & _WEEK:
        parts["week"] = visit.part("week.html", week_context(visit, news))
        parts["away"] = visit.part("away.html", away_context(visit))
    if live.ACTIVITY in changed:
        parts["activity"] = visit.part("activity.html", activity_context(visit))
    return parts


async def _devices(visit: Visit, changed: frozenset[str]) -> Parts:
    parts = _pills(visit, changed)
    shown = {live.diffuser_topic(one) for one in shown_ids(visit)}
    if changed & (_LISTED | shown):
        parts["devices"] = visit.part("device_list.html", await list_context(visit))
    return parts


async def _device(visit: Visit, changed: frozenset[str]) -> Parts:
    parts, name = _pills(visit, changed), visit.request.query.get("id", "")
    known = {one.id: one for one in visit.house.diffusers.all()}
    if name in known and changed & {*_LISTED, live.diffuser_topic(name)}:
        context = await now_context(visit, known[name])
        parts["device-now"] = visit.part("device_now.html", context)
    return parts


async def _status(visit: Visit, changed: frozenset[str]) -> Parts:
    return {**_pills(visit, changed), "health": visit.part("health.html", status_context(visit))}


async def _settings(visit: Visit, changed: frozenset[str]) -> Parts:
    parts = _pills(visit, changed)
    if live.LINKS in changed:
        parts["pairing"] = visit.part("pairing.html", pairing_context(visit))
    return parts


async def _presence(visit: Visit, changed: frozenset[str]) -> Parts:
    parts = _pills(visit, changed)
    if live.PRESENCE in changed:
        parts["people"] = visit.part("people.html", people_context(visit))
        parts["trackers"] = visit.part("trackers.html", trackers_context(visit))
    return parts


async def _schedule(visit: Visit, changed: frozenset[str]) -> Parts:
    parts = _pills(visit, changed)
    if changed & _WEEK:
        parts["coming"] = visit.part("coming.html", await days_context(visit))
        parts["away"] = visit.part("away.html", away_context(visit))
    return parts


async def _nothing(visit: Visit, changed: frozenset[str]) -> Parts:
    return _pills(visit, changed)


def _pills(visit: Visit, changed: frozenset[str]) -> Parts:
    if live.LINKS not in changed:
        return {}
    return {"pills": visit.part("pills.html", {"pills": pills(visit.house, visit.words)})}


Builder = Callable[[Visit, frozenset[str]], Awaitable[Parts]]

_BUILDERS: dict[str, Builder] = {
    "home": _home,
    "device": _device,
    "devices": _devices,
    "presence": _presence,
    "health": _status,
    "schedule": _schedule,
    "settings": _settings,
}

PAGES: tuple[Page, ...] = (Page("GET", "/events", stream_page),)
