"""A cartridge in its slot, and how sure we are of what is left."""

from dataclasses import dataclass
from datetime import datetime

from scentd.model.diffuser import LevelQuality


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
class RunOut:
    """When a cartridge will be empty: the moment after which 10, 50 and 90 % of futures are.

    Each is None when it lies more than a year away or nothing uses the cartridge.
    """

    p10: datetime | None
    p50: datetime | None
    p90: datetime | None
