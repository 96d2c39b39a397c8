"""Health: how the hub is, in words, with the next step where something is wrong."""

from enum import StrEnum
from http import HTTPStatus

from scentd.api.access import Scope
from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.names import titles
from scentd.api.reasonwords import tell_then
from scentd.api.routes import Call, Door, Route, View, route
from scentd.api.words import Words
from scentd.model.diffuser import Availability, Diffuser
from scentd.model.reasons import Reason
from scentd.ports import PlatformBridge


class Level(StrEnum):
    """How bad a thing is."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


class HealthItem(View):
    """How one part of the hub is."""

    part: str
    """Which part: hub, broker, cloud, clock, store, dialect/<name>, platform/<name> or
    diffuser/<id>."""
    level: Level
    """How bad it is."""
    message: str
    """How it is, in a sentence."""
    hint: str
    """The next step; empty when there is nothing to do."""


class HealthView(View):
    """How the hub is, part by part, the worst of them as the whole."""

    level: Level
    """The worst part's."""
    version: str
    """The program's version."""
    items: list[HealthItem]
    """Each part."""


class Pulse(View):
    """Whether the hub runs, for watchers without a token."""

    status: str
    """ok, note or bad."""
    version: str
    """The program's version."""
    parts: dict[str, Level]
    """Each part of the hub itself; diffusers are not told to strangers."""


async def get_health(call: Call[None]) -> HealthView:
    """Give how each part of the hub is, and what to do where something is wrong."""
    return examine(call.house, call.formats)


async def get_pulse(call: Call[None]) -> Pulse:
    """Say whether the hub runs; needs no token."""
    found = examine(call.house, call.formats)
    parts = {item.part: item.level for item in found.items if "/" not in item.part}
    return Pulse(status=found.level.value, version=found.version, parts=parts)


def examine(house: House, formats: Formats) -> HealthView:
    """Look at every part."""
    words = formats.words
    items = [
        HealthItem(part="hub", level=Level.OK, message=words("health.hub_ok"), hint=""),
        _broker(house, formats),
        _cloud(house, formats),
        _clock(house, words),
        _store(house, words),
        *_dialects(house, words),
        *(_platform(bridge, words) for bridge in house.bridges),
        *_diffusers(house, words),
    ]
    order = list(Level)
    worst = max((item.level for item in items), key=order.index)
    return HealthView(level=worst, version=house.version, items=items)


def _broker(house: House, formats: Formats) -> HealthItem:
    words = formats.words
    if house.broker.is_connected:
        return _item("broker", Level.OK, words("health.broker_ok"))
    reason = house.broker.reason
    why = _why(house, reason, formats) if reason else words("health.no_reason")
    said = words("health.broker_bad", why=why.removesuffix("."))
    return _item("broker", Level.BAD, said, words("health.broker_hint"))


def _cloud(house: House, formats: Formats) -> HealthItem:
    cloud, words = house.cloud, formats.words
    if house.pairing is None:
        return _item("cloud", Level.OK, words("health.cloud_none"))
    if cloud.connected:
        return _item("cloud", Level.OK, words("health.cloud_ok"))
    if not cloud.paired:
        return _item(
            "cloud", Level.NOTE, words("health.cloud_unpaired"), words("health.cloud_unpaired_hint")
        )
    reason = cloud.reason
    why = _why(house, reason, formats) if reason else words("health.cloud_away")
    said = words("health.cloud_bad", count=cloud.queued, why=why)
    return _item("cloud", Level.NOTE, said, words("health.cloud_hint"))


def _why(house: House, reason: Reason, formats: Formats) -> str:
    return tell_then(reason, formats, house.clock.now())


def _clock(house: House, words: Words) -> HealthItem:
    if house.clock.is_trusted():
        return _item("clock", Level.OK, words("health.clock_ok"))
    return _item("clock", Level.BAD, words("health.clock_bad"), words("health.clock_hint"))


def _store(house: House, words: Words) -> HealthItem:
    set_aside = house.database.set_aside
    if set_aside is None:
        return _item("store", Level.OK, words("health.store_ok"))
    said = words("health.store_bad", file=set_aside.name)
    return _item("store", Level.BAD, said, words("health.store_hint"))


def _dialects(house: House, words: Words) -> list[HealthItem]:
    return [
        _item(
            f"dialect/{trouble.name}",
            Level.NOTE,
            words("health.dialect", dialect=trouble.name, package=trouble.package),
            words("health.dialect_hint", reason=trouble.reason),
        )
        for trouble in house.dialect_troubles()
    ]


def _platform(bridge: PlatformBridge, words: Words) -> HealthItem:
    counts, part = bridge.counts, f"platform/{bridge.name}"
    said = words(
        "health.platform",
        platform=words(f"platform.{bridge.name}"),
        published=counts.published,
        obeyed=counts.obeyed,
        ignored=counts.ignored,
    )
    if not counts.refused:
        return _item(part, Level.OK, said)
    hint = words("health.platform_hint", ids=", ".join(sorted(counts.refused)))
    return _item(part, Level.NOTE, said, hint)


def _diffusers(house: House, words: Words) -> list[HealthItem]:
    known = house.diffusers.all()
    if not known:
        return [
            _item("diffusers", Level.NOTE, words("health.none"), words("health.none_hint")),
        ]
    names = titles(known)
    found = [_diffuser(house, one, names[one.id], words) for one in known]
    bad = [item for item in found if item is not None]
    return bad or [_item("diffusers", Level.OK, words("health.all_well", count=len(known)))]


def _diffuser(house: House, diffuser: Diffuser, name: str, words: Words) -> HealthItem | None:
    state = house.states.state(diffuser.id)
    problem = ""
    if diffuser.needs_profile:
        problem = "profile"
    elif state.availability is Availability.OFFLINE:
        problem = "offline"
    elif state.reported.fault:
        problem = "fault"
    elif state.unconfirmed:
        problem = "unconfirmed"
    if not problem:
        return None
    said = words(f"health.{problem}", diffuser=name, fault=state.reported.fault)
    return _item(f"diffuser/{diffuser.id}", Level.NOTE, said, words(f"health.{problem}_hint"))


def _item(part: str, level: Level, message: str, hint: str = "") -> HealthItem:
    return HealthItem(part=part, level=level, message=message, hint=hint)


ROUTES: tuple[Route, ...] = (
    route("GET", "/api/v1/health", Scope.READ, get_health, answers=HealthView),
    route("GET", "/health", Door.OPEN, get_pulse, answers=Pulse, status=HTTPStatus.OK),
)
