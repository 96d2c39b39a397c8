"""The tables of reorders. `household_id` leads every foreign key into a home."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.reorders.cases import Mode
from cloud.reorders.stages import OPEN_STAGES, PushBackState, RefillAnswer, ReorderStage

_OPEN_SQL = "stage IN ({})".format(", ".join(f"'{stage.value}'" for stage in OPEN_STAGES))


class ReorderHousehold(Timestamped, Base):
    """What holds for all refills of a household; its row is the lock of their decisions."""

    __tablename__ = "reorder_households"

    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True
    )
    # No refill is proposed or ordered before this, as during a vacation.
    paused_until: Mapped[datetime | None]
    # What may be ordered by itself in a calendar month; None: the shop's own bound.
    month_cap_minor: Mapped[int | None]
    month_cap_currency: Mapped[str | None] = mapped_column(String(3))

    __table_args__ = (
        CheckConstraint(
            "(month_cap_minor IS NULL) = (month_cap_currency IS NULL)", name="whole_cap"
        ),
        CheckConstraint("month_cap_minor >= 0", name="month_cap_minor"),
        CheckConstraint("month_cap_currency ~ '^[A-Z]{3}$'", name="currency_code"),
    )


class ReorderSlot(Timestamped, Base):
    """What a household wants for one slot; no row means: ask."""

    __tablename__ = "reorder_slots"

    household_id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(primary_key=True)
    mode: Mapped[Mode] = mapped_column(text_enum(Mode, "mode"))
    snoozed_until: Mapped[datetime | None]
    bottles_on_hand: Mapped[int] = mapped_column(Integer, server_default="0")
    # Goes through every step, is marked everywhere, and is never charged.
    is_test: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # Automatic orders in 30 days; None: the shop's own bound.
    most_orders: Mapped[int | None] = mapped_column(Integer)
    # Another service refills this slot, as a voice assistant's own programme: we keep out.
    is_refilled_elsewhere: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    # The device was seen in another home: nothing is ordered until a member says so again.
    frozen_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "slot_id"],
            ["slots.household_id", "slots.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("bottles_on_hand BETWEEN 0 AND 99", name="bottles_on_hand"),
        CheckConstraint("most_orders BETWEEN 0 AND 10", name="most_orders"),
    )


class ReorderConsent(Timestamped, Base):
    """What a member agreed to for one slot, as it was shown. Never changed, only revoked."""

    __tablename__ = "reorder_consents"

    id: Mapped[BigId]
    household_id: Mapped[int]
    slot_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price_minor: Mapped[int]
    shipping_minor: Mapped[int]
    tax_basis_points: Mapped[int] = mapped_column(Integer)
    total_minor: Mapped[int]
    max_total_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    address: Mapped[dict[str, Any]]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("saved_cards.id"), index=True)
    mode: Mapped[Mode] = mapped_column(text_enum(Mode, "mode"))
    text_version: Mapped[str]
    consented_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["household_id", "slot_id"],
            ["slots.household_id", "slots.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
        CheckConstraint(
            "unit_price_minor >= 0 AND shipping_minor >= 0 AND total_minor > 0", name="amounts"
        ),
        CheckConstraint("max_total_minor >= total_minor", name="ceiling"),
        CheckConstraint("tax_basis_points BETWEEN 0 AND 10000", name="tax_basis_points"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        Index("ix_reorder_consents_slot", "household_id", "slot_id"),
        Index(
            "uq_reorder_consents_live_slot",
            "household_id",
            "slot_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )


class Reorder(Timestamped, Base):
    """The refill of one cartridge, from the hub's report to the new bottle.

    One a cartridge of a household, whatever is reported again, by this hub or the next; tests
    stand beside it. Amounts are those last shown to a person, in minor units of `currency`; None
    before anything was shown.
    """

    __tablename__ = "reorders"

    id: Mapped[BigId]
    household_id: Mapped[int]
    hub_id: Mapped[int]
    slot_id: Mapped[int]
    cartridge_install_id: Mapped[str]
    stage: Mapped[ReorderStage] = mapped_column(text_enum(ReorderStage, "stage"))
    reason: Mapped[str] = mapped_column(server_default="")
    low_at: Mapped[datetime]
    received_at: Mapped[datetime]
    # The hub's report as it came, and the last decision with every objection.
    evidence: Mapped[dict[str, Any]]
    decision: Mapped[dict[str, Any] | None]
    # When a waiting one is looked at again.
    next_look_at: Mapped[datetime | None]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("reorder_consents.id"), index=True)
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"), index=True)
    product_name: Mapped[str] = mapped_column(server_default="")
    variant_name: Mapped[str] = mapped_column(server_default="")
    quantity: Mapped[int] = mapped_column(Integer, server_default="1")
    shipping_minor: Mapped[int | None]
    total_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    arrives_on: Mapped[date | None]
    shown_at: Mapped[datetime | None]
    cancel_until: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    ordered_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    # Its device left the home while this was open; a person decides.
    frozen_at: Mapped[datetime | None]
    # The subscription whose next parcel it may come with, or comes with when CLAIMED.
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    # When that parcel is charged.
    parcel_on: Mapped[date | None]
    # When to ask whether the delivered bottle is in, and what was answered last.
    ask_refill_at: Mapped[datetime | None]
    refill_asked_at: Mapped[datetime | None]
    refill_answer: Mapped[RefillAnswer | None] = mapped_column(
        text_enum(RefillAnswer, "refill_answer")
    )
    # The cartridge that took the place of the one this is about.
    next_install_id: Mapped[str | None]
    stage_at: Mapped[datetime]
    alarmed_at: Mapped[datetime | None]
    is_test: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (
        ForeignKeyConstraint(["household_id", "hub_id"], ["hubs.household_id", "hubs.id"]),
        ForeignKeyConstraint(["household_id", "slot_id"], ["slots.household_id", "slots.id"]),
        CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
        CheckConstraint(
            "(stage = 'pending_cancel_window') <= (cancel_until IS NOT NULL)", name="window"
        ),
        CheckConstraint(f"NOT {_OPEN_SQL} OR total_minor IS NOT NULL", name="open_was_shown"),
        Index("ix_reorders_hub", "household_id", "hub_id"),
        Index("ix_reorders_slot", "household_id", "slot_id"),
        Index(
            "uq_reorders_cartridge",
            "household_id",
            "cartridge_install_id",
            unique=True,
            postgresql_where=text("NOT is_test"),
        ),
        Index(
            "uq_reorders_open_slot",
            "slot_id",
            "is_test",
            unique=True,
            postgresql_where=text(_OPEN_SQL),
        ),
        Index(
            "ix_reorders_ask_refill_at",
            "ask_refill_at",
            postgresql_where=text("ask_refill_at IS NOT NULL"),
        ),
        Index(
            "ix_reorders_next_look_at",
            "next_look_at",
            postgresql_where=text("stage IN ('received', 'waiting')"),
        ),
        Index("ix_reorders_stage_at", "stage", "stage_at"),
    )


class ReorderPushBack(Timestamped, Base):
    """A parcel that would come while its bottle is full; once a cartridge of a household."""

    __tablename__ = "reorder_push_backs"

    id: Mapped[BigId]
    household_id: Mapped[int]
    slot_id: Mapped[int]
    cartridge_install_id: Mapped[str]
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), index=True)
    state: Mapped[PushBackState] = mapped_column(text_enum(PushBackState, "state"))
    # When a bottle is needed again.
    until_on: Mapped[date]
    # The new day of the parcel, as far as its owner's limits let it move.
    moved_to: Mapped[date | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("household_id", "cartridge_install_id"),
        ForeignKeyConstraint(
            ["household_id", "slot_id"],
            ["slots.household_id", "slots.id"],
            ondelete="CASCADE",
        ),
        Index("ix_reorder_push_backs_slot", "household_id", "slot_id"),
    )


class ReorderNote(Base):
    """One step of a refill, for whoever asks why; appended, never changed."""

    __tablename__ = "reorder_notes"

    id: Mapped[BigId]
    reorder_id: Mapped[int] = mapped_column(
        ForeignKey("reorders.id", ondelete="CASCADE"), index=True
    )
    stage: Mapped[ReorderStage] = mapped_column(text_enum(ReorderStage, "stage"))
    reason: Mapped[str] = mapped_column(server_default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    at: Mapped[datetime]
