"""Hubs and how they prove who they are."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped

HUB = ["hubs.household_id", "hubs.id"]


class Hub(Timestamped, Base):
    """A hub of a household. Nothing secret is kept: it proves itself with its Ed25519 key.

    `revoked_at` set: its key is worth nothing. `duplicated_at` set: two machines were seen
    speaking as this hub. `lineage_id` is the log it last wrote to. `silence_told_at` is when its
    household was last told that nothing is heard of it.
    """

    __tablename__ = "hubs"
    __table_args__ = (
        UniqueConstraint("id", name="uq_hubs_id"),
        CheckConstraint("octet_length(public_key) = 32", name="public_key"),
        CheckConstraint("length(name) <= 80 AND length(software) <= 80", name="lengths"),
        CheckConstraint("length(revoked_reason) <= 400", name="revoked_reason"),
        Index("ix_hubs_duplicated", "id", postgresql_where=text("duplicated_at IS NOT NULL")),
        Index(
            "uq_hubs_public_key_live",
            "public_key",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary())
    software: Mapped[str]
    paired_at: Mapped[datetime]
    paired_by: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # Why staff took it out; "" when its owners did.
    revoked_reason: Mapped[str] = mapped_column(server_default="")
    duplicated_at: Mapped[datetime | None]
    lineage_id: Mapped[int | None]
    silence_told_at: Mapped[datetime | None]


class HubSession(Base):
    """The one live session of a hub; a new one replaces it. Only the token's digest is kept."""

    __tablename__ = "hub_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        CheckConstraint("expires_at > opened_at", name="lifetime"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary())
    protocol: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class HubNonce(Base):
    """A challenge given out and not yet answered; answering it deletes it."""

    __tablename__ = "hub_nonces"
    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], HUB, ondelete="CASCADE"),
        CheckConstraint("octet_length(nonce) = 32", name="nonce"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    hub_id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[bytes] = mapped_column(LargeBinary(), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
