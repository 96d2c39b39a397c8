"""The order's status machine as data: every status and every edge; and where orders come from."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands, in the order it usually goes."""

    PENDING = "PENDING"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    PROCESSING = "PROCESSING"
    ON_HOLD = "ON_HOLD"
    SHIPPED = "SHIPPED"
    IN_TRANSIT = "IN_TRANSIT"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    REFUND_PENDING = "REFUND_PENDING"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"


class OrderSource(StrEnum):
    """Where an order came from."""

    SHOP = "shop"
    REORDER = "reorder"
    SUBSCRIPTION = "subscription"
    STAFF = "staff"


_S = OrderStatus

# Paid for and not given back: from each of these the whole amount can be refunded.
REFUNDABLE = frozenset(
    {
        _S.PAID,
        _S.PROCESSING,
        _S.ON_HOLD,
        _S.SHIPPED,
        _S.IN_TRANSIT,
        _S.OUT_FOR_DELIVERY,
        _S.DELIVERED,
        _S.COMPLETED,
    }
)
# Nothing has left the house yet.
CANCELLABLE = frozenset({_S.PENDING, _S.AWAITING_PAYMENT, _S.PAID, _S.PROCESSING, _S.ON_HOLD})
# Paid, and parcels may be packed.
SHIPPABLE = frozenset({_S.PAID, _S.PROCESSING})
ON_THE_WAY = frozenset({_S.SHIPPED, _S.IN_TRANSIT, _S.OUT_FOR_DELIVERY})

EDGES: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.PENDING: frozenset({_S.AWAITING_PAYMENT, _S.FAILED, _S.CANCELLED}),
    _S.AWAITING_PAYMENT: frozenset({_S.PAID, _S.FAILED, _S.CANCELLED}),
    # A payment may arrive after the order was given up; it stands when the stock still does.
    _S.FAILED: frozenset({_S.PAID}),
    # With nothing to deliver, as gift cards, an order is done when it is paid.
    _S.PAID: frozenset({_S.COMPLETED, _S.PROCESSING, _S.ON_HOLD, _S.CANCELLED, _S.REFUND_PENDING}),
    _S.PROCESSING: frozenset({_S.SHIPPED, _S.ON_HOLD, _S.CANCELLED, _S.REFUND_PENDING}),
    _S.ON_HOLD: frozenset({_S.PAID, _S.PROCESSING, _S.CANCELLED, _S.REFUND_PENDING}),
    # Carriers skip scans: a parcel may be delivered without ever having been seen in between.
    _S.SHIPPED: frozenset({_S.IN_TRANSIT, _S.OUT_FOR_DELIVERY, _S.DELIVERED, _S.REFUND_PENDING}),
    _S.IN_TRANSIT: frozenset({_S.OUT_FOR_DELIVERY, _S.DELIVERED, _S.REFUND_PENDING}),
    _S.OUT_FOR_DELIVERY: frozenset({_S.DELIVERED, _S.REFUND_PENDING}),
    _S.DELIVERED: frozenset({_S.COMPLETED, _S.REFUND_PENDING}),
    _S.COMPLETED: frozenset({_S.REFUND_PENDING}),
    # A refund that the bank turned down puts the order back to where it was.
    _S.REFUND_PENDING: frozenset({_S.REFUNDED, *REFUNDABLE}),
    _S.REFUNDED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def can_move(status: OrderStatus, to: OrderStatus) -> bool:
    """Tell whether the edge exists; staying where one is is not an edge."""
    return to in EDGES[status]
