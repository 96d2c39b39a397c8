"""The table of disputes."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.orders.status import OrderStatus
from cloud.payments.states import DisputeStage


class Dispute(Timestamped, Base):
    """One objection of a buyer's bank to one payment.

    `is_inquiry`: the bank only asks, no money was taken. `is_refundable`: a refund is still the
    way to end it. `held_status` is where the order was when it was put on hold for this, None
    when it was not.
    """

    __tablename__ = "disputes"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    provider_dispute_id: Mapped[str] = mapped_column(unique=True)
    stage: Mapped[DisputeStage] = mapped_column(text_enum(DisputeStage, "stage"))
    # In the provider's words: fraudulent, product_not_received and so on.
    reason: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    is_inquiry: Mapped[bool] = mapped_column(Boolean)
    is_refundable: Mapped[bool] = mapped_column(Boolean)
    # The bank takes evidence until then.
    answer_until: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    held_status: Mapped[OrderStatus | None] = mapped_column(text_enum(OrderStatus, "held_status"))
    evidence: Mapped[str] = mapped_column(server_default="")
    # When staff wrote it, and when the provider took it.
    evidence_at: Mapped[datetime | None]
    evidence_sent_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint(
            "(closed_at IS NOT NULL) = (stage IN ('won', 'lost', 'closed'))", name="closed"
        ),
        CheckConstraint(
            "evidence_sent_at IS NULL OR evidence_at IS NOT NULL", name="evidence_sent"
        ),
        Index("ix_disputes_open", "answer_until", postgresql_where=text("closed_at IS NULL")),
    )
