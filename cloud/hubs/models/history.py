"""What hubs reported: one append-only log a lineage, and what could not be used of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CHAR,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, text_enum
from cloud.hubs.models.hubs import HUB


class HubLineage(Base):
    """One log of a hub, and the cursor that makes appending to it idempotent.

    The log holds the numbers 1..`acked` without a hole; `chain` is its history hash there.
    `gap_count` of those events the hub itself dropped and said so.
    """

    __tablename__ = "hub_lineages"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        UniqueConstraint("household_id", "hub_id", "lineage"),
        CheckConstraint("lineage ~ '^[0-9a-f]{32}$'", name="lineage"),
        CheckConstraint("octet_length(chain) = 16", name="chain"),
        CheckConstraint("0 <= gap_count AND gap_count <= acked", name="counts"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    lineage: Mapped[str] = mapped_column(CHAR(32))
    acked: Mapped[int] = mapped_column(server_default=text("0"))
    chain: Mapped[bytes] = mapped_column(LargeBinary())
    gap_count: Mapped[int] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime]
    appended_at: Mapped[datetime]


LINEAGE = ["hub_lineages.household_id", "hub_lineages.hub_id", "hub_lineages.id"]


class DatedBy(StrEnum):
    """Where an event's moment comes from.

    HUB: its own clock. MONOTONIC: its distance from the sending, whose moment the cloud knows.
    RECEIPT: nothing better than when it arrived.
    """

    HUB = "hub"
    MONOTONIC = "monotonic"
    RECEIPT = "receipt"


class HubEvent(Base):
    """One event, its line exactly as the hub wrote it: the chain can be computed again.

    It stands for the numbers `seq`..`last`, which differ only for a gap. `class` is the hub's
    word for how dear it was.
    """

    __tablename__ = "hub_events"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id", "lineage_id"], LINEAGE, ondelete="CASCADE"),
        CheckConstraint("1 <= seq AND seq <= last", name="numbers"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    lineage_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
    kind: Mapped[str]
    version: Mapped[int] = mapped_column(SmallInteger)
    importance: Mapped[str]
    happened_at: Mapped[datetime]
    dated_by: Mapped[DatedBy] = mapped_column(text_enum(DatedBy, "dated_by"))
    received_at: Mapped[datetime]
    line: Mapped[bytes] = mapped_column(LargeBinary())


class EventReject(Base):
    """An event that had no effect because it could not be understood or used; the log goes on."""

    __tablename__ = "event_rejects"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id", "lineage_id"], LINEAGE, ondelete="CASCADE"),
        CheckConstraint("length(why) <= 500", name="why_length"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    lineage_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    why: Mapped[str]
    rejected_at: Mapped[datetime] = mapped_column(index=True)
