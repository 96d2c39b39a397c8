"""What subscriptions do at news of orders, cards and accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed, PersonErased
from cloud.foundation.events import Handler
from cloud.orders.events import (
    OrderCancelled,
    OrderFailed,
    OrderPaid,
    OrderShipped,
    OrderStatusChanged,
)
from cloud.payments.events import ChargeRefused
from cloud.subscriptions import service
from cloud.subscriptions.service import Desk


def handlers(desk: Desk) -> Mapping[type, Handler]:
    """Return what subscriptions do at which event."""

    async def on_account_gone(
        session: AsyncSession, event: AccountReclaimed | PersonErased
    ) -> None:
        await service.end_all(session, desk, event.user_id, event.at)

    return {
        OrderPaid: service.follow_payment,
        OrderShipped: service.follow_shipment,
        OrderFailed: service.follow_failure,
        OrderCancelled: service.follow_cancellation,
        OrderStatusChanged: service.follow_release,
        ChargeRefused: service.follow_refusal,
        AccountReclaimed: on_account_gone,
        PersonErased: on_account_gone,
    }
