"""What can be done with orders: place, move, ship, look at."""

from cloud.orders.service.fulfil import complete_delivered, mark_delivered, mark_status, ship
from cloud.orders.service.place import place
from cloud.orders.service.transition import lock, move, record_refund, undo_refund
from cloud.orders.service.views import (
    count_orders_by_status,
    find_order_for_reorder,
    find_unpaid_order_of_cart,
    get_order_view,
    list_orders,
    order_items,
    unpaid_since,
    view_by_number,
)

__all__ = [
    "complete_delivered",
    "count_orders_by_status",
    "find_order_for_reorder",
    "find_unpaid_order_of_cart",
    "get_order_view",
    "list_orders",
    "lock",
    "mark_delivered",
    "mark_status",
    "move",
    "order_items",
    "place",
    "record_refund",
    "ship",
    "undo_refund",
    "unpaid_since",
    "view_by_number",
]
