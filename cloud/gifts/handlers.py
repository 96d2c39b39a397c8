"""What sold gift cards do at news of orders."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.foundation.sealing import Sealer
from cloud.gifts import service
from cloud.orders import service as orders
from cloud.orders.events import OrderPaid


def handlers(sealer: Sealer) -> Mapping[type, Handler]:
    """Return what is done at which event."""

    async def on_order_paid(session: AsyncSession, event: OrderPaid) -> None:
        # Its payer holds the order in this very session: no query.
        order = await orders.read_order(session, event.order_id)
        if order.sold_cards_minor:
            await service.issue(session, sealer, order, event.at)

    return {OrderPaid: on_order_paid}
