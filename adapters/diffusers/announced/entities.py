"""What a device may announce, in types: where it tells something, where it is told, in what words.

A part that cannot be used (no topic, a template beyond us) is None; a place that tells in a
template beyond us is `is_raw`, and kept as the device says it.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Place:
    """A topic, and the template for what is heard or said there; "" for the message as it is."""

    topic: str
    template: str = ""
    is_raw: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """Where something tells whether it is there, and in which words."""

    place: Place
    there: str = "online"
    away: str = "offline"


@dataclass(frozen=True, slots=True)
class Announcer:
    """The device the entities are of; texts are printable and short, "" where not told.

    `key` is the same in all its announcements: twelve hexadecimal digits of its MAC where it tells
    one, else its first identifier in lower case. `ids_is_text` says how it writes identifiers.
    """

    key: str
    name: str = ""
    maker: str = ""
    model: str = ""
    firmware: str = ""
    area: str = ""
    via: str = ""
    ids: tuple[str, ...] = ()
    mac: str = ""
    ids_is_text: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What every entity has. `key` is its own name within the device, of a-z, 0-9, `_` and `-`.

    `is_beside` says that it is for settings or diagnosis, not what the device is for.
    """

    key: str
    name: str = ""
    device_class: str = ""
    is_beside: bool = False
    presences: tuple[Presence, ...] = ()
    presence_mode: str = "latest"


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off. `says_on` and `says_off` are what it tells, `on` and `off` what it is told."""

    about: About
    state: Place | None
    command: Place | None
    on: str = "ON"
    off: str = "OFF"
    says_on: str = "ON"
    says_off: str = "OFF"


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is told and set within low..high."""

    state: Place | None
    command: Place | None
    low: float
    high: float
    step: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words that is told and set."""

    state: Place | None
    command: Place | None
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fan:
    """What blows or sprays: a switch, and how strong. A fan's numbers are speeds, from `low`."""

    switch: Switch
    strength: Range | None = None
    presets: Choice | None = None


@dataclass(frozen=True, slots=True)
class Humidifier:
    """What makes mist: a switch, a wished humidity in percent, and modes."""

    switch: Switch
    target: Range | None = None
    modes: Choice | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp. With `is_json` everything is told and set in one JSON object.

    `colour` tells and is told `red,green,blue`.
    """

    switch: Switch
    is_json: bool = False
    brightness: Range | None = None
    colour: Choice | None = None
    effects: Choice | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number that can be set."""

    about: About
    range: Range
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """One of several words."""

    about: About
    choice: Choice


@dataclass(frozen=True, slots=True)
class Sensor:
    """Something measured or told."""

    about: About
    state: Place
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BinarySensor:
    """Something that is so or not."""

    about: About
    state: Place
    on: str = "ON"
    off: str = "OFF"


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be pressed from here."""

    about: About
    command: Place
    press: str = "PRESS"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at the device."""

    about: About
    state: Place


Entity: TypeAlias = (
    Switch | Fan | Humidifier | Light | Number | Select | Sensor | BinarySensor | Button | Event
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message: the device, who wrote it (`origin`, "" when not told), and its entities.

    `node` is the part of the topic that names the device, "" when it has none. `base` is what `~`
    stands for in the first entity that says so.
    """

    topic: str
    node: str
    device: Announcer
    origin: str
    entities: tuple[Entity, ...]
    base: str = ""


def about_of(entity: Entity) -> About:
    """Give what every entity has."""
    return entity.switch.about if isinstance(entity, Fan | Humidifier | Light) else entity.about
