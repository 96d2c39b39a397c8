"""What can be subscribed to; names stand in subscribers' code and never change."""

from enum import StrEnum


class NewsKind(StrEnum):
    """One kind of news. The body of order news holds the whole order as the API shows it."""

    ORDER_PLACED = "order.placed"
    ORDER_PAID = "order.paid"
    ORDER_SHIPPED = "order.shipped"
    ORDER_DELIVERED = "order.delivered"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_FAILED = "order.failed"
    ORDER_REFUNDED = "order.refunded"
    ORDER_STATUS_CHANGED = "order.status_changed"
    PING = "ping"


class DeliveryState(StrEnum):
    """Where one delivery stands: it waits for its next try, arrived, or was given up."""

    WAITING = "waiting"
    ARRIVED = "arrived"
    GIVEN_UP = "given_up"
