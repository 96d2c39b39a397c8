"""What wishlists do at news of accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed
from cloud.foundation.events import Handler
from cloud.wishlists import repository


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Forget what whoever held the account before wished for."""
    await repository.forget_of(session, event.user_id)


HANDLERS: Mapping[type, Handler] = {AccountReclaimed: on_account_reclaimed}
