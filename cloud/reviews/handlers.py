"""What reviews do at news of accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed
from cloud.foundation.events import Handler
from cloud.reviews import repository


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Take away what whoever held the account before wrote in its name, and their votes."""
    await repository.delete_of(session, event.user_id)


HANDLERS: Mapping[type, Handler] = {AccountReclaimed: on_account_reclaimed}
