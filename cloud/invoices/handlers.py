"""What invoices do at news of money: they have a job write the sheet, once it is certain."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.foundation.jobs import defer
from cloud.orders.events import OrderPaid
from cloud.refunds.events import RefundSettled


async def on_order_paid(session: AsyncSession, event: OrderPaid) -> None:
    """Have the invoice written."""
    await defer(session, "invoices.issue", order_id=event.order_id)


async def on_refund_settled(session: AsyncSession, event: RefundSettled) -> None:
    """Have the credit note written."""
    await defer(session, "invoices.credit", order_id=event.order_id, refund_id=event.refund_id)


HANDLERS: Mapping[type, Handler] = {
    OrderPaid: on_order_paid,
    RefundSettled: on_refund_settled,
}
