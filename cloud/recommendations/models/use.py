"""What diffusers ran, of members who said that we may know: it goes when they take that back.

Everything hangs on `use_consents` by foreign keys, so nothing can stay without it.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base

_HUB = ["hubs.household_id", "hubs.id"]
_LINEAGE = ["hub_lineages.household_id", "hub_lineages.hub_id", "hub_lineages.id"]


class UseConsent(Base):
    """A member lets us learn from what their diffusers run; no row, no consent."""

    __tablename__ = "use_consents"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    given_at: Mapped[datetime]


class ScentUse(Base):
    """One cartridge in a member's home: the most and the least oil it was seen with, microlitres.

    The difference is what was run of it. Reading a report twice changes nothing.
    """

    __tablename__ = "scent_uses"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], _HUB, ondelete="CASCADE"),
        CheckConstraint("0 <= least_ul AND least_ul <= most_ul", name="levels"),
        CheckConstraint("length(install_id) BETWEEN 8 AND 64", name="install_id"),
        Index("ix_scent_uses_product_id", "product_id"),
        Index("ix_scent_uses_household_id_hub_id", "household_id", "hub_id"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("use_consents.user_id", ondelete="CASCADE"), primary_key=True
    )
    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    install_id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    most_ul: Mapped[int]
    least_ul: Mapped[int]
    seen_at: Mapped[datetime]


class UseMark(Base):
    """How far a hub's log was read for a member."""

    __tablename__ = "use_marks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "hub_id", "lineage_id"], _LINEAGE, ondelete="CASCADE"
        ),
        Index(
            "ix_use_marks_household_id_hub_id_lineage_id", "household_id", "hub_id", "lineage_id"
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("use_consents.user_id", ondelete="CASCADE"), primary_key=True
    )
    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    lineage_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
