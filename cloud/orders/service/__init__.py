"""What can be done with orders: place, move, ship, look at."""

from cloud.orders.service.adding import find_order_of_form, require_addable
from cloud.orders.service.bulk import as_csv, fulfil_many
from cloud.orders.service.by_staff import (
    deliver_by_staff,
    edit_address,
    set_status_by_staff,
    set_tags,
    ship_by_staff,
)
from cloud.orders.service.claiming import claim_guest_orders
from cloud.orders.service.filters import (
    find_filter,
    list_filters,
    remove_filter,
    rename_filter,
    save_filter,
)
from cloud.orders.service.fulfil import complete_delivered, mark_delivered, mark_status, ship
from cloud.orders.service.notes import add_note, list_notes
from cloud.orders.service.place import place
from cloud.orders.service.transition import (
    lock,
    move,
    read_order,
    record_refund,
    undo_refund,
)
from cloud.orders.service.views import (
    COUNTED_TO,
    change_cart,
    count_orders_by_status,
    find_order_for_reorder,
    find_unpaid_order_id,
    find_unpaid_order_of_cart,
    get_order_view,
    has_paid_order,
    list_orders,
    order_items,
    order_views,
    packed_with,
    unpaid_since,
    view_by_number,
)

__all__ = [
    "COUNTED_TO",
    "add_note",
    "as_csv",
    "change_cart",
    "claim_guest_orders",
    "complete_delivered",
    "count_orders_by_status",
    "deliver_by_staff",
    "edit_address",
    "find_filter",
    "find_order_for_reorder",
    "find_order_of_form",
    "find_unpaid_order_id",
    "find_unpaid_order_of_cart",
    "fulfil_many",
    "get_order_view",
    "has_paid_order",
    "list_filters",
    "list_notes",
    "list_orders",
    "lock",
    "mark_delivered",
    "mark_status",
    "move",
    "order_items",
    "order_views",
    "packed_with",
    "place",
    "read_order",
    "record_refund",
    "remove_filter",
    "rename_filter",
    "require_addable",
    "save_filter",
    "set_status_by_staff",
    "set_tags",
    "ship",
    "ship_by_staff",
    "undo_refund",
    "unpaid_since",
    "view_by_number",
]
