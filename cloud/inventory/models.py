"""Stock per variant, what is promised for a while, and why the stock is what it is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class StockLevel(Timestamped, Base):
    """Bottles of a variant in the house; no row means none.

    `on_hand` counts what stands on the shelf, promised or not. At `low_stock_at` or fewer
    available ones the staff are told.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("low_stock_at >= 0", name="low_stock_at"),
    )

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    on_hand: Mapped[int]
    low_stock_at: Mapped[int] = mapped_column(server_default="5")


class StockReservation(Timestamped, Base):
    """Bottles promised to a holder ("order:17") until `expires_at`; after that, nothing."""

    __tablename__ = "stock_reservations"
    __table_args__ = (
        UniqueConstraint("holder", "variant_id"),
        CheckConstraint("holder <> ''", name="holder"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_reservations_variant_id_expires_at", "variant_id", "expires_at"),
        Index("ix_stock_reservations_expires_at", "expires_at"),
    )

    id: Mapped[BigId]
    holder: Mapped[str]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    quantity: Mapped[int]
    expires_at: Mapped[datetime]


class MovementKind(StrEnum):
    """Why stock changed."""

    RECEIVED = "RECEIVED"
    SOLD = "SOLD"
    RETURNED = "RETURNED"
    CORRECTED = "CORRECTED"


class StockMovement(Base):
    """One change of `on_hand`. A trigger refuses to change or remove an entry.

    `on_hand_after` is the level the change led to. `order_id` names the order of SOLD and
    RETURNED; orders live in a higher tier, hence no foreign key.
    """

    __tablename__ = "stock_movements"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta"),
        CheckConstraint("on_hand_after >= 0", name="on_hand_after"),
        CheckConstraint("kind <> 'SOLD' OR (delta < 0 AND order_id IS NOT NULL)", name="sold"),
        CheckConstraint(
            "kind <> 'RETURNED' OR (delta > 0 AND order_id IS NOT NULL)", name="returned"
        ),
        CheckConstraint("kind <> 'RECEIVED' OR delta > 0", name="received"),
        Index("ix_stock_movements_variant_id_id", "variant_id", "id"),
        Index(
            "uq_stock_movements_sold",
            "order_id",
            "variant_id",
            unique=True,
            postgresql_where="kind = 'SOLD'",
        ),
        Index("ix_stock_movements_order_id", "order_id"),
    )

    id: Mapped[BigId]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    delta: Mapped[int]
    on_hand_after: Mapped[int]
    kind: Mapped[MovementKind] = mapped_column(text_enum(MovementKind, "kind"))
    order_id: Mapped[int | None]
    note: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
