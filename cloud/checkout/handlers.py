"""What checkout does at news from payments."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service
from cloud.foundation.events import Handler
from cloud.foundation.jobs import defer
from cloud.orders.events import OrderPaid
from cloud.payments.events import ChargeGivenUp, PageExpired, PaymentObserved


async def on_payment_observed(session: AsyncSession, event: PaymentObserved) -> None:
    """Apply the provider's word on a payment to its order."""
    await service.settle(session, event.order_id, event.payment_id, event.state, event.at)


async def on_page_expired(session: AsyncSession, event: PageExpired) -> None:
    """End an attempt that nobody can complete any more."""
    await service.note_page_expired(session, event.order_id, event.payment_id, event.at)


async def on_charge_given_up(session: AsyncSession, event: ChargeGivenUp) -> None:
    """End a charge that was never answered."""
    await service.note_given_up(
        session, event.order_id, event.payment_id, event.code, event.message, event.at
    )


async def on_order_paid(session: AsyncSession, event: OrderPaid) -> None:
    """Have a job take the bottles out of the cart: its row is no business of a payment."""
    await defer(session, "checkout.empty_cart", order_id=event.order_id)


HANDLERS: Mapping[type, Handler] = {
    PaymentObserved: on_payment_observed,
    PageExpired: on_page_expired,
    ChargeGivenUp: on_charge_given_up,
    OrderPaid: on_order_paid,
}
