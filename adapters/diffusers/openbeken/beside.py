"""What a device announces beside its switches: a lamp, what it measures, what it only shows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adapters.diffusers.announced.announcers import slug_of
from adapters.diffusers.announced.beside import take_beside
from adapters.diffusers.announced.entities import (
    BinarySensor,
    Entity,
    Light,
    Number,
    Place,
    Select,
    Sensor,
    Switch,
)
from adapters.diffusers.announced.roles import Roles
from adapters.diffusers.openbeken.reading import ENERGY

LED = "led_enableAll"
"""The command, and the name of the topic, by which the LED driver is switched."""
_READ_ANYWAY = (*(f"{what}/get" for what in ENERGY), "rssi", "rssi/get", "temp")


def is_led(name: str, light: Light) -> bool:
    """Say whether a lamp is the LED driver's, not one on channels."""
    return light.switch.state is not None and light.switch.state.topic == f"{name}/{LED}/get"


def roles_beside(name: str, entities: Iterable[Entity], *, is_alone: bool) -> Roles:
    """Give what there is beside the switches of the device at `name`.

    Measures of several switches are not told apart, so they are only shown.
    """
    roles = Roles()
    others: list[Entity] = []
    for entity in _named(name, entities):
        if isinstance(entity, Light):
            # The driver's colours have words of its own, see `lamp`.
            roles.lit(replace(entity, colour=None) if is_led(name, entity) else entity)
        elif isinstance(entity, Sensor) and _is_shown_only(name, entity, is_alone=is_alone):
            roles.notes.tells(entity.state, "sensor", entity.about.key, entity.unit)
        else:
            others.append(entity)
    take_beside(roles, others)
    return roles


def _is_shown_only(name: str, sensor: Sensor, *, is_alone: bool) -> bool:
    """Say whether it measures what would mix with the meter: today's energy, apparent power."""
    channel = sensor.state.topic.removeprefix(f"{name}/").removesuffix("/get")
    is_mixed = not channel.isdecimal() or not is_alone
    return is_mixed and bool(sensor.unit) and not sensor.state.is_raw


def _named(name: str, entities: Iterable[Entity]) -> Iterator[Entity]:
    """Give those that tell something of this device, by short names."""
    known = {f"{name}/{path}" for path in _READ_ANYWAY}
    for entity in entities:
        place = _place(entity)
        if place is None or not place.topic.startswith(f"{name}/") or place.topic in known:
            continue
        if isinstance(entity, Switch | Sensor | BinarySensor | Number | Select):
            key = slug_of(entity.about.name) if entity.about.name else entity.about.key
            yield replace(entity, about=replace(entity.about, key=key))
        else:
            yield entity


def _place(entity: Entity) -> Place | None:
    match entity:
        case Switch(state=state) | Sensor(state=state) | BinarySensor(state=state):
            return state
        case Number(range=span):
            return span.state
        case Select(choice=choice):
            return choice.state
        case Light(switch=switch):
            return switch.state
        case _:
            return None
