"""Documents of a household: those hub and account both edit, and those the cloud owns."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base


class SharedDocument(Base):
    """A rule, schedule, scene, diffuser or preference, of which each field is merged by itself.

    `version` is the household's at its last change. `reset_version` is the version at which an
    edit was refused, so that hubs replace what they hold. `deleted_at` set: it is gone, and kept
    for hubs that were away.
    """

    __tablename__ = "shared_documents"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('rule', 'schedule', 'scene', 'diffuser', 'reorder_preference')", name="kind"
        ),
        CheckConstraint("length(key) BETWEEN 1 AND 160", name="key_length"),
        Index("ix_shared_documents_version", "household_id", "version"),
    )

    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    reset_version: Mapped[int] = mapped_column(server_default=text("0"))
    deleted_at: Mapped[datetime | None]


class SharedField(Base):
    """One field: canonical JSON text, and the edit it comes from."""

    __tablename__ = "shared_fields"
    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "kind", "key"],
            [
                "shared_documents.household_id",
                "shared_documents.kind",
                "shared_documents.key",
            ],
            ondelete="CASCADE",
        ),
        CheckConstraint("length(field) BETWEEN 1 AND 80", name="field_length"),
        CheckConstraint("octet_length(value) <= 65536", name="value_length"),
        CheckConstraint("stamp >= 0", name="stamp"),
    )

    household_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    stamp: Mapped[int]
    node: Mapped[str]


class CloudDocument(Base):
    """A document hubs only read; `body` None: it is gone, and kept for hubs that were away."""

    __tablename__ = "cloud_documents"
    __table_args__ = (
        CheckConstraint("length(kind) BETWEEN 1 AND 40", name="kind_length"),
        CheckConstraint("length(key) BETWEEN 1 AND 160", name="key_length"),
        CheckConstraint("(body IS NULL) = (deleted_at IS NOT NULL)", name="deleted"),
        Index("ix_cloud_documents_version", "household_id", "version"),
    )

    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    # Without this, None would be stored as the JSON value null.
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    deleted_at: Mapped[datetime | None]
