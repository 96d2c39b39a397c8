"""API tokens of staff: made, listed, revoked by their owner. The secret is shown once."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.right_errors import TokenNotFound, TooManyTokens
from cloud.accounts.right_rows import ApiToken
from cloud.accounts.right_schemas import TokenWish
from cloud.accounts.service.roles import named_permits, require_held
from cloud.foundation import audit
from cloud.foundation.clock import Clock
from cloud.foundation.identity import SignedIn
from cloud.foundation.secrets import digest, mint_token
from cloud.foundation.web.signed_in import KEY_PREFIX

MOST = 20
_SUBJECT = "tokens"


class ApiTokens:
    """Keeps the API tokens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def make(
        self, session: AsyncSession, staff: SignedIn, wish: TokenWish
    ) -> tuple[ApiToken, str]:
        """Return a new token and its secret; BeyondOwn, PermitUnknown, TooManyTokens."""
        scopes = named_permits(wish.scopes)
        require_held(staff, scopes)
        now = self._clock.now()
        live = select(func.count()).where(
            ApiToken.user_id == staff.user_id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now,
        )
        if (await session.scalar(live) or 0) >= MOST:
            raise TooManyTokens(MOST)
        secret = KEY_PREFIX + mint_token()
        token = ApiToken(
            user_id=staff.user_id,
            name=wish.name,
            token_digest=digest(secret),
            scopes=sorted(str(permit) for permit in scopes),
            expires_at=now + timedelta(days=wish.days),
        )
        session.add(token)
        await session.flush()
        said = {"name": token.name, "scopes": token.scopes, "days": wish.days}
        await audit.note(session, staff, "create", _SUBJECT, token.id, after=said)
        return token, secret

    async def list(self, session: AsyncSession, user_id: int) -> Sequence[ApiToken]:
        """Return somebody's tokens, newest first, those that are over too."""
        found = await session.scalars(
            select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
        )
        return found.all()

    async def revoke(self, session: AsyncSession, staff: SignedIn, token_id: int) -> None:
        """Make one of one's own tokens worth nothing from its next request on; TokenNotFound."""
        token = await session.scalar(
            select(ApiToken)
            .where(ApiToken.id == token_id, ApiToken.user_id == staff.user_id)
            .with_for_update()
        )
        if token is None:
            raise TokenNotFound(token_id)
        if token.revoked_at is not None:
            return
        token.revoked_at = self._clock.now()
        await session.flush()
        await audit.note(session, staff, "revoke", _SUBJECT, token_id, before={"name": token.name})
