"""The tables of returns."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Sequence, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.orders.actors import ActorKind
from cloud.returns.stages import Condition, ReturnReason, ReturnStage

NUMBERS = Sequence("return_numbers", start=10_001, metadata=Base.metadata)


class Return(Timestamped, Base):
    """Bottles of one order that come back, or are to.

    `comment` is the buyer's, `answer` the staff's to the buyer, `label_url` where the label to
    stick on the parcel is found.
    """

    __tablename__ = "returns"

    id: Mapped[BigId]
    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    stage: Mapped[ReturnStage] = mapped_column(text_enum(ReturnStage, "stage"))
    comment: Mapped[str] = mapped_column(server_default="")
    answer: Mapped[str] = mapped_column(server_default="")
    label_url: Mapped[str] = mapped_column(server_default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    lines: Mapped[list["ReturnLine"]] = relationship(lazy="raise", order_by="ReturnLine.id")
    steps: Mapped[list["ReturnStep"]] = relationship(lazy="raise", order_by="ReturnStep.id")

    __table_args__ = (Index("ix_returns_stage_id", "stage", "id"),)


class ReturnLine(Base):
    """How many of one line come back; `received` came, `restocked` of them are sold again."""

    __tablename__ = "return_lines"

    id: Mapped[BigId]
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)
    reason: Mapped[ReturnReason] = mapped_column(text_enum(ReturnReason, "reason"))
    received: Mapped[int] = mapped_column(Integer, server_default="0")
    restocked: Mapped[int] = mapped_column(Integer, server_default="0")
    condition: Mapped[Condition | None] = mapped_column(text_enum(Condition, "condition"))

    __table_args__ = (
        UniqueConstraint("return_id", "order_item_id"),
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint(
            "received BETWEEN 0 AND quantity AND restocked BETWEEN 0 AND received",
            name="received",
        ),
    )


class ReturnStep(Base):
    """One move of a return; appended, never changed."""

    __tablename__ = "return_steps"

    id: Mapped[BigId]
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id"), index=True)
    stage: Mapped[ReturnStage] = mapped_column(text_enum(ReturnStage, "stage"))
    comment: Mapped[str] = mapped_column(server_default="")
    actor_kind: Mapped[ActorKind] = mapped_column(text_enum(ActorKind, "actor_kind"))
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    actor_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
