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
    Text,
    UniqueConstraint,
    cast,
    literal,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.orders.actors import ActorKind
from cloud.orders.standing import Objection
from cloud.orders.status import OrderSource, OrderStatus

NUMBERS = Sequence("order_numbers", start=100_001, metadata=Base.metadata)
_NEXT_NUMBER = literal("SC-") + cast(NUMBERS.next_value(), Text)


class Order(Timestamped, Base):
    """One purchase. Amounts in minor units of `currency`; the parts add up by a CHECK."""

    __tablename__ = "orders"

    id: Mapped[BigId]
    number: Mapped[str] = mapped_column(unique=True, default=_NEXT_NUMBER)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(CITEXT, index=True)
    language: Mapped[str] = mapped_column(server_default="en")
    status: Mapped[OrderStatus] = mapped_column(text_enum(OrderStatus, "status"))
    source: Mapped[OrderSource] = mapped_column(text_enum(OrderSource, "source"))
    # The reorder it fulfils. One order a reorder, whatever happens.
    reorder_id: Mapped[int | None] = mapped_column(ForeignKey("reorders.id"), unique=True)
    # The parcel of a subscription that it is. One order a parcel, whatever happens.
    subscription_cycle_id: Mapped[int | None] = mapped_column(
        ForeignKey("subscription_cycles.id"), unique=True
    )
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
    # The part of the discount that is off the delivery; the rest is on the lines.
    shipping_discount_minor: Mapped[int] = mapped_column(server_default="0")
    # The part of the tax that is in or on the delivery; the rest is on the lines.
    shipping_tax_minor: Mapped[int] = mapped_column(server_default="0")
    # What gift cards pay of the total; the rest is asked of the payment provider.
    gift_card_minor: Mapped[int] = mapped_column(server_default="0")
    # What of the subtotal is for gift cards, which bear no tax and are in no parcel.
    sold_cards_minor: Mapped[int] = mapped_column(server_default="0")
    # Which promotions and coupons made the discount: code, name and amount of each.
    discounts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default=text("'[]'"))
    # What went back to the buyer so far, refunds under way included.
    refunded_minor: Mapped[int] = mapped_column(server_default="0")
    # What the buyer's bank objects to the payment; kept by disputes. None: nothing, or no more.
    objection: Mapped[Objection | None] = mapped_column(text_enum(Objection, "objection"))
    # "" when there is nothing to deliver; such an order may have no address.
    shipping_method: Mapped[str]
    p50_days: Mapped[int] = mapped_column(Integer)
    p90_days: Mapped[int] = mapped_column(Integer)
    # SQL's NULL for None, and not the JSON value: a CHECK looks at it.
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    billing_address: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(server_default="")
    # The firm that buys, and its VAT number as it stands on the invoice; "" for people.
    company: Mapped[str] = mapped_column(server_default="")
    vat_number: Mapped[str] = mapped_column(server_default="")
    # When its country's register said that the number is in force. None: nobody could say.
    vat_confirmed_at: Mapped[datetime | None]
    # No tax was charged: the buyer accounts for it in another country of the EU.
    is_reverse_charge: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    is_test: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    placed_at: Mapped[datetime]
    pay_until: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    arrives_on: Mapped[date | None]
    cancel_reason: Mapped[str | None]
    # The order it adds to, packed with it: what was bought later by a staff member's hand.
    adds_to_order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    # The form by which staff made it. One order a form: a second copy finds the first one's.
    form_key: Mapped[str | None] = mapped_column(unique=True)
    # Counts what staff changed of it: tags, address, lines.
    version: Mapped[int] = mapped_column(server_default=text("1"))
    # Words that staff sort orders by.
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    # Number, address of e-mail and recipient in small letters; kept by a trigger.
    search_text: Mapped[str] = mapped_column(server_default="")

    items: Mapped[list["OrderItem"]] = relationship(lazy="raise", order_by="OrderItem.id")
    history: Mapped[list["OrderStep"]] = relationship(lazy="raise", order_by="OrderStep.id")
    shipments: Mapped[list["Shipment"]] = relationship(lazy="raise", order_by="Shipment.id")

    @property
    def due_minor(self) -> int:
        """Return what the payment provider is asked for: the total less what gift cards pay."""
        return self.total_minor - self.gift_card_minor

    @property
    def has_parcels(self) -> bool:
        """Tell whether there is anything to deliver; gift cards go by mail."""
        return self.shipping_method != ""

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
        CheckConstraint(
            "shipping_discount_minor BETWEEN 0 AND shipping_minor "
            "AND shipping_discount_minor <= discount_minor",
            name="shipping_discount",
        ),
        CheckConstraint("shipping_tax_minor BETWEEN 0 AND tax_minor", name="shipping_tax"),
        CheckConstraint("gift_card_minor BETWEEN 0 AND total_minor", name="gift_card_within_total"),
        CheckConstraint("refunded_minor BETWEEN 0 AND total_minor", name="refund_within_total"),
        CheckConstraint(
            "sold_cards_minor BETWEEN 0 AND subtotal_minor", name="sold_cards_within_subtotal"
        ),
        CheckConstraint(
            "gift_card_minor <= total_minor - sold_cards_minor", name="cards_pay_no_cards"
        ),
        CheckConstraint(
            "shipping_address IS NOT NULL OR (shipping_method = '' AND shipping_minor = 0)",
            name="address_of_parcels",
        ),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint("adds_to_order_id <> id", name="adds_to_another"),
        CheckConstraint("length(form_key) BETWEEN 16 AND 64", name="form_key"),
        CheckConstraint(
            "NOT is_reverse_charge OR (tax_minor = 0 AND vat_confirmed_at IS NOT NULL)",
            name="reverse_charge",
        ),
        CheckConstraint("p50_days BETWEEN 0 AND p90_days", name="delivery_days"),
        Index("ix_orders_cart_id", "cart_id"),
        Index(
            "uq_orders_unpaid_cart",
            "cart_id",
            unique=True,
            postgresql_where=text("status IN ('PENDING', 'AWAITING_PAYMENT')"),
        ),
        Index("ix_orders_status_placed_at", "status", "placed_at"),
        Index("ix_orders_status_id", "status", "id"),
        Index("ix_orders_objection", "id", postgresql_where=text("objection IS NOT NULL")),
        Index("ix_orders_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_orders_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index(
            "ix_orders_delivered_at",
            "delivered_at",
            postgresql_where=text("status = 'DELIVERED'"),
        ),
        Index(
            "ix_orders_unpaid_pay_until",
            "pay_until",
            postgresql_where=text("status IN ('PENDING', 'AWAITING_PAYMENT')"),
        ),
    )


