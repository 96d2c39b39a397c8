"""What orders do at news of accounts."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import EmailVerified, SessionOpened
from cloud.foundation.events import Handler
from cloud.orders import service


async def on_email_verified(session: AsyncSession, event: EmailVerified) -> None:
    """Give the account what its owner ordered as a guest."""
    await service.claim_guest_orders(session, event.user_id, event.email, event.at)


async def on_session_opened(session: AsyncSession, event: SessionOpened) -> None:
    """Give somebody who signs in what they ordered as a guest since, if the address is theirs."""
    if event.is_email_proven:
        await service.claim_guest_orders(session, event.user_id, event.email, event.at)


HANDLERS: Mapping[type, Handler] = {
    EmailVerified: on_email_verified,
    SessionOpened: on_session_opened,
}
