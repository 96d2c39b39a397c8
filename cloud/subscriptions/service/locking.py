"""Taking a subscription in hand: its unpaid order first, then its own row.

An order's news (paid, refused, failed) comes from whoever holds the order's row and then takes
ours, so everybody else takes them in that order too.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import service as orders
from cloud.subscriptions import repository
from cloud.subscriptions.errors import SubscriptionBusy, SubscriptionNotFound
from cloud.subscriptions.models import Subscription

_TRIES = 5


async def lock(session: AsyncSession, subscription_id: int) -> Subscription:
    """Return a subscription locked and fresh, after the order that waits for its money.

    Raises SubscriptionNotFound; SubscriptionBusy when it was billed again and again meanwhile.
    """
    for _ in range(_TRIES):
        order_id = await repository.open_order_id(session, subscription_id)
        if order_id is not None:
            await orders.lock(session, order_id)
        savepoint = await session.begin_nested()
        found = await repository.fetch_locked(session, subscription_id)
        if found is None:
            await savepoint.rollback()
            raise SubscriptionNotFound
        if await repository.open_order_id(session, subscription_id) in (None, order_id):
            await savepoint.commit()
            return found
        # It was billed while we waited: let go of it, and take that order first.
        await savepoint.rollback()
    raise SubscriptionBusy


async def lock_own(session: AsyncSession, subscription_id: int, user_id: int) -> Subscription:
    """Return a member's subscription as `lock` does; SubscriptionNotFound if it is not theirs."""
    known = await repository.fetch(session, subscription_id)
    if known is None or known.user_id != user_id:
        raise SubscriptionNotFound
    return await lock(session, subscription_id)
