"""Suppliers, what was ordered from them, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, Index, Sequence, UniqueConstraint
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.inventory.purchase_states import PurchaseState

NUMBERS = Sequence("purchase_numbers", start=10_001, metadata=Base.metadata)


class Supplier(Timestamped, Base):
    """Whom bottles are bought from. Name and e-mail are unique, whatever their case.

    `address` is a `purchase_schemas.SupplierAddress`. Who is inactive gets no new orders.
    """

    __tablename__ = "suppliers"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("email"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("email LIKE '%_@_%'", name="email"),
        CheckConstraint(
            "jsonb_typeof(address) = 'object' AND address ?& ARRAY['line1', 'city', 'country']"
            " AND address ->> 'country' ~ '^[A-Z]{2}$'",
            name="address",
        ),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(CITEXT)
    email: Mapped[str] = mapped_column(CITEXT)
    contact_name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    address: Mapped[dict[str, Any]]
    notes: Mapped[str] = mapped_column(server_default="")
    is_active: Mapped[bool]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class PurchaseOrder(Timestamped, Base):
    """Bottles ordered from a supplier, to be delivered to a place.

    Amounts are in minor units of `currency`, the only one of the order: `subtotal_minor` is the
    sum of its lines as ordered, and a trigger holds it to that; `total_minor` adds what the
    delivery costs. `arrived_at` is when the first delivery came.
    """

    __tablename__ = "purchase_orders"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number ~ '^PO-[0-9]+$'", name="number"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("shipping_minor >= 0 AND subtotal_minor >= 0", name="amounts"),
        CheckConstraint("total_minor = subtotal_minor + shipping_minor", name="total"),
        CheckConstraint(
            "(state NOT IN ('PARTIALLY_RECEIVED', 'RECEIVED') OR arrived_at IS NOT NULL)"
            " AND (state NOT IN ('DRAFT', 'PENDING', 'CONFIRMED', 'SHIPPED', 'CANCELLED')"
            " OR arrived_at IS NULL)",
            name="arrived",
        ),
        Index("ix_purchase_orders_state_id", "state", "id"),
    )

    id: Mapped[BigId]
    number: Mapped[str]
    supplier_id: Mapped[int] = mapped_column(
        ForeignKey("suppliers.id", ondelete="RESTRICT"), index=True
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("stock_locations.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[PurchaseState] = mapped_column(text_enum(PurchaseState, "state"))
    currency: Mapped[str] = mapped_column(CHAR(3))
    expected_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    shipping_minor: Mapped[int]
    subtotal_minor: Mapped[int]
    total_minor: Mapped[int]
    notes: Mapped[str] = mapped_column(server_default="")
    created_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    updated_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column()

    supplier: Mapped[Supplier] = relationship(lazy="raise")
    lines: Mapped[list["PurchaseLine"]] = relationship(
        lazy="raise", order_by="PurchaseLine.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class PurchaseLine(Base):
    """Bottles of one variant in an order: how many, at what cost each, how many came so far.

    At most a tenth more than ordered can come (`average_cost.most_receivable`).
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "variant_id"),
        CheckConstraint("ordered BETWEEN 1 AND 1000000", name="ordered"),
        CheckConstraint("received BETWEEN 0 AND ordered + (ordered + 9) / 10", name="received"),
        CheckConstraint("unit_cost_minor >= 0", name="unit_cost"),
    )

    id: Mapped[BigId]
    purchase_order_id: Mapped[int] = mapped_column(
        ForeignKey("purchase_orders.id", ondelete="RESTRICT")
    )
    variant_id: Mapped[int] = mapped_column(
        ForeignKey("variants.id", ondelete="RESTRICT"), index=True
    )
    ordered: Mapped[int]
    received: Mapped[int] = mapped_column(server_default="0")
    unit_cost_minor: Mapped[int]


class PurchaseStep(Base):
    """One move of an order, `from_state` None when it was made. A trigger refuses any change."""

    __tablename__ = "purchase_steps"
    __table_args__ = (CheckConstraint("from_state <> to_state", name="moves"),)

    id: Mapped[BigId]
    purchase_order_id: Mapped[int] = mapped_column(
        ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True
    )
    from_state: Mapped[PurchaseState | None] = mapped_column(text_enum(PurchaseState, "from_state"))
    to_state: Mapped[PurchaseState] = mapped_column(text_enum(PurchaseState, "to_state"))
    actor_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    actor_name: Mapped[str]
    at: Mapped[datetime]


class PurchaseReceipt(Base):
    """One delivery that came in. A trigger refuses any change.

    `delivery_note` is the supplier's number of it, unique in an order whatever its case: so a
    delivery counts once, however many people receive it.
    """

    __tablename__ = "purchase_receipts"
    __table_args__ = (
        UniqueConstraint("purchase_order_id", "delivery_note"),
        CheckConstraint("delivery_note <> ''", name="delivery_note"),
    )

    id: Mapped[BigId]
    purchase_order_id: Mapped[int] = mapped_column(
        ForeignKey("purchase_orders.id", ondelete="RESTRICT")
    )
    delivery_note: Mapped[str] = mapped_column(CITEXT)
    notes: Mapped[str] = mapped_column(server_default="")
    actor_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    actor_name: Mapped[str]
    at: Mapped[datetime]

    lines: Mapped[list["PurchaseReceiptLine"]] = relationship(
        lazy="raise", order_by="PurchaseReceiptLine.id"
    )


class PurchaseReceiptLine(Base):
    """Bottles of one line in a delivery; `surplus` of them were more than had been ordered."""

    __tablename__ = "purchase_receipt_lines"
    __table_args__ = (
        UniqueConstraint("receipt_id", "line_id"),
        CheckConstraint("quantity BETWEEN 1 AND 2000000", name="quantity"),
        CheckConstraint("surplus BETWEEN 0 AND quantity", name="surplus"),
    )

    id: Mapped[BigId]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("purchase_receipts.id", ondelete="RESTRICT"))
    line_id: Mapped[int] = mapped_column(
        ForeignKey("purchase_lines.id", ondelete="RESTRICT"), index=True
    )
    quantity: Mapped[int]
    surplus: Mapped[int]
