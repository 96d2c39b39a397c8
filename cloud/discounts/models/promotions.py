"""Promotions, the coupons that bring them, and who used them when."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    CHAR,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class PromotionKind(StrEnum):
    """What a promotion takes off; `cloud.pricing.reductions` has the arithmetic of each."""

    PERCENT = "PERCENT"
    AMOUNT = "AMOUNT"
    UNIT_AMOUNT = "UNIT_AMOUNT"
    UNITS_FREE = "UNITS_FREE"
    DELIVERY = "DELIVERY"


class Promotion(Timestamped, Base):
    """One reason why a purchase costs less, and for whom, when and how often.

    `name` is what buyers read, `names` has it in other languages by their codes. `basis_points`
    (hundredths of a percent) belongs to PERCENT, and to UNITS_FREE, where `buy_units` bottles earn
    `get_units` others that much cheaper, at most `most_times` a purchase. `is_automatic` ones need
    no coupon. It counts from `starts_at` until just before `ends_at` (None: without an end).
    `audience` names whose members alone have it, by itself (None: everybody has it).
    `emails` are lower-case addresses or domains ("@firm.example"), `countries` ISO 3166 alpha-2;
    empty lists mean everybody and everywhere. `priority`: the highest is taken first; an
    `is_exclusive` one stands alone, and of one `stacking_group` only one counts. At most
    `most_uses` purchases in all and `most_uses_each` by one buyer have it. `returns_use`: a
    purchase that is wholly given back has not used it. `version` rises with every edit.
    """

    __tablename__ = "promotions"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("basis_points BETWEEN 1 AND 10000", name="basis_points"),
        CheckConstraint(
            "(kind IN ('PERCENT', 'UNITS_FREE')) = (basis_points IS NOT NULL)",
            name="percent_where_it_belongs",
        ),
        CheckConstraint(
            "num_nonnulls(buy_units, get_units) = CASE WHEN kind = 'UNITS_FREE' THEN 2 ELSE 0 END",
            name="units_where_they_belong",
        ),
        # Bought 0: a gift, whatever else is in the cart.
        CheckConstraint("buy_units BETWEEN 0 AND 99 AND get_units BETWEEN 1 AND 99", name="units"),
        CheckConstraint("buy_units > 0 OR most_times IS NOT NULL", name="gifts_end"),
        CheckConstraint("audience IS NULL OR is_automatic", name="audience"),
        CheckConstraint("most_times BETWEEN 1 AND 99", name="most_times"),
        CheckConstraint("ends_at > starts_at", name="window"),
        CheckConstraint("most_uses > 0 AND most_uses_each > 0", name="limits"),
        CheckConstraint("stacking_group <> ''", name="stacking_group"),
    )

    id: Mapped[BigId]
    name: Mapped[str]
    names: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    kind: Mapped[PromotionKind] = mapped_column(text_enum(PromotionKind, "kind"))
    basis_points: Mapped[int | None] = mapped_column(Integer)
    buy_units: Mapped[int | None] = mapped_column(Integer)
    get_units: Mapped[int | None] = mapped_column(Integer)
    most_times: Mapped[int | None] = mapped_column(Integer)
    is_automatic: Mapped[bool]
    is_active: Mapped[bool]
    priority: Mapped[int] = mapped_column(Integer, server_default="0")
    is_exclusive: Mapped[bool] = mapped_column(server_default=text("false"))
    stacking_group: Mapped[str | None]
    audience: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    is_first_order: Mapped[bool] = mapped_column(server_default=text("false"))
    emails: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    countries: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    most_uses: Mapped[int | None]
    most_uses_each: Mapped[int | None]
    returns_use: Mapped[bool] = mapped_column(server_default=text("true"))
    version: Mapped[int] = mapped_column()

    amounts: Mapped[list["PromotionAmount"]] = relationship(
        lazy="raise", order_by="PromotionAmount.currency", cascade="all, delete-orphan"
    )
    targets: Mapped[list["PromotionTarget"]] = relationship(
        lazy="raise", order_by="PromotionTarget.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class PromotionAmount(Base):
    """A promotion's amounts in one currency, in minor units.

    `off_minor` is what AMOUNT takes off the purchase, UNIT_AMOUNT off each bottle, and DELIVERY
    off the delivery at most (None: all of it). `from_minor` is what the goods must be worth at
    least, before discounts. A promotion with amounts counts in their currencies only.
    """

    __tablename__ = "promotion_amounts"
    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("off_minor > 0 AND from_minor >= 0", name="amounts"),
        CheckConstraint("num_nonnulls(off_minor, from_minor) > 0", name="says_something"),
    )

    promotion_id: Mapped[int] = mapped_column(
        ForeignKey("promotions.id", ondelete="CASCADE"), primary_key=True
    )
    currency: Mapped[str] = mapped_column(CHAR(3), primary_key=True)
    off_minor: Mapped[int | None]
    from_minor: Mapped[int | None]


class TargetRole(StrEnum):
    """FOR: the bottles a promotion is for. GET: those that UNITS_FREE makes cheaper."""

    FOR = "FOR"
    GET = "GET"


class PromotionTarget(Base):
    """One product, category or collection that a promotion is about; none at all: everything."""

    __tablename__ = "promotion_targets"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(product_id, category_id, collection_id) = 1", name="one_thing"
        ),
        UniqueConstraint(
            "promotion_id",
            "role",
            "product_id",
            "category_id",
            "collection_id",
            name="uq_promotion_targets_thing",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_promotion_targets_product_id", "product_id"),
        Index("ix_promotion_targets_category_id", "category_id"),
        Index("ix_promotion_targets_collection_id", "collection_id"),
    )

    id: Mapped[BigId]
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"))
    role: Mapped[TargetRole] = mapped_column(text_enum(TargetRole, "role"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"))
    collection_id: Mapped[int | None] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE")
    )


class Coupon(Timestamped, Base):
    """A code that brings a promotion; upper and lower case are the same.

    `most_uses` bounds this code alone, None leaves it to the promotion. `batch` names those that
    were made together, "" one made by hand. With `user_id` it is that member's alone, and it does
    not count from `ends_at` on, whatever the promotion says.
    """

    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z0-9-]{3,40}$'", name="code"),
        CheckConstraint("most_uses > 0", name="most_uses"),
        Index("ix_coupons_promotion_id_batch", "promotion_id", "batch"),
        Index("ix_coupons_user_id", "user_id"),
    )

    id: Mapped[BigId]
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(CITEXT, unique=True)
    most_uses: Mapped[int | None]
    batch: Mapped[str] = mapped_column(server_default="")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    ends_at: Mapped[datetime | None]


class RedemptionEnd(StrEnum):
    """Why a use does not count any more."""

    UNPAID = "UNPAID"
    REFUNDED = "REFUNDED"


class Redemption(Timestamped, Base):
    """One use of a promotion by one order; it counts while `ended_at` is None.

    Orders live in a higher tier, hence no foreign key. `buyer_digest` is the SHA-256 of the
    buyer's normalised e-mail address, so that a guest is the same person twice.
    """

    __tablename__ = "redemptions"
    __table_args__ = (
        UniqueConstraint("order_id", "promotion_id"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("octet_length(buyer_digest) = 32", name="buyer_digest"),
        CheckConstraint("num_nonnulls(ended_at, end_reason) IN (0, 2)", name="end_has_a_reason"),
        Index("ix_redemptions_promotion_id", "promotion_id"),
        Index("ix_redemptions_coupon_id", "coupon_id"),
        Index("ix_redemptions_user_id", "user_id"),
        Index(
            "ix_redemptions_live_buyer",
            "promotion_id",
            "buyer_digest",
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[BigId]
    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotions.id", ondelete="RESTRICT"))
    coupon_id: Mapped[int | None] = mapped_column(ForeignKey("coupons.id", ondelete="RESTRICT"))
    order_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    buyer_digest: Mapped[bytes] = mapped_column(LargeBinary)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(CHAR(3))
    redeemed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[RedemptionEnd | None] = mapped_column(text_enum(RedemptionEnd, "end_reason"))
