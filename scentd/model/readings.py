"""What a dialect reads out of a message: facts about one device, in our units."""

from dataclasses import dataclass
from typing import TypeAlias

from scentd.model.diffuser import Availability, Diffuser, Mode


@dataclass(frozen=True, slots=True)
class PowerRead:
    """The device says it runs, or that it does not."""

    on: bool


@dataclass(frozen=True, slots=True)
class IntensityRead:
    """The native step the device runs at, in percent (0..100)."""

    percent: int


@dataclass(frozen=True, slots=True)
class ModeRead:
    """The mode the device says it is in."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class LightRead:
    """The device's light is on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class SlotRead:
    """The device spreads, or would spread, from this slot; 1 is the first."""

    slot_no: int


@dataclass(frozen=True, slots=True)
class AvailabilityRead:
    """Somebody said whether the device is there; `source` as in `DiffuserState`."""

    availability: Availability
    source: str


@dataclass(frozen=True, slots=True)
class LevelRead:
    """Oil left in a slot as the device claims it, in microlitres, never negative."""

    slot_no: int
    remaining_ul: int


@dataclass(frozen=True, slots=True)
class CartridgeRead:
    """The device recognised a cartridge: its serial or tag and what it says it holds."""

    slot_no: int
    install_id: str
    sku: str | None
    capacity_ul: int | None


@dataclass(frozen=True, slots=True)
class FaultRead:
    """A fault code of the device (`empty`, `tilt`, `overheat`, or its own); "" means none."""

    code: str


@dataclass(frozen=True, slots=True)
class EnergyRead:
    """Power now in watts and the energy counter in watt-hours; None where not told."""

    watts: float | None
    total_wh: float | None


@dataclass(frozen=True, slots=True)
class SignalRead:
    """Radio signal in dBm, at most 0."""

    dbm: int


@dataclass(frozen=True, slots=True)
class ButtonRead:
    """Somebody pressed a button on the device; `name` is the device's word for it."""

    name: str


@dataclass(frozen=True, slots=True)
class SensorRead:
    """A number the device measures beside its scent, such as `temperature` in `°C`."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class AnswerRead:
    """The device answered the command of that id; `error` is None when it obeyed."""

    command_id: str
    error: str | None


Reading: TypeAlias = (
    PowerRead
    | IntensityRead
    | ModeRead
    | LightRead
    | SlotRead
    | AvailabilityRead
    | LevelRead
    | CartridgeRead
    | FaultRead
    | EnergyRead
    | SignalRead
    | ButtonRead
    | SensorRead
    | AnswerRead
)


@dataclass(frozen=True, slots=True)
class Found:
    """Discovery saw a device, new or changed; the household's own name and room are kept."""

    diffuser: Diffuser


@dataclass(frozen=True, slots=True)
class Gone:
    """Discovery says the device was removed from its network."""

    diffuser_id: str


Discovery: TypeAlias = Found | Gone
