"""The tables of refunds."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
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
    # What of the amount is for the delivery; the lines say the rest, or nothing does.
    shipping_minor: Mapped[int] = mapped_column(server_default="0")
    # What of the amount goes back to gift cards; the rest goes where the payment came from.
    gift_card_minor: Mapped[int] = mapped_column(server_default="0")
    # What of the amount is tax.
    tax_minor: Mapped[int] = mapped_column(server_default="0")
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
        CheckConstraint(
            "shipping_minor BETWEEN 0 AND amount_minor "
            "AND gift_card_minor BETWEEN 0 AND amount_minor "
            "AND tax_minor BETWEEN 0 AND amount_minor",
            name="parts",
        ),
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


class RefundLine(Base):
    """How many of one line's bottles a refund gives back the money of, and how much that is."""

    __tablename__ = "refund_lines"

    id: Mapped[BigId]
    refund_id: Mapped[int] = mapped_column(ForeignKey("refunds.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int]
    tax_minor: Mapped[int]

    __table_args__ = (
        UniqueConstraint("refund_id", "order_item_id"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint("amount_minor >= 0 AND tax_minor >= 0", name="amounts"),
    )
