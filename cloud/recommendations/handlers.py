"""What the quiz and suggestions do at news of orders and accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed
from cloud.foundation.events import Handler
from cloud.orders import service as orders
from cloud.orders.events import OrderClaimed, OrderPaid
from cloud.recommendations.repository import learning, runs
from cloud.recommendations.service import consent


async def on_bought(session: AsyncSession, event: OrderPaid | OrderClaimed) -> None:
    """Have the buyer's suggestions worked out anew."""
    order = await orders.lock(session, event.order_id)
    if order.user_id is not None and order.paid_at is not None:
        await learning.ask(session, order.user_id, event.at)


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Forget what whoever held the account before let us learn, and what they told the quiz."""
    await runs.drop_of(session, event.user_id)
    await consent.withdraw(session, event.user_id, event.at)


HANDLERS: Mapping[type, Handler] = {
    OrderPaid: on_bought,
    OrderClaimed: on_bought,
    AccountReclaimed: on_account_reclaimed,
}
