"""Which news of the shop becomes which news of a webhook."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.orders import service as orders
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderFailed,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    OrderShipped,
    OrderStatusChanged,
)
from cloud.webhooks.kinds import NewsKind
from cloud.webhooks.service.telling import is_wanted, tell

_OF_ORDERS: Mapping[type[OrderEvent], NewsKind] = {
    OrderPlaced: NewsKind.ORDER_PLACED,
    OrderPaid: NewsKind.ORDER_PAID,
    OrderShipped: NewsKind.ORDER_SHIPPED,
    OrderDelivered: NewsKind.ORDER_DELIVERED,
    OrderCancelled: NewsKind.ORDER_CANCELLED,
    OrderFailed: NewsKind.ORDER_FAILED,
    OrderRefunded: NewsKind.ORDER_REFUNDED,
    OrderStatusChanged: NewsKind.ORDER_STATUS_CHANGED,
}


def handlers() -> dict[type, Handler]:
    """Return what is told at which event."""
    return dict.fromkeys(_OF_ORDERS, _on_order)


async def _on_order(session: AsyncSession, event: OrderEvent) -> None:
    kind = _OF_ORDERS[type(event)]
    if not await is_wanted(session, kind):
        return
    order = await orders.get_order_view(session, event.order_id)
    data: dict[str, Any] = {"order": order.model_dump(mode="json"), **_more(event)}
    await tell(session, kind, data, event.at)


def _more(event: OrderEvent) -> dict[str, Any]:
    match event:
        case OrderShipped():
            return {"shipment_id": event.shipment_id, "is_complete": event.is_complete}
        case OrderCancelled() | OrderFailed():
            return {"reason": event.reason}
        case OrderRefunded():
            return {
                "amount_minor": event.amount_minor,
                "currency": event.currency,
                "is_full": event.is_full,
            }
        case OrderStatusChanged():
            return {"previous": event.previous.value, "status": event.status.value}
        case _:
            return {}
