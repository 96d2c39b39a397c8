"""Live sessions: opened by a sign-in, ended by signing out, by age, or by their owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.accounts import repository
from cloud.accounts.models import User, UserSession
from cloud.foundation.clock import Clock
from cloud.foundation.identity import SignedIn
from cloud.foundation.rate_limits import Rate, RateLimiter
from cloud.foundation.secrets import digest, mint_token

# A shop visit is convenient for a month; the staff area is worth a daily sign-in.
LIFETIME = timedelta(days=30)
STAFF_LIFETIME = timedelta(hours=12)
PER_TOKEN = Rate(600, timedelta(minutes=1))
_IDLE = timedelta(days=14)
_SEEN_STEP = timedelta(minutes=5)
_LONGEST_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whence a request comes: what its owner recognises in the list of sessions.

    `language` is what the visit wishes (`wished_language`); "" for no wish. `mark` is the secret
    by which the device is known again; "" for one that keeps none.
    """

    device: str
    address: str
    language: str = ""
    mark: str = ""


class SessionAuthenticator:
    """Finds the person behind a session token; the web layer's Authenticator."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def whose(self, connection: AsyncConnection, token: str) -> SignedIn | None:
        """Return the person behind a session token; None when unknown, expired or ended."""
        now = self._clock.now()
        found = await repository.find_signed_in(connection, digest(token), now, now - _IDLE)
        if found is None:
            return None
        person, seen_at = found
        if now - seen_at > _SEEN_STEP:
            await repository.mark_seen(connection, person.session_id, now)
        return person


class TokenAuthenticator:
    """Finds the person behind an API token; the web layer's KeyAuthenticator."""

    def __init__(self, clock: Clock, limiter: RateLimiter) -> None:
        self._clock = clock
        self._limiter = limiter

    async def whose(self, connection: AsyncConnection, token: str) -> SignedIn | None:
        """Return the owner with what the token may do; None when unknown, expired or revoked.

        TooManyRequests above 600 requests a minute.
        """
        now = self._clock.now()
        found = await repository.find_key_holder(connection, digest(token), now)
        if found is None:
            return None
        person, used_at = found
        await self._limiter.count(f"api-token:{person.token_id}", PER_TOKEN)
        if used_at is None or now - used_at > _SEEN_STEP:
            await repository.mark_key_used(connection, person.token_id or 0, now)
        return person


class Sessions:
    """Opens, lists and ends sessions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def open(
        self, session: AsyncSession, user: User, visitor: Visitor, *, replaced: str | None
    ) -> str:
        """Start a session for somebody who just proved who they are; return its new token.

        The token that the browser sent along (`replaced`) ends, so that a token planted before
        the sign-in is worth nothing after it.
        """
        if replaced is not None:
            await repository.delete_session(session, digest(replaced))
        token = mint_token()
        now = self._clock.now()
        session.add(
            UserSession(
                user_id=user.id,
                token_digest=digest(token),
                signed_in_at=now,
                seen_at=now,
                expires_at=now + (STAFF_LIFETIME if user.role.is_staff else LIFETIME),
                device=visitor.device[:_LONGEST_DEVICE],
                address=visitor.address,
            )
        )
        await session.flush()
        return token

    async def close(self, session: AsyncSession, token: str) -> None:
        """End the session of a token; nothing happens when it is over already."""
        await repository.delete_session(session, digest(token))

    async def close_one(self, session: AsyncSession, user_id: int, session_id: int) -> None:
        """End one of a person's own sessions; nothing happens when it is over already."""
        await repository.delete_sessions(session, user_id, only=session_id)

    async def close_others(self, session: AsyncSession, user_id: int, kept: int | None) -> int:
        """End all of a person's sessions but one (or all of them); return how many."""
        return await repository.delete_sessions(session, user_id, except_id=kept)

    async def list(self, session: AsyncSession, user_id: int) -> Sequence[UserSession]:
        """Return a person's live sessions, newest sign-in first."""
        return await repository.list_sessions(session, user_id, self._clock.now())
