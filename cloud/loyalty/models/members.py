"""What brings members points beside purchases: whom they invite, and their birthday."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.loyalty.kinds import ReferralStage


class ReferralCode(Base):
    """The code of a member's invitation, one for good. Every account has one from its start."""

    __tablename__ = "referral_codes"
    __table_args__ = (CheckConstraint("code ~ '^[A-Z0-9]{8,12}$'", name="code"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code: Mapped[str] = mapped_column(unique=True)


class Referral(Timestamped, Base):
    """A friend who came by a member's invitation; one inviter each, for good.

    `order_id` is the friend's first paid order that was not given back so far; both get their
    points once that cannot happen any more. Who writes holds the row's lock, and takes it before
    those of the two accounts.
    """

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint("friend_id <> inviter_id", name="not_oneself"),
        CheckConstraint("stage = 'WAITING' OR order_id IS NOT NULL", name="order"),
        Index("ix_referrals_inviter_id", "inviter_id"),
        Index("ix_referrals_order_id", "order_id"),
        Index(
            "ix_referrals_waiting",
            "id",
            postgresql_where=text("stage = 'WAITING' AND order_id IS NOT NULL"),
        ),
    )

    id: Mapped[BigId]
    friend_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    stage: Mapped[ReferralStage] = mapped_column(text_enum(ReferralStage, "stage"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    invited_at: Mapped[datetime]


class Birthday(Base):
    """A member's birthday, without its year, which nobody needs; known since a moment.

    29 February is kept as it is; in other years its day is the 28th.
    """

    __tablename__ = "birthdays"
    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint(
            "day BETWEEN 1 AND CASE WHEN month = 2 THEN 29 "
            "WHEN month IN (4, 6, 9, 11) THEN 30 ELSE 31 END",
            name="day",
        ),
        Index("ix_birthdays_month_day", "month", "day"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    month: Mapped[int] = mapped_column(SmallInteger)
    day: Mapped[int] = mapped_column(SmallInteger)
    known_since: Mapped[datetime]
