"""The tables of subscriptions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.orders.actors import ActorKind
from cloud.subscriptions.frequencies import Frequency
from cloud.subscriptions.states import CycleStatus, MissingRule, Question, SubscriptionStatus


class Subscription(Timestamped, Base):
    """What a member wants again and again; its row is the lock of all that happens to it.

    Parcel `n` is due on the day that lies `n - anchor_number` steps of `frequency` after
    `anchor_on`; `next_number` is the one to come, and `next_billing_on` its day, which may be
    moved for this once. Days are those of `time_zone`. Amounts are those last shown or told to
    its owner, in minor units of `currency`, for the whole parcel with delivery and tax.
    """

    __tablename__ = "subscriptions"

    id: Mapped[BigId]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # The home it is for: its devices may claim a parcel. None: no device has a say.
    household_id: Mapped[int | None] = mapped_column(
        ForeignKey("households.id", ondelete="SET NULL"), index=True
    )
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    # Counts what people did to it, and each pause that ended by itself: what was decided on an
    # older one is not done.
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    frequency: Mapped[Frequency] = mapped_column(text_enum(Frequency, "frequency"))
    status: Mapped[SubscriptionStatus] = mapped_column(text_enum(SubscriptionStatus, "status"))
    time_zone: Mapped[str]
    anchor_on: Mapped[date]
    anchor_number: Mapped[int] = mapped_column(Integer)
    next_number: Mapped[int] = mapped_column(Integer)
    next_billing_on: Mapped[date]
    # The same as a moment: early that morning, there.
    next_billing_at: Mapped[datetime]
    # So long after its charge a parcel leaves.
    ships_after_days: Mapped[int] = mapped_column(Integer)
    last_billed_on: Mapped[date | None]
    last_shipped_on: Mapped[date | None]
    address: Mapped[dict[str, Any]]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("saved_cards.id"), index=True)
    unit_price_minor: Mapped[int]
    total_minor: Mapped[int]
    # Above this its owner is asked before anything is charged.
    max_total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    # The day of the charge that its owner was told of last.
    told_on: Mapped[date | None]
    when_missing: Mapped[MissingRule] = mapped_column(text_enum(MissingRule, "when_missing"))
    question: Mapped[Question | None] = mapped_column(text_enum(Question, "question"))
    asked_at: Mapped[datetime | None]
    # A pause ends by itself on this day; None: its owner ends it.
    resume_on: Mapped[date | None]
    resume_told_at: Mapped[datetime | None]
    # How far a device may move a parcel from its day.
    may_pull_forward_days: Mapped[int] = mapped_column(Integer, server_default="0")
    may_push_back_days: Mapped[int] = mapped_column(Integer, server_default="0")
    # Names the click that made it, so that a second one of the same form makes no second.
    made_by_key: Mapped[str] = mapped_column(unique=True)
    text_version: Mapped[str]
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 20", name="quantity"),
        CheckConstraint("0 <= anchor_number AND anchor_number <= next_number", name="numbers"),
        CheckConstraint("ships_after_days BETWEEN 0 AND 14", name="ships_after_days"),
        CheckConstraint("unit_price_minor >= 0 AND total_minor >= 0", name="amounts"),
        CheckConstraint("max_total_minor >= total_minor", name="ceiling"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("(question IS NULL) = (asked_at IS NULL)", name="asked"),
        CheckConstraint("resume_on IS NULL OR status = 'PAUSED'", name="resume"),
        CheckConstraint(
            "may_pull_forward_days BETWEEN 0 AND 60 AND may_push_back_days BETWEEN 0 AND 60",
            name="limits",
        ),
        CheckConstraint(
            "(ended_at IS NOT NULL) = (status IN ('CANCELLED', 'EXPIRED'))", name="ended"
        ),
        Index(
            "ix_subscriptions_due",
            "next_billing_at",
            postgresql_where=text("status = 'ACTIVE'"),
        ),
        Index(
            "ix_subscriptions_resume_on",
            "resume_on",
            postgresql_where=text("resume_on IS NOT NULL"),
        ),
        Index("ix_subscriptions_status_id", "status", "id"),
    )


class SubscriptionCycle(Timestamped, Base):
    """One parcel: billed, paid, left out or failed. One a number, whatever runs twice."""

    __tablename__ = "subscription_cycles"

    id: Mapped[BigId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[CycleStatus] = mapped_column(text_enum(CycleStatus, "status"))
    reason: Mapped[str] = mapped_column(server_default="")
    due_on: Mapped[date]
    ships_on: Mapped[date]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    # None for one that was left out.
    total_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    # How often the card was asked.
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[datetime | None]
    # Its paid order waits in the house for `ships_on`.
    is_held: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    decided_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("subscription_id", "number"),
        CheckConstraint("number >= 0", name="number"),
        CheckConstraint("quantity BETWEEN 1 AND 20", name="quantity"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("(status = 'SKIPPED') = (total_minor IS NULL)", name="total"),
        CheckConstraint("total_minor >= 0", name="total_minor"),
        CheckConstraint("ships_on >= due_on", name="ships_on"),
        CheckConstraint("(status = 'PAID') = (paid_at IS NOT NULL)", name="paid"),
        CheckConstraint("next_try_at IS NULL OR status = 'BILLED'", name="next_try"),
        CheckConstraint("tries >= 0", name="tries"),
        Index(
            "uq_subscription_cycles_billed",
            "subscription_id",
            unique=True,
            postgresql_where=text("status = 'BILLED'"),
        ),
        Index(
            "ix_subscription_cycles_next_try_at",
            "next_try_at",
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
    )


class SubscriptionClaim(Base):
    """A bottle of one parcel that a device counts on; `key` names the device's need."""

    __tablename__ = "subscription_claims"

    id: Mapped[BigId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(unique=True)
    claimed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_subscription_claims_parcel", "subscription_id", "number"),
        CheckConstraint("length(key) BETWEEN 1 AND 200", name="key"),
        CheckConstraint("number >= 0", name="number"),
    )


class SubscriptionStep(Base):
    """One thing that happened to a subscription; appended, never changed."""

    __tablename__ = "subscription_history"

    id: Mapped[BigId]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    previous: Mapped[SubscriptionStatus | None] = mapped_column(
        text_enum(SubscriptionStatus, "previous")
    )
    status: Mapped[SubscriptionStatus] = mapped_column(text_enum(SubscriptionStatus, "status"))
    what: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    actor_kind: Mapped[ActorKind] = mapped_column(text_enum(ActorKind, "actor_kind"))
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    actor_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


class SubscriptionShop(Timestamped, Base):
    """What holds for all subscriptions of the shop: one row. No row: nothing is paused."""

    __tablename__ = "subscription_shop"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    is_paused: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