class OrderItem(Base):
    """One line, as it was when it was bought.

    What its buyer paid for it is `subtotal_minor - discount_minor`, and `tax_minor` is the tax in
    or on that, at `tax_basis_points` (hundredths of a percent). `taken_out` of its `quantity` are
    not sent any more: staff took them out before anything left, and a refund gives their money
    back.
    """

    __tablename__ = "order_items"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    # None for a gift card alone.
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"), index=True)
    is_gift_card: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    sku: Mapped[str]
    product_name: Mapped[str]
    variant_name: Mapped[str]
    quantity: Mapped[int] = mapped_column(Integer)
    taken_out: Mapped[int] = mapped_column(Integer, server_default="0")
    unit_price_minor: Mapped[int]
    subtotal_minor: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(server_default="0")
    tax_minor: Mapped[int]
    tax_basis_points: Mapped[int] = mapped_column(Integer, server_default="0")
    image_url: Mapped[str | None]
    snapshot: Mapped[dict[str, Any]]

    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        CheckConstraint("taken_out BETWEEN 0 AND quantity", name="taken_out"),
        CheckConstraint("unit_price_minor >= 0 AND tax_minor >= 0", name="amounts_not_negative"),
        CheckConstraint("discount_minor BETWEEN 0 AND subtotal_minor", name="discount"),
        CheckConstraint("tax_basis_points BETWEEN 0 AND 10000", name="tax_rate"),
        CheckConstraint("(variant_id IS NULL) = is_gift_card", name="gift_card"),
        CheckConstraint(
            "NOT is_gift_card OR (quantity = 1 AND discount_minor = 0 AND tax_minor = 0)",
            name="plain_gift_card",
        ),
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


class OrderNote(Base):
    """What staff wrote down about an order; the buyer sees the ones that are for them."""

    __tablename__ = "order_notes"

    id: Mapped[BigId]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    body: Mapped[str]
    is_for_customer: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    author_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    author_name: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (CheckConstraint("length(body) BETWEEN 1 AND 2000", name="body"),)


class SavedFilter(Timestamped, Base):
    """A view of the queue that a member of staff keeps under a name, for themselves or for all."""

    __tablename__ = "order_filters"

    id: Mapped[BigId]
    owner_user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    wanted: Mapped[dict[str, Any]]
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'"))
    is_shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("owner_user_id", "name"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
    )
