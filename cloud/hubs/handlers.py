"""What hubs do at news of accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed
from cloud.foundation.events import Handler
from cloud.hubs import service


async def on_account_reclaimed(session: AsyncSession, event: AccountReclaimed) -> None:
    """Part the account from the homes of whoever held it before."""
    await service.leave_homes(session, event.user_id, event.at)


HANDLERS: Mapping[type, Handler] = {AccountReclaimed: on_account_reclaimed}
