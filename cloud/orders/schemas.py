"""What goes into an order and what comes out of it: frozen values for callers and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from cloud.foundation.money import Money
from cloud.orders.standing import FulfilmentStanding, PaymentStanding
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


class BillingAddress(PostalAddress):
    """Who the invoice is for: a firm names itself, and its VAT number if it has one."""

    company: str = Field(default="", max_length=120)
    tax_number: str = Field(default="", max_length=40)


@dataclass(frozen=True, slots=True)
class NewItem:
    """One line to be bought. Amounts in minor units of the order's currency.

    `discount_minor` is this line's share of the order's discounts, `tax_minor` the tax in or on
    what is left of the line, at `tax_basis_points`. Only a gift card is no variant.
    """

    variant_id: int | None
    sku: str
    product_name: str
    variant_name: str
    quantity: int
    unit_price_minor: int
    is_gift_card: bool = False
    discount_minor: int = 0
    tax_minor: int = 0
    tax_basis_points: int = 0
    image_url: str | None = None
    snapshot: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Everything an order is made of.

    `tax` is all tax in or on the other amounts, `tax_added` the part that comes on top of them.
    Half of such parcels arrive within `p50_days` of the payment, nine of ten within `p90_days`.
    `pay_until` is when an unpaid order is given up. `company` is the firm that buys, its VAT
    number known to be in force since `vat_confirmed_at`; `is_reverse_charge`: it accounts for
    the tax. `shipping_discount` is the part of `discount` that is off the delivery,
    `shipping_tax` the part of `tax` in or on the delivery. `gift_card` is what gift cards pay
    of the total, None nothing; `sold_cards` what of the subtotal is for gift cards. An order
    that fills no parcel may have no `shipping_address`. `discounts` names what made the
    discount, `adds_to_order_id` an order that it is packed with, `form_key` the form of staff
    that it was made by: one order a form.
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
    shipping_address: PostalAddress | None
    pay_until: datetime
    p50_days: int
    p90_days: int
    billing_address: PostalAddress | None = None
    shipping_discount: Money | None = None
    shipping_tax: Money | None = None
    gift_card: Money | None = None
    sold_cards: Money | None = None
    discounts: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    source: OrderSource = OrderSource.SHOP
    reorder_id: int | None = None
    subscription_cycle_id: int | None = None
    cart_id: int | None = None
    is_test: bool = False
    company: str = ""
    vat_number: str = ""
    vat_confirmed_at: datetime | None = None
    is_reverse_charge: bool = False
    adds_to_order_id: int | None = None
    form_key: str | None = None


class ItemView(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(frozen=True)

    id: int
    variant_id: int | None = Field(description="Null for a gift card.")
    is_gift_card: bool = Field(
        default=False, description="It goes out by mail; nothing of it is shipped."
    )
    sku: str
    product_name: str
    variant_name: str
    quantity: int
    shipped_quantity: int = Field(description="How many of them are in parcels already.")
    taken_out: int = Field(default=0, description="How many staff took out; they are not sent.")
    unit_price_minor: int
    subtotal_minor: int
    discount_minor: int = Field(description="This line's share of the order's discounts.")
    tax_minor: int = Field(description="The tax in or on what is left of the line.")
    tax_basis_points: int
    image_url: str | None

    @property
    def left_to_ship(self) -> int:
        """Return how many are still to be packed; a gift card never is."""
        return 0 if self.is_gift_card else self.quantity - self.taken_out - self.shipped_quantity


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
    tracking_url: str | None = Field(description="Where its carrier tells where it is.")
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
    tags: list[str]
    payment_status: PaymentStanding
    fulfilment_status: FulfilmentStanding
    is_test: bool
    placed_at: datetime
    arrives_on: date | None


class OrderView(OrderSummary):
    """A whole order."""

    subtotal_minor: int
    shipping_minor: int
    discount_minor: int
    shipping_discount_minor: int = Field(description="The part of the discount off the delivery.")
    gift_card_minor: int = Field(description="What gift cards pay of the total.")
    sold_cards_minor: int = Field(default=0, description="What of the subtotal is for gift cards.")
    discounts: list[dict[str, Any]] = Field(description="What made the discount.")
    tax_minor: int
    tax_added_minor: int = Field(description="The part of the tax on top of the prices.")
    refunded_minor: int
    shipping_method: str
    shipping_address: PostalAddress | None = Field(
        description="Null when gift cards are all that was bought."
    )
    billing_address: BillingAddress | None
    note: str
    company: str = Field(description='The firm that buys; "" for people.')
    vat_number: str
    vat_confirmed_at: datetime | None = Field(
        description="When its country confirmed the VAT number; null: it could not."
    )
    is_reverse_charge: bool = Field(description="The buyer accounts for the tax.")
    language: str
    user_id: int | None
    reorder_id: int | None
    version: int = Field(default=1, description="Counts what staff changed of it.")
    subscription_cycle_id: int | None = Field(
        default=None, description="The parcel of a subscription that it is."
    )
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
    tag: str | None = None
    payment: PaymentStanding | None = None
    # Placed at or after the one moment, before the other.
    placed_from: datetime | None = None
    placed_before: datetime | None = None


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Id = Annotated[int, Field(ge=1, lt=2**63)]
Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]


class NewShipment(_Asked):
    """A parcel to be recorded."""

    carrier: str = Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")
    tracking: str = Field(default="", max_length=80, pattern=r"^[^\x00]*$")
    item_quantities: dict[Id, Annotated[int, Field(lt=2**31)]] | None = Field(
        default=None, description="How many of which line, by line id; all that is left when null."
    )


class Delivery(_Asked):
    """Which parcel arrived."""

    shipment_id: Id | None = Field(default=None, description="Null for all of the order's.")


class StatusChange(_Asked):
    """A step of an order that is set by hand."""

    status: OrderStatus
    comment: Words = ""


class Tags(_Asked):
    """The words that staff sort an order by."""

    tags: list[Tag] = Field(max_length=20)


class NewNote(_Asked):
    """What staff write down about an order."""

    body: str = Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")
    is_for_customer: bool = Field(default=False, description="The buyer reads it too.")


class NoteView(BaseModel):
    """One note about an order."""

    model_config = ConfigDict(frozen=True)

    id: int
    body: str
    is_for_customer: bool
    author_name: str
    at: datetime


class BulkFulfilment(_Asked):
    """Orders to be sent whole, each in one parcel."""

    numbers: list[Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9-]+$")]] = Field(
        min_length=1, max_length=100
    )
    carrier: str = Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")


class BulkResult(BaseModel):
    """How one of many orders went: its new parcel, or what stood in the way."""

    model_config = ConfigDict(frozen=True)

    number: str
    shipment_id: int | None = None
    problem: str | None = None


class WantedOrders(_Asked):
    """What a saved view of the queue shows."""

    queue: str = Field(default="", max_length=20, pattern="^[a-z]*$")
    q: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$")
    tag: str = Field(default="", max_length=40, pattern=r"^[^\x00]*$")
    source: OrderSource | None = None
    payment: PaymentStanding | None = None


class NewFilter(_Asked):
    """A view of the queue to be kept under a name."""

    name: str = Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")
    wanted: WantedOrders
    columns: list[Annotated[str, Field(max_length=20, pattern="^[a-z]+$")]] = Field(
        default_factory=list, max_length=20, description="Shown columns; all when empty."
    )
    is_shared: bool = Field(default=False, description="All staff see it.")


class FilterView(BaseModel):
    """A saved view of the queue."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    wanted: WantedOrders
    columns: list[str]
    is_shared: bool
    is_own: bool


# An order is complete this long after its delivery, when nobody complained.
COMPLETE_AFTER = timedelta(days=14)
