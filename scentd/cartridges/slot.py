"""A cartridge in its slot, as the shelf keeps it and as the store does."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from scentd.cartridges.level import Level
from scentd.cartridges.low import Look, LowWatch
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.store.cartridges import CartridgeRow

_LEVEL: TypeAdapter[Level] = TypeAdapter(Level)
_LOOK: TypeAdapter[Look] = TypeAdapter(Look)


@dataclass(slots=True)
class FittedSlot:
    """What sits in a slot in this refill cycle.

    `tag` is what the device last called the cartridge in its slot, None where it cannot tell.
    `readings` counts what the device measured since it last (re)joined. The `told` fields are
    the level last published, sent to the cloud, and written down.
    """

    key: SlotKey
    install_id: str
    cycle: int
    sku: str | None
    scent_name: str
    fitted_at: datetime
    level: Level
    level_at: datetime
    watch: LowWatch = field(default_factory=LowWatch)
    is_empty: bool = False
    tag: str | None = None
    readings: int = 0
    is_rise_doubted: bool = False
    published_ul: int | None = None
    sent_ul: int | None = None
    sent_at_s: float | None = None
    plotted_ul: int | None = None
    plotted_at: datetime | None = None
    written_ul: float | None = None

    def cartridge(self) -> Cartridge:
        """Give the model's value."""
        return Cartridge(
            self.key,
            self.install_id,
            self.cycle,
            self.sku,
            self.scent_name,
            self.level.capacity_ul,
            round(self.level.remaining_ul),
            round(self.level.band_ul),
            self.level.quality,
            self.fitted_at,
            self.level_at,
            self.level.rate.factor,
        )

    def row(self) -> CartridgeRow:
        """Give what the store keeps."""
        first = self.watch.first
        return CartridgeRow(
            self.install_id,
            self.key.diffuser_id,
            self.key.slot_no,
            self.cycle,
            self.sku,
            self.scent_name,
            self.fitted_at,
            self.watch.is_raised,
            self.is_empty,
            self.tag,
            _LEVEL.dump_json(self.level).decode(),
            self.level_at,
            _LOOK.dump_json(first).decode() if first else None,
        )


def from_row(row: CartridgeRow) -> FittedSlot:
    """Take up what the store kept."""
    first = _LOOK.validate_json(row.first_look) if row.first_look else None
    return FittedSlot(
        SlotKey(row.diffuser_id, row.slot_no),
        row.install_id,
        row.cycle,
        row.sku,
        row.scent_name,
        row.fitted_at,
        level_of(row),
        row.level_at,
        LowWatch(first, row.is_low),
        row.is_empty,
        row.tag,
    )


def level_of(row: CartridgeRow) -> Level:
    """Read the estimate out of a row."""
    return _LEVEL.validate_json(row.level)
