"""Safety: the limits, what is used of them, quiet hours, care, locks and the stop that holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from http import HTTPStatus

from aiohttp import web

from scentd.api.formats import Formats
from scentd.api.names import titles
from scentd.api.page.visit import Page, Visit
from scentd.api.safety import MOST_MINUTES, MOST_UL
from scentd.model.safety import Limits, QuietHours, SafetyRules, Use, Ward

_HERE = "/safety"
_UL_PER_ML = 1000
FIELDS = ("run_minutes", "hour_minutes", "day_minutes", "day_ul")
"""What the page sets; the rest is left to programs and stays as it is."""
_MOST = {"run_minutes": MOST_MINUTES, "hour_minutes": 1_440, "day_minutes": MOST_MINUTES * 10}


@dataclass(frozen=True, slots=True)
class Bar:
    """What is used of one limit: `used` of `most`, both in the unit that `key` says."""

    key: str
    used: float
    most: float
    used_words: str
    most_words: str


class _Unfit(ValueError):
    """A field, named by `args`, holds what is no limit or no time."""


async def show_safety(visit: Visit) -> web.Response:
    """Show what is allowed at most and what is used of it today."""
    return _page(visit)


async def save_safety(visit: Visit) -> web.Response:
    """Keep the limits, quiet hours, care and locks of the form."""
    try:
        rules = _read(visit)
    except _Unfit as unfit:
        return _page(visit, wrong=str(unfit))
    await visit.house.safety.save(rules)
    return visit.done(_HERE, "safety_saved")


async def hold(visit: Visit) -> web.Response:
    """Stop everything until somebody says otherwise."""
    await visit.house.safety.hold(visit.source)
    return visit.done(_HERE, "held")


async def release(visit: Visit) -> web.Response:
    """Let go of the stop."""
    await visit.house.safety.release()
    return visit.done(_HERE, "let_go")


def bars(use: Use, formats: Formats) -> list[Bar]:
    """Give the use of each limit that holds, the tightest first."""
    limits = use.limits
    uses = (
        ("run", use.run_s / 60, limits.run_minutes),
        ("hour", use.hour_s / 60, limits.hour_minutes),
        ("day", use.day_s / 60, limits.day_minutes),
        ("hour_oil", use.hour_ul / _UL_PER_ML, _ml(limits.hour_ul)),
        ("day_oil", use.day_ul / _UL_PER_ML, _ml(limits.day_ul)),
    )
    known = [(key, (min(used, most), most)) for key, used, most in uses if most]
    found = [
        Bar(key, *pair, *(_number(key, value, formats) for value in pair)) for key, pair in known
    ]
    return sorted(found, key=lambda bar: -bar.used / bar.most)


def _number(key: str, value: float, formats: Formats) -> str:
    """Write minutes whole, and millilitres to the tenth."""
    return formats.decimal(value, digits=1 if key.endswith("oil") else 0)


def _ml(ul: int | None) -> float | None:
    return None if ul is None else ul / _UL_PER_ML


def _read(visit: Visit) -> SafetyRules:
    known, form = visit.house.safety.rules, visit.form
    rooms = {
        room: _limits(form.get, f"room.{number}", known.rooms.get(room, Limits()))
        for number, room in enumerate(_rooms(visit))
    }
    diffusers = [one.id for one in visit.house.diffusers.all()]
    single = {
        name: _limits(form.get, f"diffuser.{name}", known.diffusers.get(name, Limits()))
        for name in diffusers
    }
    return replace(
        known,
        everywhere=_limits(form.get, "everywhere", known.everywhere),
        rooms=_without_none({**known.rooms, **rooms}),
        diffusers=_without_none({**known.diffusers, **single}),
        quiet=_quiet(visit, known),
        wards=frozenset(ward for ward in Ward if ward in form.getall("wards", [])),
        unsafe_scents={ward: _names(form.get(f"unsafe.{ward}", "")) for ward in Ward},
        child_locked=frozenset(one for one in diffusers if one in form.getall("locked", [])),
    )


def _without_none(limits: Mapping[str, Limits]) -> dict[str, Limits]:
    return {name: one for name, one in limits.items() if one != Limits()}


def _limits(get: Callable[[str, str], str], prefix: str, known: Limits) -> Limits:
    amounts = {name: _amount(get(f"{prefix}.{name}", ""), prefix, name) for name in FIELDS}
    return replace(known, **amounts)


def _amount(text: str, prefix: str, name: str) -> int | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        amount = round(float(text) * _UL_PER_ML) if name == "day_ul" else int(text)
    except (ValueError, OverflowError):
        raise _Unfit(f"{prefix}.{name}") from None
    if not 1 <= amount <= _MOST.get(name, MOST_UL):
        raise _Unfit(f"{prefix}.{name}")
    return amount


def _quiet(visit: Visit, known: SafetyRules) -> tuple[QuietHours, ...]:
    begins, ends = visit.form.get("quiet_begins", ""), visit.form.get("quiet_ends", "")
    others = known.quiet[1:]
    if not (begins or ends):
        return others
    try:
        first = QuietHours(
            time.fromisoformat(begins), time.fromisoformat(ends), visit.form.get("quiet_room", "")
        )
    except ValueError:
        raise _Unfit("quiet_ends" if begins else "quiet_begins") from None
    return first, *others


def _names(text: str) -> frozenset[str]:
    return frozenset(name.strip()[:80] for name in text.split(",") if name.strip())


def _rooms(visit: Visit) -> list[str]:
    return sorted({one.room for one in visit.house.diffusers.all() if one.room})


def _page(visit: Visit, *, wrong: str = "") -> web.Response:
    """Show the page; with the field that is `wrong` everything stands as it was typed."""
    book = visit.house.safety
    known = visit.house.diffusers.all()
    rooms = _rooms(visit)
    return visit.page(
        "safety.html",
        {
            "wrong": wrong,
            "typed": visit.form if wrong else None,
            "rules": book.rules,
            "diffusers": titles(known),
            "rooms": rooms,
            "fields": FIELDS,
            "no_limits": Limits(),
            "wards": tuple(Ward),
            "quiet": book.rules.quiet[0] if book.rules.quiet else None,
            "more_quiet": len(book.rules.quiet[1:]),
            "use_of": {one.id: bars(book.use_of(one.id), visit.formats) for one in known},
            "use_in": {room: bars(book.use_in(room), visit.formats) for room in rooms},
        },
        at="safety",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
    )


PAGES: tuple[Page, ...] = (
    Page("GET", _HERE, show_safety),
    Page("POST", _HERE, save_safety),
    Page("POST", f"{_HERE}/hold", hold),
    Page("POST", f"{_HERE}/release", release),
)
