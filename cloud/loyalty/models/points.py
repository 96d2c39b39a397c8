"""Points: what a member has, why, and until when."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.loyalty.kinds import EntryKind


class PointAccount(Timestamped, Base):
    """A member's points. Who writes an entry holds this row's lock.

    `balance - debt` is the sum of the entries, and `balance` what is left of the lots; one of the
    two is always 0. `debt` is what was to be taken back and had been spent: the next points that
    come pay it first. Lots past their time still count in `balance` until they are written off.
    `tier_id` is the tier that the member stands in; None: in none yet.
    """

    __tablename__ = "point_accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0 AND debt >= 0", name="not_negative"),
        CheckConstraint("balance = 0 OR debt = 0", name="debt_is_paid_first"),
        Index("ix_point_accounts_tier_id", "tier_id"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    balance: Mapped[int] = mapped_column(server_default=text("0"))
    debt: Mapped[int] = mapped_column(server_default=text("0"))
    tier_id: Mapped[int | None] = mapped_column(ForeignKey("tiers.id", ondelete="SET NULL"))


class PointEntry(Base):
    """One movement of points. A trigger refuses to change it, or to remove it from its account.

    `total_after` is balance less debt as this entry left it. `expires_at` stands on what comes,
    and only there. `note` is for the member to read; the kind says the rest. `once_key` names
    what may bring points once ("quiz", "birthday:2026"). `reverses_id` is the entry that this one
    takes back, or a part of it. `tier_points` is what it counts towards a tier, below 0 for what
    is taken back; `rate_percent` how much more the member's tier made of a purchase.
    """

    __tablename__ = "point_entries"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint(
            "kind NOT IN ('STAFF_DEBIT', 'REDEEM_REWARD', 'EXPIRE_POINTS') OR points < 0",
            name="goes",
        ),
        CheckConstraint(
            "NOT (kind LIKE 'EARN_%' OR kind = 'STAFF_CREDIT') OR points > 0", name="comes"
        ),
        CheckConstraint("(points > 0) = (expires_at IS NOT NULL)", name="expires_what_comes"),
        CheckConstraint("expires_at > at", name="expiry"),
        CheckConstraint("kind <> 'EARN_PURCHASE' OR order_id IS NOT NULL", name="order"),
        CheckConstraint(
            "kind <> 'REFUND_POINTS' OR num_nonnulls(order_id, reverses_id) > 0", name="refund"
        ),
        CheckConstraint(
            "NOT (kind LIKE 'EARN_%' AND kind <> 'EARN_PURCHASE') OR once_key IS NOT NULL",
            name="once",
        ),
        CheckConstraint(
            "tier_points = 0 OR kind LIKE 'EARN_%' OR reverses_id IS NOT NULL", name="tier_points"
        ),
        CheckConstraint("rate_percent >= 100", name="rate"),
        Index("ix_point_entries_reverses_id", "reverses_id"),
        UniqueConstraint("user_id", "once_key"),
        CheckConstraint("kind <> 'REDEEM_REWARD' OR user_reward_id IS NOT NULL", name="reward"),
        Index("ix_point_entries_user_id_id", "user_id", "id"),
        Index("ix_point_entries_order_id", "order_id"),
        Index("ix_point_entries_user_reward_id", "user_reward_id"),
        Index(
            "uq_point_entries_purchase",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'EARN_PURCHASE'"),
        ),
        Index(
            "uq_point_entries_reward",
            "user_reward_id",
            "kind",
            unique=True,
            postgresql_where=text("user_reward_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("point_accounts.user_id", ondelete="CASCADE"))
    kind: Mapped[EntryKind] = mapped_column(text_enum(EntryKind, "kind"))
    points: Mapped[int]
    total_after: Mapped[int]
    note: Mapped[str] = mapped_column(server_default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    user_reward_id: Mapped[int | None] = mapped_column(ForeignKey("user_rewards.id"))
    once_key: Mapped[str | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("point_entries.id"))
    tier_points: Mapped[int] = mapped_column(server_default=text("0"))
    rate_percent: Mapped[int] = mapped_column(Integer, server_default=text("100"))
    expires_at: Mapped[datetime | None]
    at: Mapped[datetime]


class PointLot(Base):
    """What came with one entry: spent first in first out by `expires_at`, gone from then on.

    `left` can be spent, `expired` was not in time; the rest was spent or taken back. What paid a
    debt on arrival was never in a lot. `told_days`: its owner was told so many days before the
    end at the latest; None: not yet.
    """

    __tablename__ = "point_lots"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        CheckConstraint('"left" >= 0 AND expired >= 0 AND "left" + expired <= points', name="left"),
        CheckConstraint("told_days > 0", name="told_days"),
        Index(
            "ix_point_lots_user_id_expires_at",
            "user_id",
            "expires_at",
        ),
        Index("ix_point_lots_due", "expires_at", postgresql_where=text('"left" > 0')),
    )

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("point_entries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(ForeignKey("point_accounts.user_id", ondelete="CASCADE"))
    points: Mapped[int]
    left: Mapped[int]
    expired: Mapped[int] = mapped_column(server_default=text("0"))
    expires_at: Mapped[datetime]
    told_days: Mapped[int | None] = mapped_column(Integer)
