"""Wishes."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class Wish(Timestamped, Base):
    """A product somebody would like, in a size or whichever; of a member or of a guest's cookie.

    `token_digest` is the SHA-256 of the guest's token.
    """

    __tablename__ = "wishes"
    __table_args__ = (
        # A wish for whichever size has no variant, a member's no token: plain uniqueness would
        # let any number of such rows through.
        UniqueConstraint(
            "user_id",
            "token_digest",
            "product_id",
            "variant_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("num_nonnulls(user_id, token_digest) = 1", name="one_owner"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        Index("ix_wishes_product_id", "product_id"),
        Index("ix_wishes_variant_id", "variant_id"),
        Index("ix_wishes_wished_at", "wished_at", postgresql_where="user_id IS NULL"),
    )

    id: Mapped[BigId]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    wished_at: Mapped[datetime]


class RestockWish(Timestamped, Base):
    """An address that wants to hear once when something can be bought again.

    Nothing is written there before `confirmed_at`, but for the question whether it is theirs.
    """

    __tablename__ = "restock_wishes"
    __table_args__ = (
        UniqueConstraint("email", "product_id", "variant_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("email LIKE '_%@_%' AND length(email) <= 254", name="email_shape"),
        Index("ix_restock_wishes_product_id", "product_id"),
        Index("ix_restock_wishes_variant_id", "variant_id"),
        Index("ix_restock_wishes_unconfirmed", "asked_at", postgresql_where="confirmed_at IS NULL"),
    )

    id: Mapped[BigId]
    email: Mapped[str] = mapped_column(CITEXT())
    language: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class PriceMark(Timestamped, Base):
    """The price of a wished-for bottle that its wishers know of, in minor units.

    It follows every rise at once, and a fall when it is told; `falls` counts those. It goes with
    the last wish for the bottle.
    """

    __tablename__ = "price_marks"
    __table_args__ = (
        CheckConstraint("minor >= 0", name="minor"),
        CheckConstraint("falls >= 0", name="falls"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
    )

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True
    )
    minor: Mapped[int]
    currency: Mapped[str] = mapped_column(CHAR(3))
    falls: Mapped[int] = mapped_column(server_default="0")
