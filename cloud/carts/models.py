"""Carts and what lies in them."""

from datetime import date, datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import CITEXT
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


class CartCode(Base):
    """A coupon or a gift card that the owner entered; it counts only where it applies."""

    __tablename__ = "cart_codes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(coupon_id, gift_card_id) = 1", name="one_thing"),
        UniqueConstraint(
            "cart_id", "coupon_id", "gift_card_id", postgresql_nulls_not_distinct=True
        ),
        Index("ix_cart_codes_coupon_id", "coupon_id"),
        Index("ix_cart_codes_gift_card_id", "gift_card_id"),
    )

    id: Mapped[BigId]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id", ondelete="CASCADE"))
    gift_card_id: Mapped[int | None] = mapped_column(
        ForeignKey("gift_cards.id", ondelete="CASCADE")
    )


class CartGift(Base):
    """A gift card that shall be bought: for whom, from whom, and when it goes out.

    `deliver_on` None: as soon as it is paid. One for the buyer (`is_for_self`) needs no
    recipient: it goes to the order's address.
    """

    __tablename__ = "cart_gifts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "is_for_self OR (recipient_name <> '' AND recipient_email LIKE '%_@_%')",
            name="recipient",
        ),
        CheckConstraint(
            "length(recipient_name) <= 80 AND length(recipient_email) <= 254 "
            "AND length(sender_name) <= 80 AND length(message) <= 500",
            name="lengths",
        ),
        Index("ix_cart_gifts_cart_id", "cart_id"),
    )

    id: Mapped[BigId]
    cart_id: Mapped[int] = mapped_column(ForeignKey("carts.id", ondelete="CASCADE"))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(CHAR(3))
    recipient_name: Mapped[str]
    recipient_email: Mapped[str] = mapped_column(CITEXT)
    sender_name: Mapped[str]
    message: Mapped[str]
    deliver_on: Mapped[date | None]
    is_for_self: Mapped[bool]
    added_at: Mapped[datetime]
