"""A cartridge in its slot, and how sure we are of what is left."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scentd.model.diffuser import LevelQuality


class FittedBy(StrEnum):
    """Who or what said that a refill cycle began."""

    HOUSEHOLD = "household"
    TAG = "tag"
    LEVEL = "level"


@dataclass(frozen=True, slots=True, order=True)
class SlotKey:
    """The place in a device that holds one cartridge; slots count from 1."""

    diffuser_id: str
    slot_no: int = 1

    def __str__(self) -> str:
        return f"{self.diffuser_id}/{self.slot_no}"


@dataclass(frozen=True, slots=True)
class Cartridge:
    """What sits in a slot and how much of it is left.

    `install_id` is 128 random bits in hex, minted when the cartridge was fitted: one refill
    cycle has one. `cycle` counts refill cycles of the slot from 1. `remaining_ul` is between 0
    and `capacity_ul`, estimated unless `quality` is MEASURED, and never rises within a cycle.
    `error_ul` is the half width of the band the truth lies in with about 90 %.
    `rate_factor` is the device's true use divided by its model's data, learnt from evidence.
    """

    slot: SlotKey
    install_id: str
    cycle: int
    sku: str | None
    scent_name: str
    capacity_ul: int
    remaining_ul: int
    error_ul: int
    quality: LevelQuality
    fitted_at: datetime
    level_at: datetime
    rate_factor: float = 1.0

    @property
    def fraction_left(self) -> float:
        """Give the part that is left, 0.0 .. 1.0."""
        return self.remaining_ul / self.capacity_ul


@dataclass(frozen=True, slots=True)
class Fitting:
    """A refill cycle's beginning: when, by whose word, and what was put in."""

    at: datetime
    by: FittedBy
    scent_name: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a level rests on.

    `rate_factor` is true use over the model's data, ±`rate_spread` (a part of it, half the width
    of the 90 % band); `falls` counts the falls it was learnt from, readings and refills alike.
    `heard_s` is how long ago the device last told a level, None when it never did. `is_feeding`:
    this slot is the one whose oil is used now. `low_percent`: it runs low at this.
    """

    rate_factor: float
    rate_spread: float
    falls: int
    heard_s: float | None
    is_feeding: bool
    is_empty: bool = False
    goes_on: bool = False
    is_suspected: bool = False
    risen_ul: int | None = None
    low_percent: float = 15.0


@dataclass(frozen=True, slots=True)
class RunOut:
    """When a cartridge will be empty: the moment after which 10, 50 and 90 % of futures are.

    Each is None when it lies more than a year away or nothing uses the cartridge.
    """

    p10: datetime | None
    p50: datetime | None
    p90: datetime | None


@dataclass(frozen=True, slots=True)
class FanPoint:
    """What is left at a moment to come: in one of ten futures less than `early_ul`, in one more
    than `late_ul`. Microlitres; below nothing where the cartridge would be empty before.
    """

    at: datetime
    early_ul: float
    middle_ul: float
    late_ul: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to come of a cartridge.

    `fan` begins now, oldest first. The uses are what a mean day of the coming four weeks takes:
    by plan, beside it (by hand, negative where plans are cut short) and by evaporation.
    `running_hours_left` at the planned intensities; None when nothing is planned.
    """

    run_out: RunOut
    fan: tuple[FanPoint, ...] = ()
    planned_ul_a_day: float = 0.0
    beside_ul_a_day: float = 0.0
    evaporated_ul_a_day: float = 0.0
    running_hours_left: float | None = None
