"""What stands in a home, as its hub last told: kept from events, never edited here."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped
from cloud.hubs.models.hubs import HUB


class HubDiffuser(Timestamped, Base):
    """A diffuser of a home."""

    __tablename__ = "hub_diffusers"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        CheckConstraint("length(diffuser_id) BETWEEN 1 AND 120", name="diffuser_id"),
        CheckConstraint("slot_count BETWEEN 1 AND 16", name="slot_count"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    diffuser_id: Mapped[str] = mapped_column(primary_key=True)
    dialect: Mapped[str]
    name: Mapped[str]
    room: Mapped[str]
    maker: Mapped[str]
    model: Mapped[str]
    slot_count: Mapped[int] = mapped_column(SmallInteger)
    described_at: Mapped[datetime]


class Slot(Timestamped, Base):
    """The place in a device that holds one cartridge, with the cartridge it holds now.

    Microlitres. `cycle` counts refill cycles and never falls; `cartridge_install_id` names the
    present one. `level_at` is when the level was true. `days_left` and `runs_out_at` are the
    hub's forecast (the median), None: not within a year; `runs_out_from` and `runs_out_until` are
    its 10th and 90th percentile. `low_install_id` is the last cartridge that was reported low.
    `joined_at` is when the cloud first heard of the place from its present hub: a hub that takes
    the place of another one joins anew.
    """

    __tablename__ = "slots"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        UniqueConstraint("id", name="uq_slots_id"),
        UniqueConstraint("household_id", "hub_id", "diffuser_id", "slot_no"),
        Index("ix_slots_cartridge_install_id", "cartridge_install_id"),
        CheckConstraint("slot_no BETWEEN 1 AND 16", name="slot_no"),
        CheckConstraint("cycle >= 1", name="cycle"),
        CheckConstraint("capacity_ul > 0", name="capacity"),
        CheckConstraint("remaining_ul >= 0", name="remaining"),
        CheckConstraint("length(cartridge_install_id) BETWEEN 8 AND 64", name="install_id"),
        CheckConstraint("length(diffuser_id) BETWEEN 1 AND 120", name="diffuser_id"),
        CheckConstraint(
            "level_quality IN ('measured', 'device_estimate', 'hub_estimate', 'inferred')",
            name="level_quality",
        ),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    hub_id: Mapped[int]
    diffuser_id: Mapped[str]
    slot_no: Mapped[int] = mapped_column(SmallInteger)
    diffuser_name: Mapped[str]
    room: Mapped[str]
    scent_sku: Mapped[str | None]
    capacity_ul: Mapped[int]
    remaining_ul: Mapped[int]
    error_ul: Mapped[int]
    level_quality: Mapped[str]
    days_left: Mapped[float | None] = mapped_column(Double())
    runs_out_at: Mapped[datetime | None]
    runs_out_from: Mapped[datetime | None]
    runs_out_until: Mapped[datetime | None]
    cartridge_install_id: Mapped[str]
    cycle: Mapped[int]
    level_at: Mapped[datetime]
    fitted_at: Mapped[datetime]
    low_install_id: Mapped[str | None]
    low_at: Mapped[datetime | None]
    joined_at: Mapped[datetime] = mapped_column(server_default=func.now())
