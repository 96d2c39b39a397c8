"""What goes into an order and what comes out of it: frozen values for callers and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation.money import Money
from cloud.orders.status import OrderSource, OrderStatus


class PostalAddress(BaseModel):
    """Where a parcel goes, as it stood when the order was placed."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    recipient: str = Field(min_length=1, max_length=120)
    line1: str = Field(min_length=1, max_length=200)
    line2: str = Field(default="", max_length=200)
    city: str = Field(min_length=1, max_length=120)
    region: str = Field(default="", max_length=120)
    postcode: str = Field(min_length=1, max_length=20)
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")
    phone: str = Field(default="", max_length=40)


@dataclass(frozen=True, slots=True)
class NewItem:
    """One line to be bought. Amounts in minor units of the order's currency; tax is of the line."""

    variant_id: int
    sku: str
    product_name: str
    variant_name: str
    quantity: int
    unit_price_minor: int
    tax_minor: int = 0
    image_url: str | None = None
    snapshot: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Everything an order is made of.

    `tax` is all tax in or on the other amounts, `tax_added` the part that comes on top of them.
    Half of such parcels arrive within `p50_days` of the payment, nine of ten within `p90_days`.
    `pay_until` is when an unpaid order is given up.
    """

    user_id: int | None
    email: str
    language: str
    items: Sequence[NewItem]
    subtotal: Money
    shipping: Money
    discount: Money
    tax: Money
    tax_added: Money
    total: Money
    shipping_method: str
    shipping_address: PostalAddress
    pay_until: datetime
    p50_days: int
    p90_days: int
    billing_address: PostalAddress | None = None
    note: str = ""
    source: OrderSource = OrderSource.SHOP
    reorder_id: int | None = None
    cart_id: int | None = None
    is_test: bool = False


class ItemView(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(frozen=True)

    id: int
    variant_id: int
    sku: str
    product_name: str
    variant_name: str
    quantity: int
    shipped_quantity: int = Field(description="How many of them are in parcels already.")
    unit_price_minor: int
    subtotal_minor: int
    image_url: str | None


class HistoryView(BaseModel):
    """One step of an order."""

    model_config = ConfigDict(frozen=True)

    status: OrderStatus
    comment: str
    actor: str = Field(description="system, customer, or the name of a staff member.")
    at: datetime


class ShipmentView(BaseModel):
    """One parcel."""

    model_config = ConfigDict(frozen=True)

    id: int
    carrier: str
    tracking: str
    shipped_at: datetime
    arrives_on: date
    delivered_at: datetime | None
    item_quantities: dict[int, int] = Field(description="How many of which line, by line id.")


class OrderSummary(BaseModel):
    """One row of a list of orders."""

    model_config = ConfigDict(frozen=True)

    id: int
    number: str
    status: OrderStatus
    source: OrderSource
    email: str
    customer_name: str
    total_minor: int
    currency: str
    item_count: int
    first_item: str
    is_test: bool
    placed_at: datetime
    arrives_on: date | None


class OrderView(OrderSummary):
    """A whole order."""

    subtotal_minor: int
    shipping_minor: int
    discount_minor: int
    tax_minor: int
    tax_added_minor: int = Field(description="The part of the tax on top of the prices.")
    refunded_minor: int
    shipping_method: str
    shipping_address: PostalAddress
    billing_address: PostalAddress | None
    note: str
    language: str
    user_id: int | None
    reorder_id: int | None
    paid_at: datetime | None
    delivered_at: datetime | None
    cancel_reason: str | None
    pay_until: datetime
    items: list[ItemView]
    history: list[HistoryView] = Field(description="Oldest first.")
    shipments: list[ShipmentView] = Field(description="Oldest first.")
    can_cancel: bool
    can_ship: bool
    can_refund: bool


class OrderPage(BaseModel):
    """One page of a list; `next` goes into `after` for the following one, null at the end."""

    orders: list[OrderSummary]
    next: int | None


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders a list shows; None means all."""

    user_id: int | None = None
    statuses: frozenset[OrderStatus] | None = None
    source: OrderSource | None = None
    # Part of a number, an e-mail or a name.
    text: str | None = None


class NewShipment(BaseModel):
    """A parcel to be recorded."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    carrier: str = Field(min_length=1, max_length=60)
    tracking: str = Field(default="", max_length=80)
    item_quantities: dict[int, int] | None = Field(
        default=None, description="How many of which line, by line id; all that is left when null."
    )


class Delivery(BaseModel):
    """Which parcel arrived."""

    model_config = ConfigDict(frozen=True)

    shipment_id: int | None = Field(default=None, description="Null for all of the order's.")


class StatusChange(BaseModel):
    """A step of an order that is set by hand."""

    model_config = ConfigDict(frozen=True)

    status: OrderStatus
    comment: str = Field(default="", max_length=500)


# An order is complete this long after its delivery, when nobody complained.
COMPLETE_AFTER = timedelta(days=14)
