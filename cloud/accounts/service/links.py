"""One-time links: stored as a digest, spent by one caller, useless after their time."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.errors import LinkSpent
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import OneTimeLink
from cloud.foundation.clock import Clock
from cloud.foundation.secrets import digest, mint_token

LIFETIMES = {
    LinkPurpose.FIRST_ADMIN: timedelta(minutes=30),
    LinkPurpose.SIGN_IN: timedelta(minutes=30),
    LinkPurpose.RESET_PASSWORD: timedelta(hours=1),
    LinkPurpose.VERIFY_EMAIL: timedelta(days=3),
    LinkPurpose.CHANGE_EMAIL: timedelta(hours=24),
    LinkPurpose.ERASE_ACCOUNT: timedelta(hours=1),
}


class OneTimeLinks:
    """Makes and spends one-time links."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def mint(
        self,
        session: AsyncSession,
        purpose: LinkPurpose,
        *,
        user_id: int | None = None,
        email: str | None = None,
    ) -> str:
        """Return the token of a new link; it is stored nowhere and must never be logged."""
        token = mint_token()
        session.add(
            OneTimeLink(
                purpose=purpose,
                token_digest=digest(token),
                user_id=user_id,
                email=email,
                expires_at=self._clock.now() + LIFETIMES[purpose],
            )
        )
        await session.flush()
        return token

    async def look(self, session: AsyncSession, token: str) -> OneTimeLink:
        """Return the link of a token without spending it; LinkSpent when it is useless."""
        link = await repository.find_link(session, digest(token), self._clock.now())
        if link is None:
            raise LinkSpent
        return link

    async def spend(self, session: AsyncSession, token: str, purpose: LinkPurpose) -> OneTimeLink:
        """Spend a link; LinkSpent for all but the first of callers at once."""
        link = await repository.spend_link(session, digest(token), purpose, self._clock.now())
        if link is None:
            raise LinkSpent
        return link

    async def void(self, session: AsyncSession, user_id: int, purpose: LinkPurpose) -> None:
        """Make a person's unused links of a purpose useless."""
        await repository.void_links(session, user_id, purpose, self._clock.now())
