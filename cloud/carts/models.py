"""Carts and what lies in them."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.carts.limits import MOST_OF_ONE
from cloud.foundation.database import Base, BigId, Timestamped


class Cart(Timestamped, Base):
    """One per member, or one per guest's cookie; never both, never neither.

    `token_digest` is the SHA-256 of the guest's token. `used_at` is the last time its owner
    changed it; a guest's cart that was not used for 30 days is forgotten.
    """

    __tablename__ = "carts"
    __table_args__ = (
        # A member's row has no token and a guest's no user: plain uniqueness would let any
        # number of such rows through.
        UniqueConstraint("user_id", "token_digest", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(user_id, token_digest) = 1", name="one_owner"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        Index("ix_carts_used_at", "used_at", postgresql_where="user_id IS NULL"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    used_at: Mapped[datetime]


class CartItem(Timestamped, Base):
    """Some bottles of one variant.

    `seen_price_minor` (per bottle, of `seen_currency`) is the price the owner last saw and
    accepted: another one today is told to them before they pay.
    """

    __tablename__ = "cart_items"
    __table_args__ = (
        UniqueConstraint("cart_id", "variant_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"quantity BETWEEN 1 AND {MOST_OF_ONE}", name="quantity"),
        CheckConstraint("seen_price_minor >= 0", name="seen_price"),
        CheckConstraint("seen_currency ~ '^[A-Z]{3}$'", name="seen_currency"),
        Index("ix_cart_items_variant_id", "variant_id"),
    )

    id: Mapped[BigId]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    quantity: Mapped[int]
    seen_price_minor: Mapped[int]
    seen_currency: Mapped[str] = mapped_column(CHAR(3))
    added_at: Mapped[datetime]
