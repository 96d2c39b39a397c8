"""Automation rules: one trigger, conditions that must all hold, actions in order.

Every part carries a literal `kind`, so that the same value can be read from JSON and YAML by
its kind and written back unchanged.
"""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from scentd.model.schedule import Weekday

EVERY_DAY = frozenset(Weekday)


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Fires at a wall time on the given days, once a day, by the stated rule for gap and fold."""

    at: time
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["time_of_day"] = "time_of_day"


@dataclass(frozen=True, slots=True)
class DeviceStateChange:
    """Fires when a diffuser's attribute changes, or changes to `to`.

    `attribute` is a name of `ReportedState`, or `availability` or `button`. `to` None means any
    change; otherwise the new value written as JSON would write it (`true`, `60`, `"online"`).
    """

    diffuser_id: str
    attribute: str
    to: bool | int | float | str | None = None
    kind: Literal["device_state_change"] = "device_state_change"


@dataclass(frozen=True, slots=True)
class SensorReading:
    """Fires when a number on an MQTT topic crosses a bound.

    `path` is the dotted way into a JSON payload, "" when the payload is the bare number.
    With `above` (`below`) it fires on crossing from not above to above; with neither on every
    reading. Retained messages never fire it.
    """

    topic: str
    path: str = ""
    above: float | None = None
    below: float | None = None
    kind: Literal["sensor_reading"] = "sensor_reading"


Trigger: TypeAlias = Annotated[
    TimeOfDay | DeviceStateChange | SensorReading, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Holds between two wall times; `end` before `start` crosses midnight."""

    start: time
    end: time
    days: frozenset[Weekday] = EVERY_DAY
    kind: Literal["time_window"] = "time_window"


@dataclass(frozen=True, slots=True)
class DeviceStateIs:
    """Holds while a diffuser's attribute has the value; an unknown value never holds."""

    diffuser_id: str
    attribute: str
    value: bool | int | float | str
    kind: Literal["device_state_is"] = "device_state_is"


@dataclass(frozen=True, slots=True)
class LevelAbove:
    """Holds while the cartridge of a slot has more than `percent` left."""

    diffuser_id: str
    percent: float
    slot_no: int = 1
    kind: Literal["level_above"] = "level_above"


@dataclass(frozen=True, slots=True)
class Cooldown:
    """Holds when the rule last ran at least `seconds` ago, or never."""

    seconds: int
    kind: Literal["cooldown"] = "cooldown"


Condition: TypeAlias = Annotated[
    TimeWindow | DeviceStateIs | LevelAbove | Cooldown, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class SetDiffuser:
    """Asks one diffuser for a state; None leaves that part as it is.

    `for_s` switches it off again after that many seconds (the hub keeps the timer).
    """

    diffuser_id: str
    power: bool | None = None
    intensity_percent: int | None = None
    light: bool | None = None
    for_s: int | None = None
    kind: Literal["set_diffuser"] = "set_diffuser"


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits before the next action, 1..86,400 seconds."""

    seconds: int
    kind: Literal["wait"] = "wait"


@dataclass(frozen=True, slots=True)
class StopEverything:
    """Switches every diffuser off."""

    kind: Literal["stop_all"] = "stop_all"


@dataclass(frozen=True, slots=True)
class PublishMessage:
    """Publishes a message of the household's own to its broker (QoS 0, never retained)."""

    topic: str
    payload: str = ""
    kind: Literal["publish"] = "publish"


Action: TypeAlias = Annotated[
    SetDiffuser | Wait | StopEverything | PublishMessage, Field(discriminator="kind")
]


class RuleMode(StrEnum):
    """What a firing does while an earlier one of the same rule still runs."""

    SINGLE = "single"
    RESTART = "restart"
    QUEUED = "queued"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True)
class AutomationRule:
    """When something happens, and all conditions hold, do these things in this order."""

    id: str
    name: str
    trigger: Trigger
    actions: tuple[Action, ...]
    conditions: tuple[Condition, ...] = ()
    mode: RuleMode = RuleMode.SINGLE
    enabled: bool = True


class Verdict(StrEnum):
    """How a firing ended."""

    RAN = "ran"
    CONDITION_FAILED = "condition_failed"
    BUSY = "busy"
    LOOP_STOPPED = "loop_stopped"
    MISSED = "missed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One condition or action of a firing: what it was, how it went, when."""

    what: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """Everything about one firing, enough to answer “why?” long after."""

    rule_id: str
    at: datetime
    trigger: str
    verdict: Verdict
    steps: tuple[TraceStep, ...] = field(default=())
