"""The list of devices: what waits for a decision on top, then the rest, a screenful at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from scentd.api.page.cards import Card, build_cards
from scentd.api.page.choices import Choice, choices_for, is_plug, rooms_for
from scentd.api.page.pictures import picture_of
from scentd.api.page.refills import read_news
from scentd.api.page.visit import Visit
from scentd.model.diffuser import Diffuser

NEW_SHOWN = 6
"""Newcomers asked about at once: more questions than that on one screen are not read."""
ROWS_SHOWN = 50
MOST_SOUGHT = 80
"""Characters of what is sought that are looked at."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that waits for a decision; `choices` is empty when only its room is missing.

    `rooms` are those to offer, first the one that its name speaks of.
    """

    diffuser: Diffuser
    title: str
    picture: str
    is_plug: bool
    choices: Sequence[Choice]
    rooms: Sequence[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A device in the list."""

    card: Card
    picture: str
    availability: str


def shown_ids(visit: Visit) -> frozenset[str]:
    """Give the devices that stand on the page this visit looks at."""
    new, rest = _parted(visit)
    start = _start(visit, len(rest))
    return frozenset(one.id for one in (*new, *rest[start : start + ROWS_SHOWN]))


async def list_context(visit: Visit) -> dict[str, object]:
    """Give what the list's template needs; `q` and `from` of the address say which part."""
    house = visit.house
    new, rest = _parted(visit)
    start = _start(visit, len(rest))
    shown = rest[start : start + ROWS_SHOWN]
    waiting = sum(_waits(one) for one in rest)
    cards = build_cards(house, await read_news(house), visit.formats, visit.now, only=shown)
    return {
        "newcomers": [_newcomer(visit, one) for one in new],
        "waiting": waiting,
        "rows": [
            Row(card, picture_of(card.diffuser), _availability(visit, card)) for card in cards
        ],
        "count": len(rest),
        "first": start + 1,
        "earlier": _part(visit, max(0, start - ROWS_SHOWN)) if start else "",
        "later": _part(visit, start + ROWS_SHOWN) if start + ROWS_SHOWN < len(rest) else "",
        "sought": sought(visit),
        "has_any": bool(house.diffusers.all()),
        "ignored": house.diffusers.ignored(),
        "broker": house.broker,
    }


def sought(visit: Visit) -> str:
    """Give what the visitor looks for; "" for everything."""
    return visit.request.query.get("q", "").strip()[:MOST_SOUGHT]


def live_query(visit: Visit) -> str:
    """Give what the page's stream must know to show the same part of the list."""
    asked = {"q": sought(visit), "from": visit.request.query.get("from", "")}
    return urlencode({key: value for key, value in asked.items() if value})


def _newcomer(visit: Visit, diffuser: Diffuser) -> Newcomer:
    house, words, name = visit.house, visit.words, diffuser.name.casefold()
    rooms = sorted(rooms_for(house, words), key=lambda room: room.casefold() not in name)
    choices = choices_for(house, diffuser, words) if diffuser.needs_profile else ()
    return Newcomer(
        diffuser, diffuser.name, picture_of(diffuser), is_plug(diffuser), choices, rooms
    )


def _parted(visit: Visit) -> tuple[list[Diffuser], list[Diffuser]]:
    """Part what is sought into those that are asked about now and the others."""
    found = list(_matching(visit.house.diffusers.all(), sought(visit)))
    # Nothing can be done with a device of unknown model; one without a room works already.
    waiting = sorted(filter(_waits, found), key=lambda one: not one.needs_profile)
    new = waiting[:NEW_SHOWN]
    asked = {one.id for one in new}
    return new, [one for one in found if one.id not in asked]


def _waits(diffuser: Diffuser) -> bool:
    return diffuser.needs_profile or not diffuser.room


def _matching(diffusers: Iterable[Diffuser], sought: str) -> Iterable[Diffuser]:
    parts = sought.casefold().split()
    for one in diffusers:
        told = f"{one.room} {one.name} {one.maker} {one.model} {one.dialect} {one.id}".casefold()
        if all(part in told for part in parts):
            yield one


def _start(visit: Visit, count: int) -> int:
    said = visit.request.query.get("from", "")
    start = int(said) if said.isdecimal() and len(said) < len("100000") else 0
    return start if start < count else 0


def _part(visit: Visit, start: int) -> str:
    asked = {"q": sought(visit), "from": start or ""}
    return f"/devices?{urlencode({key: value for key, value in asked.items() if value})}"


def _availability(visit: Visit, card: Card) -> str:
    return visit.house.states.state(card.diffuser.id).availability.value
