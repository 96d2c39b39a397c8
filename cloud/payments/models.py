"""The tables of payments."""

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


class PaymentKind(StrEnum):
    """How the buyer pays: on the provider's page, in a program of theirs, or while away."""

    PAGE = "page"
    # A program of the buyer's confirms it with the provider, by a secret that we pass on.
    INTENT = "intent"
    CHARGE = "charge"
    # The buyer sent it to the shop's bank account; a member of staff saw it there.
    TRANSFER = "transfer"


class PaymentStatus(StrEnum):
    """Where an attempt stands, as far as we know."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Payment(Timestamped, Base):
    """One attempt to collect an order's total. Body and key are fixed before the first request."""

    __tablename__ = "payments"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[PaymentKind] = mapped_column(text_enum(PaymentKind, "kind"))
    status: Mapped[PaymentStatus] = mapped_column(text_enum(PaymentStatus, "status"))
    # The n-th attempt for this order.
    epoch: Mapped[int] = mapped_column(Integer)
    # Random; names this row in the provider's metadata.
    reference: Mapped[str] = mapped_column(unique=True)
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    request: Mapped[dict[str, Any]]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    # When the first request went out; from then on the provider may have acted.
    asked_at: Mapped[datetime | None]
    provider_session_id: Mapped[str | None] = mapped_column(unique=True)
    page_url: Mapped[str | None]
    page_expires_at: Mapped[datetime | None]
    provider_intent_id: Mapped[str | None] = mapped_column(unique=True)
    refusal_code: Mapped[str | None]
    refusal_message: Mapped[str | None]
    # The provider's charge that was refused last.
    refused_charge_id: Mapped[str | None]
    # When its buyer is told of a refusal that they may be about to mend; None: nothing to tell.
    tell_refusal_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    # Whether this is the payment that its order was paid with.
    is_accepted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("order_id", "epoch"),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("epoch >= 1", name="epoch"),
        CheckConstraint("NOT is_accepted OR status = 'succeeded'", name="accepted_succeeded"),
        Index(
            "uq_payments_pending_order",
            "order_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "uq_payments_accepted_order",
            "order_id",
            unique=True,
            postgresql_where=text("is_accepted"),
        ),
        Index(
            "ix_payments_tell_refusal_at",
            "tell_refusal_at",
            postgresql_where=text("tell_refusal_at IS NOT NULL"),
        ),
        Index(
            "ix_payments_pending_asked_at",
            "asked_at",
            postgresql_where=text("status = 'pending'"),
        ),
    )


class PaymentCustomer(Base):
    """The provider's customer of a member; None for one that was forgotten.

    `epoch` counts those that were: a repeated request must not bring one back.
    """

    __tablename__ = "payment_customers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    provider_customer_id: Mapped[str | None] = mapped_column(unique=True)
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class SavedCard(Timestamped, Base):
    """A card that a member saved with the provider; no number of it is ever here."""

    __tablename__ = "saved_cards"

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    provider_method_id: Mapped[str] = mapped_column(unique=True)
    brand: Mapped[str]
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int] = mapped_column(Integer)
    exp_year: Mapped[int] = mapped_column(Integer)
    is_default: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("last4 ~ '^[0-9]{4}$'", name="last4"),
        CheckConstraint("exp_month BETWEEN 1 AND 12", name="exp_month"),
        CheckConstraint("NOT is_default OR removed_at IS NULL", name="default_not_removed"),
        Index(
            "uq_saved_cards_default",
            "user_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )


class PaymentEvent(Base):
    """One event of the provider, stored before it is worked on; its id makes repeats harmless."""

    __tablename__ = "payment_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    object_id: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_payment_events_unprocessed",
            "received_at",
            postgresql_where=text("processed_at IS NULL"),
        ),
    )
