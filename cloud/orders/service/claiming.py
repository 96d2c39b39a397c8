"""Orders of guests that turn out to be a member's: whoever reads the address owns them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import repository
from cloud.orders.events import OrderClaimed


async def claim_guest_orders(session: AsyncSession, user_id: int, email: str, now: datetime) -> int:
    """Give a member the orders that guests placed with an address; return how many.

    Emits OrderClaimed for each.

    The caller knows that the member proved to read the address. A second time it finds none.
    """
    claimed = await repository.claim(session, user_id, email)
    for order_id, number in claimed:
        await emit(session, OrderClaimed(order_id, number, user_id, now))
    return len(claimed)
