"""Gift cards: what is on them, and why."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class GiftCard(Timestamped, Base):
    """A card that can pay. Its code is shown once; `code_digest` (SHA-256) and `ending` stay.

    `balance_minor` is always the sum of its entries; who writes an entry holds the row's lock.
    From `expires_at` on (None: never), and while `blocked_at` is set, it pays nothing.
    """

    __tablename__ = "gift_cards"
    __table_args__ = (
        CheckConstraint("octet_length(code_digest) = 32", name="code_digest"),
        CheckConstraint("ending ~ '^[A-Z0-9]{4}$'", name="ending"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("balance_minor >= 0", name="balance"),
        CheckConstraint("expires_at > issued_at", name="expiry"),
        Index("ix_gift_cards_issued_by", "issued_by"),
    )

    id: Mapped[BigId]
    code_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    ending: Mapped[str] = mapped_column(CHAR(4))
    currency: Mapped[str] = mapped_column(CHAR(3))
    balance_minor: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    recipient_email: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class GiftCardEntryKind(StrEnum):
    """Why a balance changed."""

    ISSUED = "ISSUED"
    SPENT = "SPENT"
    RETURNED = "RETURNED"
    CORRECTED = "CORRECTED"
    TAKEN_BACK = "TAKEN_BACK"
    RESTORED = "RESTORED"


class GiftCardEntry(Base):
    """One change of a balance. A trigger refuses to change or remove an entry.

    `balance_after_minor` is the balance the change led to. `order_id` names the order of SPENT
    and RETURNED; orders live in a higher tier, hence no foreign key. What bought the card names no
    order here: TAKEN_BACK when its price goes back, RESTORED when that was turned down.
    """

    __tablename__ = "gift_card_entries"
    __table_args__ = (
        CheckConstraint("delta_minor <> 0", name="delta"),
        CheckConstraint("balance_after_minor >= 0", name="balance_after"),
        CheckConstraint("kind <> 'ISSUED' OR delta_minor > 0", name="issued"),
        CheckConstraint(
            "kind <> 'SPENT' OR (delta_minor < 0 AND order_id IS NOT NULL)", name="spent"
        ),
        CheckConstraint(
            "kind <> 'RETURNED' OR (delta_minor > 0 AND order_id IS NOT NULL)", name="returned"
        ),
        CheckConstraint(
            "kind <> 'TAKEN_BACK' OR (delta_minor < 0 AND order_id IS NULL)", name="taken_back"
        ),
        CheckConstraint(
            "kind <> 'RESTORED' OR (delta_minor > 0 AND order_id IS NULL)", name="restored"
        ),
        Index("ix_gift_card_entries_gift_card_id_id", "gift_card_id", "id"),
        Index("ix_gift_card_entries_order_id", "order_id"),
        Index(
            "uq_gift_card_entries_spent",
            "gift_card_id",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'SPENT'"),
        ),
    )

    id: Mapped[BigId]
    gift_card_id: Mapped[int] = mapped_column(ForeignKey("gift_cards.id", ondelete="RESTRICT"))
    kind: Mapped[GiftCardEntryKind] = mapped_column(text_enum(GiftCardEntryKind, "kind"))
    delta_minor: Mapped[int]
    balance_after_minor: Mapped[int]
    order_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


class GiftCardHold(Timestamped, Base):
    """Money of a card that an unpaid order waits to spend; held until `expires_at`, then free.

    It stays after that, so that a payment that comes late still knows what the card was to pay.
    """

    __tablename__ = "gift_card_holds"
    __table_args__ = (
        UniqueConstraint("order_id", "gift_card_id"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_gift_card_holds_gift_card_id_expires_at", "gift_card_id", "expires_at"),
        Index("ix_gift_card_holds_expires_at", "expires_at"),
    )

    id: Mapped[BigId]
    gift_card_id: Mapped[int] = mapped_column(ForeignKey("gift_cards.id", ondelete="RESTRICT"))
    order_id: Mapped[int]
    amount_minor: Mapped[int]
    expires_at: Mapped[datetime]
