"""Carts that were left: whose guests agreed to be told, and what was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class CartConsent(Timestamped, Base):
    """A guest's yes to one mail, should this very cart be left; it goes with the cart.

    `words` is the edition of the text that was agreed to, in `language`. Members say it among
    their preferences instead.
    """

    __tablename__ = "cart_consents"
    __table_args__ = (
        CheckConstraint("email LIKE '_%@_%' AND length(email) <= 254", name="email_shape"),
    )

    cart_id: Mapped[int] = mapped_column(
        ForeignKey("carts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email: Mapped[str] = mapped_column(CITEXT, index=True)
    language: Mapped[str]
    words: Mapped[str]
    agreed_at: Mapped[datetime] = mapped_column(index=True)


class LeftCart(Base):
    """A cart that its owner was told of, once, as it was when they left it at `left_at`.

    `email` and `lines` (variant, quantity, price told, its currency) are forgotten after a while;
    what stays counts. `mailed_at`: the mail server took it. `returned_at`: its owner followed the
    link, into the cart `returned_cart_id`, or bought. `ordered_at`: the order was paid.
    """

    __tablename__ = "left_carts"
    __table_args__ = (
        UniqueConstraint("cart_id", "left_at"),
        CheckConstraint("left_at <= told_at AND told_at < link_ends_at", name="times"),
        CheckConstraint("ordered_at IS NULL OR returned_at IS NOT NULL", name="bought_is_back"),
    )

    id: Mapped[BigId]
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id", ondelete="SET NULL"))
    returned_cart_id: Mapped[int | None] = mapped_column(
        ForeignKey("carts.id", ondelete="SET NULL"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    email: Mapped[str | None] = mapped_column(CITEXT, index=True)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    left_at: Mapped[datetime]
    told_at: Mapped[datetime]
    link_ends_at: Mapped[datetime]
    mailed_at: Mapped[datetime | None] = mapped_column(index=True)
    returned_at: Mapped[datetime | None]
    ordered_at: Mapped[datetime | None]
