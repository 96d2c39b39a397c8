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
    """The device's light; None where not told.

    `percent` is its brightness, 0..100; `rgb` six hexadecimal digits, lower case; `effect` the
    device's own name of a scene, "" for none.
    """

    on: bool | None
    percent: int | None = None
    rgb: str | None = None
    effect: str | None = None


@dataclass(frozen=True, slots=True)
class TimerRead:
    """The device stops by itself in so many seconds; 0 when no timer of its own runs."""

    remaining_s: int


@dataclass(frozen=True, slots=True)
class SlotRead:
    """The device spreads, or would spread, from this slot; 1 is the first."""

    slot_no: int


@dataclass(frozen=True, slots=True)
class AvailabilityRead:
    """Somebody said whether the device is there; `source` as in `DiffuserState`.

    The source `bridge` speaks of the bridge before the device, not of the device: once it is
    back, what the device itself said last holds again. Among other readings, `online` of the
    `bridge` says that it passed them on, perhaps from its memory: they show that the device is
    there only where that did not say last that it is away.
    """

    availability: Availability
    source: str


@dataclass(frozen=True, slots=True)
class LevelRead:
    """Oil left in a slot as the device claims it, in microlitres, never negative."""

    slot_no: int
    remaining_ul: int


@dataclass(frozen=True, slots=True)
class LevelShareRead:
    """Oil left in a slot as the device claims it, in percent of what it holds, 0..100."""

    slot_no: int
    percent: float


@dataclass(frozen=True, slots=True)
class LowRead:
    """The device can only say that little is left in a slot, or that it is not so."""

    slot_no: int
    is_low: bool


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
    """Power now in watts and the energy counter in watt-hours; None where not told.

    The counter is the device's own and may begin anew at 0.
    """

    watts: float | None
    total_wh: float | None
    volts: float | None = None
    amps: float | None = None


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
class ExtraRead:
    """Something the device says that has no meaning to us; kept for people to see.

    `name` is the device's own, at most 64 characters; `value` at most 120.
    """

    name: str
    value: str


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
    | TimerRead
    | SlotRead
    | AvailabilityRead
    | LevelRead
    | LevelShareRead
    | LowRead
    | CartridgeRead
    | FaultRead
    | EnergyRead
    | SignalRead
    | ButtonRead
    | SensorRead
    | ExtraRead
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


@dataclass(frozen=True, slots=True)
class Children:
    """Discovery heard the whole list of a bridge: its devices that are not named here are gone.

    `bridge` is as in `Diffuser.bridge`, within the dialect that says it.
    """

    bridge: str
    diffuser_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """The message is one part of an announcement that comes in several.

    The parts of a `group` are kept, each under its topic, and once they have stopped coming the
    dialect assembles them. An empty payload takes its part away, whether or not the dialect can
    tell then which group it was of; so does a payload that is of another group or of none. Parts
    stand in the order in which they changed last. With `counts_again` the device also says it
    anew, word for word, when it is there: then that counts as a change, too. Without `announces`
    it is a report or the answer to a question: a device that the household took away goes on with
    these, and comes back by them only when somebody searches.
    """

    group: str
    counts_again: bool = False
    announces: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """To know more of a device, this must be sent; never retained."""

    topic: str
    payload: bytes
    qos: int = 0


Discovery: TypeAlias = Found | Gone | Children | Piece | Ask
