"""The gift cards that orders buy."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class SoldGift(Timestamped, Base):
    """What a line of an order buys: a card of the ledger, once the order is paid.

    From then on there is a code, sealed so that it can be sent again, and a moment from which it
    may go out. `sent_at` is the last of its `sendings`; `withdrawn_at` is when its price began to
    go back, or the payment was disputed: it is not sent any more. `version` is of where it goes,
    for forms.
    """

    __tablename__ = "sold_gifts"
    __table_args__ = (
        CheckConstraint("num_nonnulls(gift_card_id, sealed_code, due_at) IN (0, 3)", name="issued"),
        CheckConstraint("sent_at IS NULL OR gift_card_id IS NOT NULL", name="sent"),
        CheckConstraint(
            "sendings >= 0 AND (sendings > 0) = (sent_at IS NOT NULL)", name="sendings"
        ),
        CheckConstraint("withdrawn_at IS NULL OR gift_card_id IS NOT NULL", name="withdrawn"),
        Index("ix_sold_gifts_order_id", "order_id"),
        Index(
            "ix_sold_gifts_due",
            "due_at",
            postgresql_where=text(
                "sent_at IS NULL AND withdrawn_at IS NULL AND gift_card_id IS NOT NULL"
            ),
        ),
    )

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"), unique=True)
    gift_card_id: Mapped[int | None] = mapped_column(
        ForeignKey("gift_cards.id", ondelete="RESTRICT"), unique=True
    )
    sealed_code: Mapped[bytes | None] = mapped_column(LargeBinary)
    recipient_name: Mapped[str]
    recipient_email: Mapped[str] = mapped_column(CITEXT)
    sender_name: Mapped[str]
    message: Mapped[str]
    deliver_on: Mapped[date | None]
    is_for_self: Mapped[bool]
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    sendings: Mapped[int] = mapped_column(Integer, server_default="0")
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
