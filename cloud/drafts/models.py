"""The tables of drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, String, Text, cast, literal
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.drafts.states import DraftState
from cloud.foundation.database import Base, BigId, Timestamped, text_enum

NUMBERS = Sequence("draft_numbers", start=1_001, metadata=Base.metadata)
_NEXT_NUMBER = literal("D-") + cast(NUMBERS.next_value(), Text)


class Draft(Timestamped, Base):
    """An order that is being prepared. What it costs is asked anew whenever somebody looks.

    `version` counts what staff changed. `keep_days` is how long the customer may pay once it is
    sent, `offered_minor` what it came to then. Staff give `discount_minor` (of `currency`, the
    shop's own) off the goods, and `discount_reason` stands on the invoice. One form makes one
    draft (`form_key`), and a draft becomes one order (`order_id`).
    """

    __tablename__ = "order_drafts"
    __table_args__ = (
        CheckConstraint("(state = 'ordered') = (order_id IS NOT NULL)", name="ordered"),
        CheckConstraint("state <> 'sent' OR offered_minor IS NOT NULL", name="sent"),
        CheckConstraint("(sent_at IS NULL) = (offered_minor IS NULL)", name="offered"),
        CheckConstraint(
            "discount_minor >= 0 AND (discount_minor > 0) = (discount_reason <> '')",
            name="discount",
        ),
        CheckConstraint("keep_days BETWEEN 1 AND 30", name="keep_days"),
        CheckConstraint("length(form_key) BETWEEN 16 AND 64", name="form_key"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        Index(
            "ix_order_drafts_expires_at",
            "expires_at",
            postgresql_where=sql("state IN ('open', 'sent')"),
        ),
    )

    id: Mapped[BigId]
    number: Mapped[str] = mapped_column(unique=True, default=_NEXT_NUMBER)
    state: Mapped[DraftState] = mapped_column(text_enum(DraftState, "state"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    email: Mapped[str] = mapped_column(CITEXT, index=True)
    language: Mapped[str]
    address: Mapped[dict[str, Any]] = mapped_column(JSONB)
    method: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    keep_days: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(server_default="0")
    discount_reason: Mapped[str] = mapped_column(server_default="")
    currency: Mapped[str] = mapped_column(String(3))
    offered_minor: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    form_key: Mapped[str | None] = mapped_column(unique=True)


class DraftLine(Base):
    """Some bottles of one variant."""

    __tablename__ = "order_draft_lines"
    __table_args__ = (CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),)

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("order_drafts.id", ondelete="CASCADE"), primary_key=True
    )
    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    position: Mapped[int]
    quantity: Mapped[int]
