"""Values that move between the statements and the deciders of this feature."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as stored; see cloud.hubs.models.Slot."""

    diffuser_id: str
    slot_no: int
    diffuser_name: str
    room: str
    scent_sku: str | None
    capacity_ul: int
    remaining_ul: int
    error_ul: int
    level_quality: str
    days_left: float | None
    runs_out_at: datetime | None
    cartridge_install_id: str
    cycle: int
    level_at: datetime
    fitted_at: datetime
    low_install_id: str | None = None
    low_at: datetime | None = None
    runs_out_from: datetime | None = None
    runs_out_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DiffuserRow:
    """A diffuser as stored; see cloud.hubs.models.HubDiffuser."""

    diffuser_id: str
    dialect: str
    name: str
    room: str
    maker: str
    model: str
    slot_count: int
    described_at: datetime
