"""What sets a rule off: one of nine kinds.

Every kind carries a literal `kind`, so that the same value can be read from JSON and YAML by it
and written back unchanged. `for_s` is how long something must last before it counts, in seconds
of real time, also across a restart of the hub.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from scentd.model.schedule import Weekday

EVERY_DAY = frozenset(Weekday)

Scalar: TypeAlias = bool | int | float | str
"""A single value as JSON writes it."""


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Fires at a wall time on the given days, once a day, by the stated rule for gap and fold."""

    at: time
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["time_of_day"] = "time_of_day"


@dataclass(frozen=True, slots=True)
class Sunrise:
    """Fires when the sun rises, or at civil dawn, `offset_min` minutes later (before: negative).

    On a day on which the sun does not do that there, it fires at the wall time `otherwise_at`;
    without one that day is skipped, and the trace says so. A day belongs to the sun's local date.
    """

    point: Literal["sunrise", "dawn"] = "sunrise"
    offset_min: int = 0
    otherwise_at: time | None = None
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["sunrise"] = "sunrise"


@dataclass(frozen=True, slots=True)
class Sunset:
    """Fires when the sun sets, or at civil dusk; for the rest as Sunrise."""

    point: Literal["sunset", "dusk"] = "sunset"
    offset_min: int = 0
    otherwise_at: time | None = None
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["sunset"] = "sunset"


@dataclass(frozen=True, slots=True)
class UserEntersLocation:
    """Fires when a member enters a zone; `member_id` None: anyone.

    With `first` only when nobody of the household was there before.
    """

    member_id: str | None = None
    zone_id: str = "home"
    first: bool = False
    kind: Literal["user_enters_location"] = "user_enters_location"


@dataclass(frozen=True, slots=True)
class UserLeavesLocation:
    """Fires when a member leaves a zone; `member_id` None: anyone.

    With `last` only when nobody of the household is there any more.
    """

    member_id: str | None = None
    zone_id: str = "home"
    last: bool = False
    kind: Literal["user_leaves_location"] = "user_leaves_location"


@dataclass(frozen=True, slots=True)
class DeviceStateChange:
    """Fires when a diffuser's attribute changes: from `was`, to `to`, each None for any value.

    `attribute` is a name of `ReportedState`, or `availability` or `button`. Values are written
    as JSON would write them (`true`, `60`, `"online"`). With `for_s` (which needs `to`) it fires
    once the attribute has kept that value for so long.
    """

    diffuser_id: str
    attribute: str
    to: Scalar | None = None
    was: Scalar | None = None
    for_s: int | None = None
    kind: Literal["device_state_change"] = "device_state_change"


@dataclass(frozen=True, slots=True)
class SensorReading:
    """Fires when a number on an MQTT topic crosses a bound.

    `path` is the dotted way into a JSON payload, "" when the payload is the bare number.
    With `above` (`below`) it fires on crossing from not above to above; with neither on every
    reading. Retained messages never fire it. After `above` was crossed, the number must come back
    to `hysteresis` under it before it counts as not above again; `below` likewise. With `for_s`
    the number must stay beyond the bound for so long.
    `unit` is what the bounds are written in, `sensor_unit` what the sensor speaks ("": the same).
    """

    topic: str
    path: str = ""
    above: float | None = None
    below: float | None = None
    hysteresis: float = 0.0
    for_s: int | None = None
    unit: str = ""
    sensor_unit: str = ""
    kind: Literal["sensor_reading"] = "sensor_reading"


@dataclass(frozen=True, slots=True)
class VoiceCommand:
    """Fires when somebody says one of the phrases, whatever its case, accents and punctuation.

    `language` is a BCP 47 tag and `room` a room's name; "" for any.
    """

    phrases: tuple[str, ...]
    language: str = ""
    room: str = ""
    kind: Literal["voice_command"] = "voice_command"


@dataclass(frozen=True, slots=True)
class AppEvent:
    """Fires on a named event of an app or of the hub, when its data holds every value of `data`.

    The hub's own: `cartridge.running_low`, `cartridge.empty`, `cartridge.refilled` (each with
    `diffuser_id` and `slot_no`) and `hub.started`.
    """

    name: str
    data: Mapping[str, Scalar] = field(default_factory=dict)
    kind: Literal["app_event"] = "app_event"


Trigger: TypeAlias = Annotated[
    TimeOfDay
    | Sunrise
    | Sunset
    | UserEntersLocation
    | UserLeavesLocation
    | DeviceStateChange
    | SensorReading
    | VoiceCommand
    | AppEvent,
    Field(discriminator="kind"),
]
