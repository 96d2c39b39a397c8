"""What checkout does at news from carts and payments."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.events import CartsMerged
from cloud.checkout import service
from cloud.discounts import service as discounts
from cloud.foundation.events import Handler
from cloud.foundation.jobs import defer
from cloud.orders.events import OrderCancelled, OrderFailed, OrderPaid, OrderRefunded
from cloud.payments.events import AttemptEnded, ChargeGivenUp, PaymentObserved


async def on_carts_merged(session: AsyncSession, event: CartsMerged) -> None:
    """Let a guest's orders follow their cart into the member's."""
    await service.follow_cart(session, event.guest_cart_id, event.member_cart_id, event.at)


async def on_payment_observed(session: AsyncSession, event: PaymentObserved) -> None:
    """Apply the provider's word on a payment to its order."""
    await service.settle(session, event.order_id, event.payment_id, event.state, event.at)


async def on_attempt_ended(session: AsyncSession, event: AttemptEnded) -> None:
    """End an attempt that nobody can complete any more."""
    await service.note_attempt_ended(session, event.order_id, event.payment_id, event.at)


async def on_charge_given_up(session: AsyncSession, event: ChargeGivenUp) -> None:
    """End a charge that was never answered."""
    await service.note_given_up(
        session, event.order_id, event.payment_id, event.code, event.message, event.at
    )


async def on_order_paid(session: AsyncSession, event: OrderPaid) -> None:
    """Have a job take the bottles out of the cart: its row is no business of a payment."""
    await defer(session, "checkout.empty_cart", order_id=event.order_id)


async def on_order_ended(session: AsyncSession, event: OrderCancelled | OrderFailed) -> None:
    """Let an order that ended use no promotion and hold no gift card's money."""
    await discounts.release(session, event.order_id, event.at)


async def on_order_refunded(session: AsyncSession, event: OrderRefunded) -> None:
    """Free what an order used once all of it was given back."""
    if event.is_full:
        await discounts.give_back_uses(session, event.order_id, event.at)


HANDLERS: Mapping[type, Handler] = {
    CartsMerged: on_carts_merged,
    PaymentObserved: on_payment_observed,
    AttemptEnded: on_attempt_ended,
    ChargeGivenUp: on_charge_given_up,
    OrderPaid: on_order_paid,
    OrderCancelled: on_order_ended,
    OrderFailed: on_order_ended,
    OrderRefunded: on_order_refunded,
}
