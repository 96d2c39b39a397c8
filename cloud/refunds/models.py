"""The table of refunds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class RefundStage(StrEnum):
    """Where money that goes back stands, as far as we know."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(Timestamped, Base):
    """Money going back to a buyer; body and key are fixed before the first request.

    `is_excess`: the order never took this money (paid twice, too late), so it does not count
    against its total. `request` is None for one that was made on the provider's own pages, and
    for test orders.
    """

    __tablename__ = "refunds"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), index=True)
    stage: Mapped[RefundStage] = mapped_column(text_enum(RefundStage, "stage"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(server_default="")
    is_excess: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # How many of which line returned to the shelf, by line id.
    restock: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    reference: Mapped[str] = mapped_column(unique=True)
    request: Mapped[dict[str, Any] | None]
    provider_refund_id: Mapped[str | None] = mapped_column(unique=True)
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        Index(
            "uq_refunds_excess_payment",
            "payment_id",
            unique=True,
            postgresql_where=text("is_excess AND request IS NOT NULL"),
        ),
        Index(
            "ix_refunds_pending_created_at",
            "created_at",
            postgresql_where=text("stage = 'pending'"),
        ),
    )
