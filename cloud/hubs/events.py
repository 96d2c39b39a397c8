"""News from hubs, emitted in the transaction that stores what caused it.

`household_id` and `hub_id` say whose; `slot_id` is the row of `slots`. `occurred_at` is when it
happened in the home as well as the cloud can tell, `received_at` when the cloud learnt of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class CartridgeRunningLow:
    """A cartridge runs low: emitted once per (hub, slot, cartridge), even when reported again.

    `evidence` is the report as the hub wrote it: a JSON object of `RunningLowV1`.
    """

    household_id: int
    hub_id: int
    slot_id: int
    cartridge_install_id: str
    occurred_at: datetime
    received_at: datetime
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CartridgeFitted:
    """A new refill cycle began in a slot: emitted once per cartridge."""

    household_id: int
    hub_id: int
    slot_id: int
    cartridge_install_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class CartridgeLevelChanged:
    """The newest level of a slot moved. Microlitres; `days_left` None: more than a year."""

    household_id: int
    hub_id: int
    slot_id: int
    cartridge_install_id: str
    occurred_at: datetime
    remaining_ul: int
    capacity_ul: int
    days_left: float | None


@dataclass(frozen=True, slots=True)
class SlotTakenOver:
    """A hub goes on with a slot that another hub of the household knew before."""

    household_id: int
    hub_id: int
    slot_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HubPaired:
    """A hub was taken into a household."""

    household_id: int
    hub_id: int


@dataclass(frozen=True, slots=True)
class HubRevoked:
    """A hub's key is worth nothing from now on."""

    household_id: int
    hub_id: int


@dataclass(frozen=True, slots=True)
class HubDuplicated:
    """Two machines speak as one hub: emitted once, until it is paired again."""

    household_id: int
    hub_id: int


@dataclass(frozen=True, slots=True)
class ReorderPreferenceChanged:
    """The household changed, on a hub, how a slot is refilled: `ask`, `automatic` or `off`."""

    household_id: int
    slot_id: int
    mode: str


@dataclass(frozen=True, slots=True)
class DiffusersAdded:
    """Devices that were never seen in a home before: one event a batch, their names as shown."""

    household_id: int
    hub_id: int
    names: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class AutomationsRan:
    """Rules that ran, by name and how often: one event a batch, of the last day alone."""

    household_id: int
    hub_id: int
    counts: dict[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class HubFellSilent:
    """Nothing is heard of a hub since `seen_at`, for hours; told once each silence."""

    household_id: int
    hub_id: int
    name: str
    seen_at: datetime
    at: datetime
