"""What refunds do at news from payments."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import Handler
from cloud.payments.events import PaymentToReturn, RefundObserved
from cloud.payments.ports import PaymentGateway
from cloud.refunds import service


def handlers(gateway: PaymentGateway) -> Mapping[type, Handler]:
    """Return what refunds do at which event."""

    async def on_payment_to_return(session: AsyncSession, event: PaymentToReturn) -> None:
        await service.return_payment(
            session, gateway, event.order_id, event.payment_id, event.received, event.reason
        )

    return {PaymentToReturn: on_payment_to_return, RefundObserved: on_refund_observed}


async def on_refund_observed(session: AsyncSession, event: RefundObserved) -> None:
    """Apply the provider's word on a refund."""
    await service.settle_refund(session, event.state, event.at)
