"""The tables of orders."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.orders.actors import ActorKind
from cloud.orders.status import OrderSource, OrderStatus

NUMBERS = Sequence("order_numbers", start=100_001, metadata=Base.metadata)


class Order(Timestamped, Base):
    """One purchase. Amounts in minor units of `currency`; the parts add up by a CHECK."""

    __tablename__ = "orders"

    id: Mapped[BigId]
    number: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(CITEXT, index=True)
    language: Mapped[str] = mapped_column(server_default="en")
    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus, "status"))
    source: Mapped[OrderSource] = mapped_column(text_enum(OrderSource, "source"))
    # The reorder it fulfils. One order a reorder, whatever happens.
    reorder_id: Mapped[int | None] = mapped_column(ForeignKey("reorders.id"), unique=True)
    # The cart it was made from. One unpaid order a cart: a second click finds the first one's.
    cart_id: Mapped[int | None] = mapped_column(ForeignKey("carts.id", ondelete="SET NULL"))
    currency: Mapped[str] = mapped_column(String(3))
    subtotal_minor: Mapped[int]
    shipping_minor: Mapped[int]
    discount_minor: Mapped[int]
    tax_minor: Mapped[int]
    # The part of the tax that comes on top of the other amounts; the rest is inside them.
    tax_added_minor: Mapped[int]
    total_minor: Mapped[int]
    # What went back to the buyer so far, refunds under way included.
    refunded_minor: Mapped[int] = mapped_column(server_default="0")
    shipping_method: Mapped[str]
    p50_days: Mapped[int] = mapped_column(Integer)
    p90_days: Mapped[int] = mapped_column(Integer)
    shipping_address: Mapped[dict[str, Any]]
    billing_address: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(server_default="")
    is_test: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    placed_at: Mapped[datetime]
    pay_until: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    arrives_on: Mapped[date | None]
    cancel_reason: Mapped[str | None]

    items: Mapped[list["OrderItem"]] = relationship(lazy="raise", order_by="OrderItem.id")
    history: Mapped[list["OrderStep"]] = relationship(lazy="raise", order_by="OrderStep.id")
    shipments: Mapped[list["Shipment"]] = relationship(lazy="raise", order_by="Shipment.id")

    __table_args__ = (
        CheckConstraint(
            "total_minor = subtotal_minor + shipping_minor - discount_minor + tax_added_minor",
            name="total_adds_up",
        ),
        CheckConstraint(
            "subtotal_minor >= 0 AND shipping_minor >= 0 AND discount_minor >= 0 "
            "AND total_minor >= 0 AND tax_added_minor BETWEEN 0 AND tax_minor",
            name="amounts_not_negative",
        ),
        CheckConstraint("refunded_minor BETWEEN 0 AND total_minor", name="refund_within_total"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("p50_days BETWEEN 0 AND p90_days", name="delivery_days"),
        Index("ix_orders_cart_id", "cart_id"),
        Index(
            "uq_orders_unpaid_cart",
            "cart_id",
            unique=True,
            postgresql_where=text("status IN ('PENDING', 'AWAITING_PAYMENT')"),
        ),
        Index("ix_orders_status_placed_at", "status", "placed_at"),
        Index(
            "ix_orders_unpaid_pay_until",
            "pay_until",
            postgresql_where=text("status IN ('PENDING', 'AWAITING_PAYMENT')"),
        ),
    )


class OrderItem(Base):
    """One line, as it was when it was bought."""

    __tablename__ = "order_items"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("variants.id"), index=True)
    sku: Mapped[str]
    product_name: Mapped[str]
    variant_name: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    unit_price_minor: Mapped[int]
    subtotal_minor: Mapped[int]
    tax_minor: Mapped[int]
    image_url: Mapped[str | None]
    snapshot: Mapped[dict[str, Any]]

    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint("unit_price_minor >= 0 AND tax_minor >= 0", name="amounts_not_negative"),
        CheckConstraint("subtotal_minor = unit_price_minor * quantity", name="subtotal_adds_up"),
    )


class OrderStep(Base):
    """One move of the status machine; appended, never changed."""

    __tablename__ = "order_history"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    previous: Mapped[OrderStatus | None] = mapped_column(text_enum(OrderStatus, "previous"))
    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus, "status"))
    comment: Mapped[str] = mapped_column(server_default="")
    actor_kind: Mapped[ActorKind] = mapped_column(text_enum(ActorKind, "actor_kind"))
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    actor_name: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]


class Shipment(Timestamped, Base):
    """One parcel."""

    __tablename__ = "shipments"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    carrier: Mapped[str]
    tracking: Mapped[str] = mapped_column(server_default="")
    shipped_at: Mapped[datetime]
    arrives_on: Mapped[date]
    delivered_at: Mapped[datetime | None]

    items: Mapped[list["ShipmentItem"]] = relationship(lazy="raise", order_by="ShipmentItem.id")

    __table_args__ = (
        CheckConstraint(
            "delivered_at IS NULL OR delivered_at >= shipped_at", name="delivered_after_shipped"
        ),
    )


class ShipmentItem(Base):
    """How many of one line are in one parcel."""

    __tablename__ = "shipment_items"

    id: Mapped[BigId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    order_item_id: Mapped[int] = mapped_column(ForeignKey("order_items.id"), index=True)
    quantity: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("shipment_id", "order_item_id"),
        CheckConstraint("quantity >= 1", name="quantity"),
    )
