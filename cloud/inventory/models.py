"""Stock per variant, what is promised for a while, and why the stock is what it is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.inventory.kinds import MovementKind

# The place that there is from the beginning.
FIRST_LOCATION = 1
# Few bottles, until staff say otherwise; a bottle that was never stocked has it to come.
USUAL_LIMIT = 5


class StockLocation(Timestamped, Base):
    """A place that holds stock: a warehouse, a shop.

    Orders are served from active places, the lowest `priority` first. Never deleted: movements
    point here; what an inactive place holds cannot be bought.
    """

    __tablename__ = "stock_locations"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("code ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="code"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[BigId]
    code: Mapped[str]
    name: Mapped[str]
    priority: Mapped[int]
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class VariantPart(Base):
    """What a set is made of: so many bottles of another variant in each.

    A variant with parts is a set. It holds no stock of its own: what its parts allow can be
    bought. A trigger refuses a set as part of a set.
    """

    __tablename__ = "variant_parts"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint("set_id <> part_id", name="part"),
        Index("ix_variant_parts_part_id", "part_id"),
    )

    set_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    part_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    quantity: Mapped[int]


class StockLevel(Timestamped, Base):
    """Bottles of a variant in one place; no row means none.

    `on_hand` counts what stands on the shelf, promised or not. When no more than `low_stock_at`
    can be bought, in all places together, the staff are told; the largest of a variant counts.
    """

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("low_stock_at >= 0", name="low_stock_at"),
    )

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("stock_locations.id", ondelete="RESTRICT"),
        primary_key=True,
        autoincrement=False,
        index=True,
        server_default="1",
    )
    on_hand: Mapped[int]
    low_stock_at: Mapped[int] = mapped_column(server_default=str(USUAL_LIMIT))


class StockState(Base):
    """What the shop was last told of a variant's stock, so that each change is told once."""

    __tablename__ = "stock_states"

    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    is_low: Mapped[bool]
    is_out: Mapped[bool]
    was_low: Mapped[bool] = mapped_column(server_default="false")
    was_out: Mapped[bool] = mapped_column(server_default="false")


class StockReservation(Timestamped, Base):
    """Bottles promised to a holder ("order:17") until `expires_at`; after that, nothing."""

    __tablename__ = "stock_reservations"
    __table_args__ = (
        UniqueConstraint("holder", "variant_id", "location_id"),
        CheckConstraint("holder <> ''", name="holder"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_stock_reservations_variant_id_expires_at", "variant_id", "expires_at"),
        Index("ix_stock_reservations_expires_at", "expires_at"),
    )

    id: Mapped[BigId]
    holder: Mapped[str]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    location_id: Mapped[int] = mapped_column(
        ForeignKey("stock_locations.id", ondelete="RESTRICT"), index=True, server_default="1"
    )
    quantity: Mapped[int]
    expires_at: Mapped[datetime]


class StockMovement(Base):
    """One change of `on_hand`. A trigger refuses to change or remove an entry.

    `on_hand_after` is the level of the place that the change led to. MOVED comes in pairs: out of
    one place and into another. `order_id` names the order of SOLD and
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
            "location_id",
            unique=True,
            postgresql_where="kind = 'SOLD'",
        ),
        Index("ix_stock_movements_order_id", "order_id"),
    )

    id: Mapped[BigId]
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id", ondelete="RESTRICT"))
    location_id: Mapped[int] = mapped_column(
        ForeignKey("stock_locations.id", ondelete="RESTRICT"), index=True, server_default="1"
    )
    delta: Mapped[int]
    on_hand_after: Mapped[int]
    kind: Mapped[MovementKind] = mapped_column(text_enum(MovementKind, "kind"))
    order_id: Mapped[int | None]
    note: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
