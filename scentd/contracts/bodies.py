"""The bodies of events a hub reports, one class a kind and version.

Oil in integer microlitres, moments as RFC 3339 in UTC. `EVENT_BODIES` maps (kind, version) to
the class; a pair not in it is stored by the cloud as it came.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """What all bodies share: frozen, and unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class EventClass(StrEnum):
    """How dear an event is; CRITICAL is never dropped, the rest in this order from the end."""

    CRITICAL = "critical"
    HISTORY = "history"
    STATE = "state"
    TELEMETRY = "telemetry"
    DEBUG = "debug"


class SlotV1(Body):
    """The place a cartridge sits in, and what people call it."""

    diffuser_id: str = Field(min_length=1, max_length=120)
    slot_no: int = Field(default=1, ge=1, le=16)
    diffuser_name: str = Field(default="", max_length=120)
    room: str = Field(default="", max_length=120)


class LevelV1(Body):
    """An estimate of what a cartridge holds: the truth is within ±`error_ul` in nine of ten cases.

    `quality` is measured, device_estimate, hub_estimate or inferred.
    """

    remaining_ul: int = Field(ge=0)
    capacity_ul: int = Field(gt=0)
    error_ul: int = Field(ge=0)
    quality: Literal["measured", "device_estimate", "hub_estimate", "inferred"]
    at: datetime


class RunOutV1(Body):
    """When it will be empty: 10, 50 and 90 % of futures are by then; None: not within a year."""

    p10: datetime | None = None
    p50: datetime | None = None
    p90: datetime | None = None


class CartridgeFittedV1(Body):
    """A new refill cycle began: kind `cartridge.fitted`, critical."""

    slot: SlotV1
    install_id: str = Field(min_length=8, max_length=64)
    cycle: int = Field(ge=1)
    sku: str | None = Field(default=None, max_length=64)
    level: LevelV1


class CartridgeLevelV1(Body):
    """The level moved: kind `cartridge.level`, telemetry (at most one a slot and ten minutes)."""

    slot: SlotV1
    install_id: str = Field(min_length=8, max_length=64)
    cycle: int = Field(ge=1)
    sku: str | None = Field(default=None, max_length=64)
    level: LevelV1
    run_out: RunOutV1 = RunOutV1()


class RunningLowV1(Body):
    """A cartridge runs low, with the evidence: kind `cartridge.running_low`, critical.

    Raised once a refill cycle. `observations` are the independent looks it rests on, oldest
    first; `threshold_percent` and `reason` say by which rule (`level` or `days_left`).
    """

    slot: SlotV1
    install_id: str = Field(min_length=8, max_length=64)
    cycle: int = Field(ge=1)
    sku: str | None = Field(default=None, max_length=64)
    level: LevelV1
    run_out: RunOutV1
    observations: tuple[LevelV1, ...] = Field(min_length=1, max_length=50)
    threshold_percent: float = Field(gt=0, le=100)
    reason: Literal["level", "days_left"]


class DiffuserSeenV1(Body):
    """A device became known or changed its description: kind `diffuser.seen`, state."""

    diffuser_id: str
    dialect: str
    name: str
    room: str = ""
    maker: str = ""
    model: str = ""
    slots: int = 1


class ScheduleRanV1(Body):
    """A schedule switched a diffuser: kind `schedule.switched`, history."""

    diffuser_id: str
    schedule_id: str
    entry_id: str
    on: bool


class RuleFiredV1(Body):
    """A rule fired or declined: kind `rule.fired`, history."""

    rule_id: str
    verdict: str
    trigger: str


class HealthV1(Body):
    """How the hub is: kind `hub.health`, debug."""

    rss_bytes: int
    uptime_s: int
    queued: int
    version: str


class GapV1(Body):
    """Events the hub dropped when its space ran out: kind `gap`; numbers inclusive."""

    first: int
    last: int
    count: int
    kinds: dict[str, int] = {}


class DocumentEditV1(Body):
    """An edit of a shared document's field: kind `document.edit`, critical.

    `stamp` is the hybrid logical clock `(ms << 16) | counter` as an integer, `node` the editor.
    A field named `deleted` set to true removes the document.
    """

    kind: Literal["rule", "schedule", "scene", "diffuser", "reorder_preference"]
    key: str
    field: str
    value: object = None
    stamp: int = Field(ge=0)
    node: str


EVENT_BODIES: dict[tuple[str, int], type[Body]] = {
    ("cartridge.fitted", 1): CartridgeFittedV1,
    ("cartridge.level", 1): CartridgeLevelV1,
    ("cartridge.running_low", 1): RunningLowV1,
    ("diffuser.seen", 1): DiffuserSeenV1,
    ("schedule.switched", 1): ScheduleRanV1,
    ("rule.fired", 1): RuleFiredV1,
    ("hub.health", 1): HealthV1,
    ("gap", 1): GapV1,
    ("document.edit", 1): DocumentEditV1,
}
