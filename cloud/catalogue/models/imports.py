"""Files of products that staff brought, and how far each one is."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class ImportStage(StrEnum):
    """Where an import stands: looked at, being applied by a job, or at its end."""

    PREVIEW = "preview"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"


class ProductImport(Timestamped, Base):
    """One uploaded file. `body` is the CSV, gzipped; None once it was applied and is not needed.

    `line_count` is how many lines hold data, `lines_done` how many are applied. The counts and
    `findings` (line, verdict, words; the first thousand that are worth reading) are of the
    preview, and of the application once that began. `user_id` and `user_name` are who brought it;
    the name stays when the account goes.
    """

    __tablename__ = "product_imports"
    __table_args__ = (
        CheckConstraint("file_name <> ''", name="file_name"),
        CheckConstraint("lines_done BETWEEN 0 AND line_count", name="lines"),
        CheckConstraint(
            "created_count >= 0 AND changed_count >= 0 AND same_count >= 0 AND refused_count >= 0",
            name="counts",
        ),
        Index("ix_product_imports_user_id", "user_id"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    user_name: Mapped[str]
    file_name: Mapped[str]
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    stage: Mapped[ImportStage] = mapped_column(text_enum(ImportStage, "stage"))
    line_count: Mapped[int]
    lines_done: Mapped[int]
    created_count: Mapped[int]
    changed_count: Mapped[int]
    same_count: Mapped[int]
    refused_count: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
