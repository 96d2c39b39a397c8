"""A cartridge in its slot, as the shelf keeps it and as the store does."""

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from scentd.cartridges.bottle import STILL_LEFT
from scentd.cartridges.level import Level
from scentd.cartridges.low import Look, LowWatch
from scentd.cartridges.rate import Z90
from scentd.cartridges.suspicion import Suspicion
from scentd.model.cartridge import Cartridge, FittedBy, Forecast, Knowledge, SlotKey
from scentd.store.cartridges import CartridgeRow

_LEVEL: TypeAdapter[Level] = TypeAdapter(Level)
_LOOK: TypeAdapter[Look] = TypeAdapter(Look)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A forecast, and what it was made of: the moment, the plans' version and the level."""

    at: datetime
    version: int
    believed_ul: float
    forecast: Forecast


@dataclass(slots=True)
class FittedSlot:
    """What sits in a slot in this refill cycle.

    `tag` is what the device last called the cartridge in its slot, None where it cannot tell.
    `readings` counts what the device measured since it last (re)joined. `risen_ul` is what it
    claims while that is more than can be; `is_rise_denied`: the household said that nobody
    refilled. `goes_on`: the household saw oil in what was said to be empty. `suspicion` is what
    the plug measures now, `is_suspected` whether that was told. `published_ul`, `sent_ul`,
    `plotted_ul` and `written_ul` are the level last published, sent to the cloud, put down for
    the plot, and written; `written_believed_ul` what was believed then.
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
    fitted_by: FittedBy = FittedBy.HOUSEHOLD
    goes_on: bool = False
    risen_ul: int | None = None
    is_rise_denied: bool = False
    is_rise_told: bool = False
    suspicion: Suspicion | None = None
    is_suspected: bool = False
    foreseen: Foreseen | None = None
    published_ul: int | None = None
    sent_ul: int | None = None
    sent_at_s: float | None = None
    plotted_ul: int | None = None
    plotted_at: datetime | None = None
    written_ul: float | None = None
    written_believed_ul: float | None = None

    @property
    def is_rise_doubted(self) -> bool:
        """Whether the device claims more than can be: perhaps a refill nobody told of."""
        return self.risen_ul is not None and not self.is_rise_denied

    @property
    def is_dry(self) -> bool:
        """Whether it was said to be empty, and neither a person nor the device saw oil since."""
        is_all_but_empty = self.level.believed_ul < STILL_LEFT * self.level.capacity_ul
        return self.is_empty and not self.goes_on and is_all_but_empty

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
            self.level.rate.overall(self.level.scent),
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
            self.fitted_by.value,
            self.goes_on,
            self.is_suspected,
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
        fitted_by=FittedBy(row.fitted_by),
        goes_on=row.goes_on,
        is_suspected=row.is_suspected,
    )


def level_of(row: CartridgeRow) -> Level:
    """Read the estimate out of a row."""
    return level_from(row.level)


def level_from(text: str) -> Level:
    """Read the estimate out of its JSON; one kept by an older hub has learnt less, and does."""
    return _LEVEL.validate_json(text)


def knowledge_of(slot: FittedSlot, low_percent: float, *, is_feeding: bool) -> Knowledge:
    """Say what a slot's level rests on."""
    level = slot.level
    return Knowledge(
        rate_factor=level.rate.overall(level.scent),
        rate_spread=level.rate.spread * Z90,
        falls=level.rate.falls,
        heard_s=level.unheard_s if level.last_reading_ul is not None else None,
        is_feeding=is_feeding,
        is_empty=slot.is_dry,
        goes_on=slot.goes_on,
        is_suspected=slot.is_suspected,
        risen_ul=slot.risen_ul if slot.is_rise_doubted else None,
        low_percent=low_percent,
    )
