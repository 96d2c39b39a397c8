"""What points, rewards and invitations do at news of accounts, orders, reviews and the quiz."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed, EmailVerified, UserSignedUp
from cloud.discounts.events import CouponsRedeemed
from cloud.disputes.events import DisputeEnded
from cloud.foundation.events import Handler
from cloud.loyalty.service import birthdays, purchases, referrals, thanks, using
from cloud.orders import service as orders
from cloud.orders.events import (
    OrderCancelled,
    OrderClaimed,
    OrderFailed,
    OrderPaid,
    OrderReduced,
    OrderRefunded,
)
from cloud.recommendations.events import QuizCompleted
from cloud.reviews.events import ReviewApproved


async def on_coupons_redeemed(session: AsyncSession, event: CouponsRedeemed) -> None:
    """Set aside the rewards that an order uses."""
    await using.apply(session, event.order_id)


async def on_order_paid(session: AsyncSession, event: OrderPaid) -> None:
    """Use up an order's rewards, and give its buyer points."""
    order = await orders.lock(session, event.order_id)
    await using.use(session, event.order_id, event.at)
    await referrals.note_order(session, order)
    await purchases.earn(session, order, event.at)


async def on_order_claimed(session: AsyncSession, event: OrderClaimed) -> None:
    """Give a member the points of what they bought as a guest, if it was paid."""
    order = await orders.lock(session, event.order_id)
    if order.paid_at is not None:
        await purchases.earn(session, order, event.at)


async def on_order_failed(session: AsyncSession, event: OrderFailed) -> None:
    """Free the rewards of an order that was given up."""
    await using.let_go(session, event.order_id)


async def on_order_cancelled(session: AsyncSession, event: OrderCancelled) -> None:
    """Undo both ways what an order did, paid or not."""
    order = await orders.lock(session, event.order_id)
    await using.let_go(session, event.order_id)
    await referrals.look_again(session, order, event.at)
    await using.give_back(session, event.order_id, event.number, event.at)
    await purchases.adjust(session, order, event.at)


async def on_order_refunded(session: AsyncSession, event: OrderRefunded) -> None:
    """Take points back for what is not bought any more; give those of what it lost back."""
    order = await orders.lock(session, event.order_id)
    await referrals.look_again(session, order, event.at)
    await using.give_back_lost(session, order, event.at)
    await purchases.adjust(session, order, event.at)


async def on_order_reduced(session: AsyncSession, event: OrderReduced) -> None:
    """Give the points of free bottles back that were taken out."""
    await using.give_back_lost(session, await orders.lock(session, event.order_id), event.at)


async def on_dispute_ended(session: AsyncSession, event: DisputeEnded) -> None:
    """Take points back for money that a bank took, and give them again when it changes its mind."""
    order = await orders.lock(session, event.order_id)
    await referrals.look_again(session, order, event.at)
    await purchases.adjust(session, order, event.at)


async def on_signed_up(session: AsyncSession, event: UserSignedUp) -> None:
    """Give a new account its invitation, and write down whose it came by."""
    await referrals.welcome(session, event.user_id, event.invitation, event.at)


async def on_email_verified(session: AsyncSession, event: EmailVerified) -> None:
    """Give points for an account that is somebody's for sure."""
    await thanks.thank_for_signing_up(session, event.user_id, event.at)


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Forget what whoever made an account in another's name said of them."""
    await birthdays.forget_birthday(session, event.user_id)
    await referrals.forget_waiting(session, event.user_id)


async def on_review_approved(session: AsyncSession, event: ReviewApproved) -> None:
    """Give points for a review, once a product."""
    await thanks.thank_for_review(
        session, event.user_id, event.product_id, event.product_name, event.at
    )


async def on_quiz_completed(session: AsyncSession, event: QuizCompleted) -> None:
    """Give points for the quiz, once."""
    await thanks.thank_for_quiz(session, event.user_id, event.at)


HANDLERS: Mapping[type, Handler] = {
    CouponsRedeemed: on_coupons_redeemed,
    OrderPaid: on_order_paid,
    OrderClaimed: on_order_claimed,
    OrderFailed: on_order_failed,
    OrderCancelled: on_order_cancelled,
    OrderRefunded: on_order_refunded,
    OrderReduced: on_order_reduced,
    DisputeEnded: on_dispute_ended,
    UserSignedUp: on_signed_up,
    EmailVerified: on_email_verified,
    AccountReclaimed: on_account_reclaimed,
    ReviewApproved: on_review_approved,
    QuizCompleted: on_quiz_completed,
}
