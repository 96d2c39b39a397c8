"""The tables of invoices."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, text_enum
from cloud.invoices.kinds import InvoiceKind


class InvoiceSeries(Base):
    """The last number given in one series; its row's lock makes the numbers gapless."""

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_position: Mapped[int] = mapped_column(server_default="0")

    __table_args__ = (CheckConstraint("last_position >= 0", name="last_position"),)


class Invoice(Base):
    """One invoice or credit note; `paper` is all that stands on it, fixed when it was issued.

    `pdf` is None until a job has drawn it, and then never changes; `pdf_digest` is its SHA-256.
    A trigger refuses any other change.
    """

    __tablename__ = "invoices"

    id: Mapped[BigId]
    kind: Mapped[InvoiceKind] = mapped_column(text_enum(InvoiceKind, "kind"))
    series: Mapped[str] = mapped_column(ForeignKey("invoice_series.name"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    paper: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary(), deferred=True)
    pdf_digest: Mapped[bytes | None] = mapped_column(LargeBinary())
    made_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("series", "position"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("(kind = 'credit_note') = (refund_id IS NOT NULL)", name="refund"),
        CheckConstraint(
            "(pdf IS NULL) = (made_at IS NULL) AND (pdf IS NULL) = (pdf_digest IS NULL)",
            name="made",
        ),
        Index(
            "uq_invoices_order",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'invoice'"),
        ),
    )
