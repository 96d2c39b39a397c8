"""Hubs that ask to be taken in."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped
from cloud.hubs.models.hubs import HUB


class HubPairing(Timestamped, Base):
    """An offer of a hub: the code people type, and the digest of the secret it asks with.

    It ends approved (with the hub it became), denied, or expired; a code is used once.
    `interval_s` is how long the hub must wait between two questions.
    """

    __tablename__ = "hub_pairings"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        Index("ix_hub_pairings_hub", "household_id", "hub_id"),
        CheckConstraint("user_code ~ '^[BCDFGHJKLMNPQRSTVWXZ]{8}$'", name="user_code"),
        CheckConstraint("octet_length(public_key) = 32", name="public_key"),
        CheckConstraint("octet_length(device_digest) = 32", name="device_digest"),
        CheckConstraint("expires_at > offered_at", name="lifetime"),
        CheckConstraint("(household_id IS NULL) = (hub_id IS NULL)", name="hub"),
        CheckConstraint("(approved_at IS NULL) = (hub_id IS NULL)", name="approved"),
        CheckConstraint("approved_at IS NULL OR denied_at IS NULL", name="one_answer"),
        CheckConstraint("length(hub_name) <= 80 AND length(software) <= 80", name="lengths"),
    )

    id: Mapped[BigId]
    device_digest: Mapped[bytes] = mapped_column(LargeBinary(), unique=True)
    user_code: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary())
    hub_name: Mapped[str]
    software: Mapped[str]
    address: Mapped[str]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    interval_s: Mapped[int] = mapped_column(SmallInteger)
    asked_at: Mapped[datetime | None]
    denied_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    household_id: Mapped[int | None]
    hub_id: Mapped[int | None]
