"""What stands beside the mist: measures, oil, flags, buttons, and what is only shown."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from adapters.diffusers.announced.entities import (
    BinarySensor,
    Button,
    Entity,
    Event,
    Fan,
    Humidifier,
    Light,
    Number,
    Select,
    Sensor,
    Switch,
    about_of,
)
from adapters.diffusers.announced.roles import Roles
from scentd.model.diffuser import LevelQuality

_OIL = re.compile(
    r"oil|liquid|level|remain|tank|cartridge|fill|aroma|scent|fragran|perfume", re.IGNORECASE
)
_NOT_OIL = re.compile(r"water|batter|humid|wifi|signal|rssi|light|bright", re.IGNORECASE)
_LOW = re.compile(r"low|refill|running_out", re.IGNORECASE)
_EMPTY = re.compile(r"empty|water|shortage|no_oil|dry", re.IGNORECASE)
_PARTIAL = re.compile(
    r"today|daily|yesterday|hour|week|month|year|apparent|reactive|peak|max|average", re.IGNORECASE
)
_FAULTS = ("empty", "tilt", "overheat")
_IDENTIFY = re.compile(r"identify|locate|find|blink", re.IGNORECASE)
_MEASURES: Mapping[str, tuple[str, float]] = {
    "W": ("watts", 1),
    "kW": ("watts", 1000),
    "V": ("volts", 1),
    "mV": ("volts", 0.001),
    "A": ("amps", 1),
    "mA": ("amps", 0.001),
    "Wh": ("wh", 1),
    "kWh": ("wh", 1000),
    "MWh": ("wh", 1_000_000),
}
_MICROLITRES: Mapping[str, int] = {"mL": 1_000, "ml": 1_000, "L": 1_000_000, "l": 1_000_000}


def take_beside(roles: Roles, entities: Iterable[Entity]) -> None:
    """Take what any device may have: measures, oil, flags, buttons, and what is only shown."""
    for entity in sorted(entities, key=_rank):
        match entity:
            case Sensor():
                _sensed(roles, entity)
            case BinarySensor():
                _flagged(roles, entity)
            case Event():
                roles.notes.tells(entity.state, "event", entity.about.key)
            case Button() if _IDENTIFY.search(f"{entity.about.key} {entity.about.device_class}"):
                roles.notes.takes(entity.command, "identify", press=entity.press)
                roles.can = replace(roles.can, identify=True)
            case _:
                _shown(roles, entity)


def _rank(entity: Entity) -> bool:
    """Put last what counts less: of faults all but that nothing is left, of counters the day's."""
    key = about_of(entity).key
    if isinstance(entity, BinarySensor):
        return _EMPTY.search(key) is None
    return isinstance(entity, Sensor) and _PARTIAL.search(key) is not None


def _shown(roles: Roles, entity: Entity) -> None:
    """Show what a control that is nothing to us tells; a button tells nothing."""
    match entity:
        case Number(about, span, unit):
            roles.notes.tells(span.state, "sensor", about.key, unit)
        case Select(about, choice):
            roles.notes.tells_raw(choice.state, about.key)
        case Switch(about, state):
            roles.notes.tells_raw(state, about.key)
        case Fan(switch) | Humidifier(switch) | Light(switch):
            roles.notes.tells_raw(switch.state, switch.about.key)


def _sensed(roles: Roles, sensor: Sensor) -> None:
    """Take a sensor as what it measures; a second one of a kind is only shown.

    Two counters that are taken for one, as the day's beside that of all days, would add up wrongly.
    """
    state, unit, about = sensor.state, sensor.unit, sensor.about
    kind, *arguments = _kind(sensor)
    if state.is_raw or not unit:
        roles.notes.tells_raw(state, about.key)
    elif kind in {"", *roles.measured}:
        roles.notes.tells(state, "sensor", about.key, unit)
    elif roles.notes.tells(state, kind, *arguments):
        roles.measured.add(kind)
        is_level = kind in {"oil", "percent"}
        level = LevelQuality.DEVICE_ESTIMATE if is_level else roles.can.level
        is_energy = unit in _MEASURES or roles.can.energy
        roles.can = replace(roles.can, level=level, energy=is_energy)


def _kind(sensor: Sensor) -> tuple[str] | tuple[str, float]:
    """Say what is measured, and the factor to our unit; "" for what is only a number to us."""
    words, unit = f"{sensor.about.key} {sensor.about.name}", sensor.unit
    is_oil = _OIL.search(words) is not None and _NOT_OIL.search(words) is None
    if unit in _MEASURES:
        return _MEASURES[unit]
    if unit == "dBm":
        return ("signal",)
    if unit in _MICROLITRES and is_oil:
        return ("oil", _MICROLITRES[unit])
    is_share = unit == "%" and is_oil and sensor.about.device_class in {"", "None"}
    return ("percent",) if is_share else ("",)


def _flagged(roles: Roles, sensor: BinarySensor) -> None:
    about, state = sensor.about, sensor.state
    words = f"{about.key} {about.name}"
    is_empty = _EMPTY.search(words) is not None
    if (is_empty or about.device_class == "problem") and not _is_low(words):
        _faulty(roles, sensor, "empty" if is_empty else about.key)
    elif _is_low(words):
        roles.notes.tells(state, "low", sensor.on, sensor.off)
        roles.can = replace(roles.can, low_flag=True)
    else:
        roles.notes.tells_raw(state, about.key)


def _is_low(words: str) -> bool:
    is_low = _LOW.search(words) is not None and _EMPTY.search(words) is None
    return is_low and "batter" not in words.casefold()


def _faulty(roles: Roles, sensor: BinarySensor, code: str) -> None:
    """Take the first fault. Of two, one that is over would take the other back."""
    code = next((known for known in _FAULTS if known in code), code)
    if not roles.has_fault and roles.notes.tells(
        sensor.state, "fault", sensor.on, sensor.off, code
    ):
        roles.has_fault = True
        return
    roles.notes.tells_raw(sensor.state, sensor.about.key)
