"""Ending a subscription: at any time, and with it what of it is not paid yet."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders.actors import SYSTEM, Actor
from cloud.refunds import service as refunds
from cloud.subscriptions import repository
from cloud.subscriptions.events import SubscriptionCancelled
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.service.desk import Desk
from cloud.subscriptions.service.locking import lock
from cloud.subscriptions.service.passing import settle_question
from cloud.subscriptions.service.recording import facts, move
from cloud.subscriptions.states import ENDED, SubscriptionStatus

_ACCOUNT = "account"


async def cancel(
    session: AsyncSession,
    desk: Desk,
    subscription: Subscription,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    """End a locked subscription, and call off its unpaid parcel; what was paid comes.

    A second time changes nothing.
    """
    if subscription.status in ENDED:
        return
    order_id = await repository.open_order_id(session, subscription.id)
    cancelled = SubscriptionStatus.CANCELLED
    await move(
        session, subscription, cancelled, actor=actor, now=now, what="cancelled", reason=reason
    )
    settle_question(subscription)
    if order_id is not None:
        await refunds.cancel_order(
            session, desk.gateway, order_id, "subscription cancelled", actor=actor, now=now
        )
    news = await facts(session, subscription, now)
    await emit(session, SubscriptionCancelled(**news, reason=reason))


async def end_all(session: AsyncSession, desk: Desk, user_id: int, now: datetime) -> None:
    """End all subscriptions of an account that is forgotten, or came to another owner."""
    for subscription_id in await repository.live_of_user(session, user_id):
        subscription = await lock(session, subscription_id)
        await cancel(session, desk, subscription, actor=SYSTEM, now=now, reason=_ACCOUNT)


async def end_for_lost_account(
    session: AsyncSession, desk: Desk, subscription: Subscription, now: datetime
) -> bool:
    """End a locked subscription whose owner is gone, or wants to be; tell whether that was so.

    Whoever waits to be forgotten until their last order is done gets no more of them.
    """
    if not await repository.is_owner_going(session, subscription.user_id):
        return False
    await cancel(session, desk, subscription, actor=SYSTEM, now=now, reason=_ACCOUNT)
    return True
