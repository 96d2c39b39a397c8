"""What must hold for a rule to act; conditions nest in groups.

Every kind carries a literal `kind`, as triggers do.
"""

from dataclasses import dataclass
from datetime import time
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from scentd.model.schedule import Weekday
from scentd.model.trigger import EVERY_DAY, Scalar

SunPointName: TypeAlias = Literal["dawn", "sunrise", "sunset", "dusk"]


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Holds between two wall times; `end` before `start` crosses midnight."""

    start: time
    end: time
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["time_window"] = "time_window"


@dataclass(frozen=True, slots=True)
class OnDays:
    """Holds on those days of the week, by the home's date."""

    days: frozenset[Weekday]
    kind: Literal["days"] = "days"


@dataclass(frozen=True, slots=True)
class SunElevation:
    """Holds while the sun stands above (below) so many degrees over the horizon, -90..90."""

    above: float | None = None
    below: float | None = None
    kind: Literal["sun_elevation"] = "sun_elevation"


@dataclass(frozen=True, slots=True)
class SunWindow:
    """Holds on a local date after one point of the sun and before another, each with an offset.

    Offsets are minutes, negative for earlier. Of a point left out nothing is asked. After an
    evening's point and before a morning's means the night between. On a date on which the sun
    does not do what is asked, it does not hold.
    """

    after: SunPointName | None = None
    before: SunPointName | None = None
    after_offset_min: int = 0
    before_offset_min: int = 0
    kind: Literal["sun_window"] = "sun_window"


@dataclass(frozen=True, slots=True)
class SomeoneHome:
    """Holds while at least one member is known to be home."""

    kind: Literal["someone_home"] = "someone_home"


@dataclass(frozen=True, slots=True)
class NobodyHome:
    """Holds while every member is known to be away: unknown is not away."""

    kind: Literal["nobody_home"] = "nobody_home"


@dataclass(frozen=True, slots=True)
class MemberIs:
    """Holds while a member is known to be home (or away); while unknown neither holds."""

    member_id: str
    whereabouts: Literal["home", "away"] = "home"
    kind: Literal["member_is"] = "member_is"


@dataclass(frozen=True, slots=True)
class DeviceStateIs:
    """Holds while a diffuser's attribute has the value; an unknown value never holds."""

    diffuser_id: str
    attribute: str
    value: Scalar
    kind: Literal["device_state_is"] = "device_state_is"


@dataclass(frozen=True, slots=True)
class SensorIs:
    """Holds while a number on a topic is beyond its bound; fields as in SensorReading.

    With both bounds it must be between them. Before the first reading it does not hold.
    """

    topic: str
    path: str = ""
    above: float | None = None
    below: float | None = None
    hysteresis: float = 0.0
    for_s: int | None = None
    unit: str = ""
    sensor_unit: str = ""
    kind: Literal["sensor_is"] = "sensor_is"


@dataclass(frozen=True, slots=True)
class LevelAbove:
    """Holds while the cartridge of a slot has more than `percent` left."""

    diffuser_id: str
    percent: float
    slot_no: int = 1
    kind: Literal["level_above"] = "level_above"


@dataclass(frozen=True, slots=True)
class LevelBelow:
    """Holds while the cartridge of a slot has less than `percent` left."""

    diffuser_id: str
    percent: float
    slot_no: int = 1
    kind: Literal["level_below"] = "level_below"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Holds when the rule last ran at least `seconds` ago, or never."""

    seconds: int
    kind: Literal["cooldown"] = "cooldown"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every one of these does."""

    conditions: "tuple[Condition, ...]"
    kind: Literal["all_of"] = "all_of"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one of these does."""

    conditions: "tuple[Condition, ...]"
    kind: Literal["any_of"] = "any_of"


@dataclass(frozen=True, slots=True)
class NotSo:
    """Holds when that does not; what is unknown does not hold, and so its denial does."""

    condition: "Condition"
    kind: Literal["not"] = "not"


Condition: TypeAlias = Annotated[
    TimeWindow
    | OnDays
    | SunElevation
    | SunWindow
    | SomeoneHome
    | NobodyHome
    | MemberIs
    | DeviceStateIs
    | SensorIs
    | LevelAbove
    | LevelBelow
    | Cooldown
    | AllOf
    | AnyOf
    | NotSo,
    Field(discriminator="kind"),
]
