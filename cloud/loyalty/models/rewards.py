"""Rewards: what members can have for points, and what they took."""

from datetime import datetime

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.loyalty.kinds import RewardKind, RewardStatus


class Reward(Timestamped, Base):
    """Something to have for points.

    `basis_points` (hundredths of a percent) belong to PERCENT, an amount to AMOUNT, VOUCHER and
    GIFT_CARD, a product to PRODUCT and EXCLUSIVE_ACCESS. Coupons are of `promotion_id`. Members
    below `tier_id` cannot have it (None: everybody can). It can be taken
    from `valid_from` until just before `valid_until` (None: without an end), `max_redemptions`
    times in all (None: any number) and so often by one member; `redeemed` counts. What was taken
    is good for `lasts_days`. `version` rises with every edit.
    """

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("cost_points > 0", name="cost"),
        CheckConstraint(
            "(kind = 'PERCENT') = (basis_points IS NOT NULL) AND basis_points BETWEEN 1 AND 10000",
            name="percent",
        ),
        CheckConstraint(
            "num_nonnulls(amount_minor, currency) = "
            "CASE WHEN kind IN ('AMOUNT', 'VOUCHER', 'GIFT_CARD') THEN 2 ELSE 0 END",
            name="amount_where_it_belongs",
        ),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "(kind IN ('GIFT_CARD', 'EXCLUSIVE_ACCESS')) = (promotion_id IS NULL)",
            name="promotion",
        ),
        CheckConstraint(
            "(kind IN ('PRODUCT', 'EXCLUSIVE_ACCESS')) = (product_id IS NOT NULL)", name="product"
        ),
        CheckConstraint("valid_until > valid_from", name="window"),
        CheckConstraint(
            "max_redemptions > 0 AND max_redemptions_per_user > 0 AND lasts_days > 0",
            name="limits",
        ),
        CheckConstraint("redeemed BETWEEN 0 AND max_redemptions", name="redeemed"),
        Index("ix_rewards_promotion_id", "promotion_id"),
        Index("ix_rewards_product_id", "product_id"),
        Index("ix_rewards_tier_id", "tier_id"),
    )

    id: Mapped[BigId]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[RewardKind] = mapped_column(text_enum(RewardKind, "kind"))
    cost_points: Mapped[int]
    basis_points: Mapped[int | None] = mapped_column(Integer)
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(CHAR(3))
    promotion_id: Mapped[int | None] = mapped_column(
        ForeignKey("promotions.id", ondelete="RESTRICT")
    )
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tiers.id", ondelete="RESTRICT"))
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    max_redemptions: Mapped[int | None]
    max_redemptions_per_user: Mapped[int] = mapped_column(server_default=text("1"))
    lasts_days: Mapped[int] = mapped_column(Integer, server_default=text("90"))
    redeemed: Mapped[int] = mapped_column(server_default=text("0"))
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class UserReward(Timestamped, Base):
    """A reward that a member took: a coupon, early access, or a gift card whose code is sealed.

    A coupon is good until `expires_at`; an order that waits for its payment then still keeps it.
    `order_id` is the order of APPLIED and USED; a gift card and early access are USED when they
    are given out, and have none. `returned_at`: its order was wholly given back, and its points
    with it.
    """

    __tablename__ = "user_rewards"
    __table_args__ = (
        CheckConstraint("points_spent > 0", name="points_spent"),
        CheckConstraint("num_nonnulls(coupon_id, gift_card_id) <= 1", name="one_thing"),
        CheckConstraint(
            "coupon_id IS NOT NULL OR gift_card_id IS NOT NULL OR status = 'USED'", name="nothing"
        ),
        CheckConstraint("(gift_card_id IS NULL) = (sealed_code IS NULL)", name="code"),
        CheckConstraint("expires_at > redeemed_at", name="expiry"),
        CheckConstraint(
            "(status IN ('APPLIED', 'USED') AND coupon_id IS NOT NULL) = (order_id IS NOT NULL)",
            name="order",
        ),
        CheckConstraint("(status = 'USED') = (used_at IS NOT NULL)", name="used"),
        CheckConstraint("returned_at IS NULL OR status = 'USED'", name="returned"),
        Index("ix_user_rewards_user_id_reward_id", "user_id", "reward_id"),
        Index("ix_user_rewards_reward_id", "reward_id"),
        Index("ix_user_rewards_order_id", "order_id"),
        Index("ix_user_rewards_gift_card_id", "gift_card_id"),
        Index("ix_user_rewards_due", "expires_at", postgresql_where=text("status = 'AVAILABLE'")),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    reward_id: Mapped[int] = mapped_column(ForeignKey("rewards.id", ondelete="RESTRICT"))
    status: Mapped[RewardStatus] = mapped_column(text_enum(RewardStatus, "status"))
    points_spent: Mapped[int]
    coupon_id: Mapped[int | None] = mapped_column(
        ForeignKey("coupons.id", ondelete="RESTRICT"), unique=True
    )
    gift_card_id: Mapped[int | None] = mapped_column(
        ForeignKey("gift_cards.id", ondelete="RESTRICT")
    )
    sealed_code: Mapped[bytes | None] = mapped_column(LargeBinary)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    redeemed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
