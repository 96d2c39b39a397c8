"""The next seven days: what runs when on every diffuser, and what rests and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scentd.api.formats import Formats
from scentd.api.page.cards import tones_of
from scentd.api.page.daylanes import DAYS, USUAL_H, ComingDay, Turn, lay_out_days, turns_of
from scentd.api.page.refills import read_news
from scentd.api.page.resting import last_day_away
from scentd.api.page.visit import Visit
from scentd.model.schedule import Rest, RestReason

_AHEAD_DAYS = DAYS + 1
"""A day more than is shown: seven days with a longer one among them last longer than 168 hours."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A turn as one day tells it; `why` is why it rests, `times` are the wall's.

    `scent` is "" where the window asks for none in particular. `can_change` offers to skip
    it or to take that back, `can_begin` to begin it now.
    """

    turn: Turn
    times: str
    intensity: str
    scent: str
    why: str
    is_now: bool
    can_change: bool
    can_begin: bool


@dataclass(frozen=True, slots=True)
class DayTold:
    """A day with its lines; `clocks` says in words that it is shorter or longer than others."""

    coming: ComingDay
    title: str
    clocks: str
    lines: tuple[Line, ...]


async def days_context(visit: Visit) -> dict[str, object]:
    """Give what the days' template needs."""
    house, formats = visit.house, visit.formats
    plan = house.schedules
    turns = turns_of(plan.planned(_AHEAD_DAYS), plan.left_out(_AHEAD_DAYS))
    names, known = house.activity.names, [one.id for one in house.diffusers.all()]
    used = {one.diffuser_id for one in turns}
    ids = [*(one for one in known if one in used), *sorted(used.difference(known))]
    days = lay_out_days(turns, ids, formats.zone, visit.now)
    return {
        "has_schedules": bool(house.schedules.all()),
        "days": [_told(visit, one, turns) for one in days],
        "has_turns": any(one.turns for one in days),
        "tone": {**dict.fromkeys(ids, "slate"), **tones_of(house, await read_news(house))},
        "name_of": names.diffuser,
        "schedule_name": {one.id: one.name for one in house.schedules.all()},
    }


def _told(visit: Visit, coming: ComingDay, turns: Sequence[Turn]) -> DayTold:
    formats, now = visit.formats, visit.now
    next_up, is_today = _next_up(turns, now), coming.now_percent is not None
    lines = []
    for turn in coming.turns:
        begins = coming.start <= turn.start and turn.start > now
        lines.append(
            Line(
                turn,
                _times(formats, coming, turn, now),
                _intensity(formats, turn),
                _scent(visit, turn),
                _why(formats, turn, visit.house.schedules.rest, now),
                is_now=turn.reason is None and is_today and turn.start <= now < turn.end,
                can_change=begins and turn.reason in {None, RestReason.SKIPPED},
                can_begin=begins and turn in next_up,
            )
        )
    return DayTold(coming, _title(formats, coming, now), _clocks(formats, coming), tuple(lines))


def _next_up(turns: Sequence[Turn], now: datetime) -> set[Turn]:
    """Give each diffuser's next run, unless something runs on it now."""
    first: dict[str, Turn] = {}
    for turn in turns:
        if turn.reason is None:
            first.setdefault(turn.diffuser_id, turn)
    return {turn for turn in first.values() if turn.start > now}


def _title(formats: Formats, coming: ComingDay, now: datetime) -> str:
    name = formats.long_day(coming.day, now)
    ahead = (coming.day - formats.local(now).date()).days
    if ahead > 1:
        return name
    near = formats.words("today" if ahead == 0 else "tomorrow").capitalize()
    return formats.words("coming.near_day", near=near, day=name)


def _clocks(formats: Formats, coming: ComingDay) -> str:
    if coming.is_usual:
        return ""
    digits = 0 if coming.length_h.is_integer() else 1
    key = "coming.shorter" if coming.length_h < USUAL_H else "coming.longer"
    return formats.words(key, hours=formats.decimal(coming.length_h, digits))


def _times(formats: Formats, coming: ComingDay, turn: Turn, now: datetime) -> str:
    has_begun = turn.start < coming.start or turn.start <= now
    if turn.start < coming.start and turn.end >= coming.end:
        return formats.words("coming.all_day")
    if turn.reason is None and turn.end > now + timedelta(days=_AHEAD_DAYS) - _MINUTE:
        start = formats.words("coming.now") if has_begun else formats.clock(turn.start)
        return formats.words("coming.from", start=start)
    end = _end(formats, coming, turn)
    if has_begun:
        return formats.words("coming.until", end=end)
    return formats.words("coming.range", start=formats.clock(turn.start), end=end)


def _end(formats: Formats, coming: ComingDay, turn: Turn) -> str:
    """Write its end, with the weekday once it is past the day's midnight."""
    clock = formats.clock(turn.end)
    if turn.end <= coming.end:
        return clock
    return f"{formats.short_day(formats.local(turn.end).weekday())} {clock}"


def _intensity(formats: Formats, turn: Turn) -> str:
    percent = turn.intensity_percent
    return f"{percent}\N{NO-BREAK SPACE}%" if percent else formats.words("week.as_is")


def _scent(visit: Visit, turn: Turn) -> str:
    entries = visit.house.schedules.get(turn.schedule_id).entries
    sku = next((one.sku for one in entries if one.id == turn.entry_id), None)
    names = (one.scent_name for one in visit.house.cartridges.all() if one.sku == sku)
    return next(names, sku) if sku else ""


def _why(formats: Formats, turn: Turn, rest: Rest, now: datetime) -> str:
    """Say why it rests, and until when where that is known; "" for what runs."""
    if turn.reason is None:
        return ""
    if turn.reason is RestReason.VACATION:
        last = last_day_away(rest, formats.zone, turn.start) or turn.day
        return formats.words("coming.vacation", day=formats.long_day(last, now))
    if turn.reason is RestReason.PAUSE:
        until = rest.pause.until if rest.pause is not None else None
        if until is None:
            return formats.words("coming.pause_open")
        return formats.words("coming.pause", when=formats.long_moment(until, now))
    return formats.words(f"coming.{turn.reason.value}")
