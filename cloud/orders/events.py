"""News of orders, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime

from cloud.orders.status import OrderStatus


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What all news of an order tells: `user_id` is None for a guest."""

    order_id: int
    number: str
    user_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPlaced(OrderEvent):
    """An order stands and waits for its payment."""


@dataclass(frozen=True, slots=True)
class OrderPaymentAsked(OrderEvent):
    """Staff placed an order for somebody, or ask again: its buyer is told how to pay it."""


@dataclass(frozen=True, slots=True)
class OrderPaid(OrderEvent):
    """The money is there and the stock is taken."""


@dataclass(frozen=True, slots=True)
class OrderClaimed(OrderEvent):
    """A guest's order became a member's, paid or not; once an order."""


@dataclass(frozen=True, slots=True)
class OrderShipped(OrderEvent):
    """A parcel left; `is_complete` when nothing is left to send."""

    shipment_id: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class OrderDelivered(OrderEvent):
    """Every parcel arrived."""


@dataclass(frozen=True, slots=True)
class OrderReduced(OrderEvent):
    """Bottles were taken out of a paid order before anything left; the rest of it stands."""


@dataclass(frozen=True, slots=True)
class OrderCancelled(OrderEvent):
    """The order was called off before anything left the house."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderFailed(OrderEvent):
    """The order was given up unpaid."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderRefunded(OrderEvent):
    """Money went back; `is_full` when nothing of the total is left with us."""

    amount_minor: int
    currency: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class OrderStatusChanged(OrderEvent):
    """The status moved; emitted for every move, before the particular event."""

    previous: OrderStatus
    status: OrderStatus
