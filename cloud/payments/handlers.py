"""What payments do at news of accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import AccountReclaimed, PersonErased
from cloud.foundation.events import Handler
from cloud.payments import service


async def on_person_gone(session: AsyncSession, event: AccountReclaimed | PersonErased) -> None:
    """Forget cards and customer: their person is gone, or was somebody else all along."""
    await service.forget_customer(session, event.user_id, event.at)


HANDLERS: Mapping[type, Handler] = {
    AccountReclaimed: on_person_gone,
    PersonErased: on_person_gone,
}
