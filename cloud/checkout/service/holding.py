"""How long bottles are set aside for an order, and under which name."""

from collections.abc import Iterable
from datetime import timedelta

from cloud.inventory.service import StockLine
from cloud.orders.models import OrderItem

# From "go to payment" on; prolonged once when the payment page opens.
HOLD_FOR = timedelta(minutes=15)


def holder_of(order_id: int) -> str:
    """Return the name under which an order's bottles are set aside."""
    return f"order:{order_id}"


def stock_lines(items: Iterable[OrderItem]) -> list[StockLine]:
    """Return what an order takes from the shelf; a gift card takes nothing."""
    return [
        StockLine(item.variant_id, item.quantity) for item in items if item.variant_id is not None
    ]
