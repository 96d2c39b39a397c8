"""Which announced devices can spread scent, and what they are to us."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapters.diffusers.announced.beside import take_beside
from adapters.diffusers.announced.channels import topics_of
from adapters.diffusers.announced.configs import MOST_ENTITIES
from adapters.diffusers.announced.entities import (
    Announcement,
    Announcer,
    BinarySensor,
    Entity,
    Fan,
    Humidifier,
    Light,
    Number,
    Select,
    Switch,
    about_of,
)
from adapters.diffusers.announced.roles import Roles, is_lamp, is_strength
from adapters.diffusers.strengths import strengths_of
from scentd.model.diffuser import Advice, DeviceType, Diffuser

_SPREADS = re.compile(
    r"diffus|\baroma|(?<!de)humidif|fragran|\bscent|\bmist|mister|nebuli|\bspray", re.IGNORECASE
)
_PURIFIES = re.compile(r"purif", re.IGNORECASE)
_SERVES = re.compile(
    r"restart|reboot|(?<!p)reset|safe.?mode|(?:child|key).?lock|beep|buzz|sound|mute|update|\bota\b",
    re.IGNORECASE,
)
_DRIES = re.compile(r"dehumidif", re.IGNORECASE)


def merged(announcements: Iterable[Announcement]) -> tuple[Announcer, tuple[Entity, ...]]:
    """Give a device with all its entities from what it announced; the last word of each counts."""
    device: Announcer | None = None
    entities: dict[tuple[str, str], Entity] = {}
    for one in announcements:
        device = one.device if device is None else _fuller(device, one.device)
        for entity in one.entities:
            entities[(type(entity).__name__, about_of(entity).key)] = entity
    if device is None:
        raise ValueError("nothing was announced")
    return device, tuple(entities.values())[:MOST_ENTITIES]


def diffusers_of(
    dialect: str, device: Announcer, entities: tuple[Entity, ...]
) -> Iterator[Diffuser]:
    """Give what a device is to us: one that spreads scent, a plug for each switch, or nothing."""
    main = [e for e in entities if not about_of(e).is_beside]
    words = " ".join((device.name, device.model, *device.ids, *_words(main)))
    found: Iterator[Diffuser]
    if _DRIES.search(words):
        return
    if (roles := _machine(device, main, entities)) is not None:
        kind = DeviceType.AIR_PURIFIER if _PURIFIES.search(words) else DeviceType.AROMA_DIFFUSER
        found = iter((_diffuser(dialect, device, roles, kind),))
    else:
        found = _plugs(dialect, device, entities)
    # What tells nothing cannot be known to obey.
    yield from (one for one in found if topics_of(one.facts))


def _machine(device: Announcer, main: list[Entity], entities: tuple[Entity, ...]) -> Roles | None:
    """Give the roles of what sprays or blows by itself; None for what only switches."""
    roles = Roles()
    used: list[Entity] = []
    body = next((e for e in main if isinstance(e, Fan | Humidifier) and e.switch.command), None)
    if body is not None:
        used.append(body)
        roles.there(body.switch.about)
        if isinstance(body, Fan):
            roles.blown(body)
        else:
            roles.misted(body)
    strengths = [e for e in main if isinstance(e, Number | Select) and is_strength(e)]
    switches = [one for one in _switches(main) if not is_lamp(one)]
    if body is None and not strengths and not _is_spreader(device, main, switches):
        return None
    if body is None and switches:
        power = next((s for s in switches if _SPREADS.search(" ".join(_words([s])))), switches[0])
        used.append(power)
        roles.there(power.about)
        roles.powered(power)
    if not used and not strengths:
        return None
    if not used:
        roles.there(about_of(strengths[0]))
    used += _ruled(roles, main)
    take_beside(roles, (e for e in entities if e not in used))
    return roles if roles.can.power or roles.can.steps else None


def _is_spreader(device: Announcer, main: list[Entity], switches: list[Switch]) -> bool:
    """Say whether what has but one switch is a diffuser all the same, and no plug that feeds one.

    People call a plug by what they plugged in; its maker's words, a lamp or a flag tell more.
    """
    if len(switches) != 1:
        return False
    if _SPREADS.search(f"{device.maker} {device.model}"):
        return True
    has_more = any(
        isinstance(e, Light) or (isinstance(e, BinarySensor) and e.about.device_class == "problem")
        for e in main
    )
    return has_more and _SPREADS.search(" ".join((device.name, *_words(main)))) is not None


def _switches(main: Iterable[Entity]) -> list[Switch]:
    """Give what may feed something: no switch that restarts, locks or beeps."""
    found = (one for one in main if isinstance(one, Switch) and one.command is not None)
    return [one for one in found if not _SERVES.search(f"{one.about.key} {one.about.name}")]


def _ruled(roles: Roles, main: list[Entity]) -> Iterator[Entity]:
    """Give what was taken of strengths, modes and lamps."""
    for number in main:
        if isinstance(number, Number) and roles.numbered(number):
            yield number
    selects = [e for e in main if isinstance(e, Select) and e.choice.command is not None]
    # What is named a strength comes before what only has words for one.
    for select in sorted(selects, key=lambda one: not is_strength(one)):
        is_one = is_strength(select) or "mode" in select.about.key
        has_words = bool(strengths_of(select.choice.options)) and not roles.can.steps
        if is_one or has_words:
            roles.chosen(select.choice, select.about.key)
            yield select
    for lamp in main:
        if isinstance(lamp, Light):
            roles.lit(lamp)
            yield lamp
        elif isinstance(lamp, Switch) and is_lamp(lamp) and not _has_light(main):
            roles.lit(Light(lamp))
            yield lamp


def _plugs(dialect: str, device: Announcer, entities: tuple[Entity, ...]) -> Iterator[Diffuser]:
    switches = _switches(e for e in entities if not about_of(e).is_beside)
    for switch in switches:
        roles = Roles()
        roles.there(switch.about)
        roles.powered(switch)
        is_alone = len(switches) == 1
        own = (e for e in entities if e is not switch and (is_alone or _belongs(e, switch)))
        take_beside(roles, (e for e in own if not isinstance(e, Switch | Number | Select | Light)))
        plug = _diffuser(dialect, device, roles, DeviceType.PLUG_DIFFUSER)
        if is_alone:
            yield plug
        else:
            key = switch.about.key
            name = f"{plug.name} {switch.about.name or key}"[:64].strip()
            yield replace(plug, id=f"{plug.id}-{key}", name=name)


def _belongs(entity: Entity, switch: Switch) -> bool:
    """Say whether a measure is of one switch among several, by its name."""
    return about_of(entity).key.startswith(f"{switch.about.key}_")


def _diffuser(dialect: str, device: Announcer, roles: Roles, kind: DeviceType) -> Diffuser:
    return Diffuser(
        id=f"{dialect}-{device.key}",
        dialect=dialect,
        address=roles.address,
        name=device.name or device.key,
        capabilities=roles.can,
        maker=device.maker,
        model=device.model,
        firmware=device.firmware,
        room=device.area,
        device_type=kind,
        needs_profile=kind is DeviceType.PLUG_DIFFUSER,
        bridge=device.via,
        advice=() if roles.tells_running else (Advice.STATUS_OFF,),
        quiet=roles.has_last_will,
        facts=roles.facts(),
    )


def _fuller(one: Announcer, other: Announcer) -> Announcer:
    """Give a device with what either tells of it, the later one first."""
    parts = ("name", "maker", "model", "firmware", "area", "via")
    return replace(one, **{part: getattr(other, part) or getattr(one, part) for part in parts})


def _words(entities: Iterable[Entity]) -> list[str]:
    abouts = map(about_of, entities)
    return [f"{about.key} {about.name} {about.device_class}" for about in abouts]


def _has_light(entities: Iterable[Entity]) -> bool:
    return any(isinstance(entity, Light) for entity in entities)
