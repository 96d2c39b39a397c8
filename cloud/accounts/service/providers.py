"""Signing in by a provider's word, and the rules of linking that let nobody take an account over.

An address of e-mail that the provider vouches for opens an account of ours only if we have had the
same proof ourselves. Without it somebody could have made the account in another's name and be
waiting for its owner; and staff accounts are linked by nobody's word but their owner's.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import identity_rows
from cloud.accounts.errors import (
    EmailUnproven,
    IdentityTaken,
    LastWayIn,
    NothingLinked,
    ProveFirst,
    ProviderRefused,
)
from cloud.accounts.kinds import Provider
from cloud.accounts.models import Identity, SignInAttempt, User
from cloud.accounts.openid import OpenIdProvider, Vouched
from cloud.accounts.service.desk import Desk, SignedInNow
from cloud.accounts.service.notices import Change, tell
from cloud.accounts.service.sessions import Visitor
from cloud.accounts.service.users import PER_ADDRESS
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from cloud.foundation.sealing import Sealer
from cloud.foundation.secrets import digest, mint_token, same
from cloud.foundation.words import spoken

# Long enough to find a forgotten password at the provider.
_WAY_THERE_AND_BACK = timedelta(minutes=15)


class Verdict(StrEnum):
    """What becomes of somebody whom the provider vouches for."""

    ENTER = "ENTER"
    LINK = "LINK"
    MAKE = "MAKE"
    PROVE_FIRST = "PROVE_FIRST"
    UNPROVEN = "UNPROVEN"


def judge(vouched: Vouched, *, is_linked: bool, holder: User | None) -> Verdict:
    """Return what becomes of somebody; `holder` is our account of the same address, if any."""
    if is_linked:
        return Verdict.ENTER
    if not vouched.email or not vouched.is_email_verified:
        return Verdict.UNPROVEN
    if holder is None:
        return Verdict.MAKE
    if holder.email_verified_at is None or holder.role.is_staff:
        return Verdict.PROVE_FIRST
    return Verdict.LINK


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and what it must bring back in a cookie."""

    address: str
    state: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of it. `opened` is None after linking: the person was signed in before."""

    opened: SignedInNow | None
    onward: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who wants to come in, where they want to go, and what they came with."""

    visitor: Visitor
    onward: str
    replaced: str | None
    invitation: str


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """Where people come in from a provider. Opens units of work itself: it waits for others."""

    desk: Desk
    provider: OpenIdProvider
    sealer: Sealer
    database: Database
    clock: Clock

    async def begin(self, visitor: Visitor, onward: str, *, user_id: int | None = None) -> Begun:
        """Send somebody on the way; `user_id` is who wants to link. ProviderSilent."""
        await self.desk.limiter.count(f"provider-from:{visitor.address}", PER_ADDRESS)
        state, nonce, verifier = mint_token(), mint_token(), mint_token()
        address = await self.provider.address(state=state, nonce=nonce, verifier=verifier)
        async with self.database.unit_of_work() as session:
            session.add(
                SignInAttempt(
                    state_digest=digest(state),
                    provider=Provider.GOOGLE,
                    nonce=nonce,
                    verifier=self.sealer.seal(verifier),
                    onward=onward,
                    user_id=user_id,
                    expires_at=self.clock.now() + _WAY_THERE_AND_BACK,
                )
            )
        return Begun(address, state)

    async def finish(
        self,
        visitor: Visitor,
        *,
        state: str,
        kept_state: str,
        code: str,
        replaced: str | None,
        user_id: int | None,
        invitation: str = "",
    ) -> Arrived:
        """Let somebody in who came back, or link the provider to who is signed in (`user_id`).

        `kept_state` is the browser's own half: a state of another browser is worth nothing.
        `invitation` is by whose somebody new comes; it is told on as it is.
        Raises what makes it impossible; the attempt is over either way.
        """
        await self.desk.limiter.count(f"provider-from:{visitor.address}", PER_ADDRESS)
        attempt = await self._take(state, kept_state)
        vouched = await self.provider.redeem(
            code=code, verifier=self.sealer.open(attempt.verifier), nonce=attempt.nonce
        )
        async with self.database.unit_of_work() as session:
            await identity_rows.hold_subject(session, attempt.provider, vouched.subject)
            if attempt.user_id is None:
                asked = _Asked(visitor, attempt.onward, replaced, invitation)
                return await self._enter(session, vouched, asked)
            if attempt.user_id != user_id:
                raise ProviderRefused("you are signed in as somebody else now")
            await self._link_own(session, attempt.user_id, vouched)
        return Arrived(None, attempt.onward)

    async def unlink(self, session: AsyncSession, user_id: int) -> None:
        """Unlink the provider; LastWayIn if there is no password to come in by."""
        user = await identity_rows.lock_user(session, user_id)
        linked = await identity_rows.list_identities(session, user_id)
        if user is None or not linked:
            raise NothingLinked
        if user.password_hash is None:
            raise LastWayIn
        await identity_rows.delete_identities(session, user_id)
        await tell(session, user, Change.UNLINKED, self.clock.now())

    async def _take(self, state: str, kept_state: str) -> SignInAttempt:
        if not state or not same(state, kept_state):
            raise ProviderRefused("it was not begun in this browser")
        async with self.database.unit_of_work() as session:
            attempt = await identity_rows.take_attempt(session, digest(state), self.clock.now())
        if attempt is None:
            raise ProviderRefused("it is over already")
        return attempt

    async def _enter(
        self,
        session: AsyncSession,
        vouched: Vouched,
        asked: _Asked,
    ) -> Arrived:
        identity = await identity_rows.find_identity(session, Provider.GOOGLE, vouched.subject)
        holder = await self._holder(session, vouched) if identity is None else None
        verdict = judge(vouched, is_linked=identity is not None, holder=holder)
        if verdict is Verdict.UNPROVEN:
            raise EmailUnproven
        if verdict is Verdict.PROVE_FIRST:
            raise ProveFirst(vouched.email)
        if identity is not None:
            user = await self.desk.users.get(session, identity.user_id)
            self._fill(identity, vouched)
        elif holder is not None:
            user = holder
            await self._link(session, user, vouched)
            await tell(session, user, Change.LINKED, self.clock.now())
        else:
            user = await self._make(session, vouched, asked)
        opened = await self.desk.open(session, user, asked.visitor, asked.replaced)
        return Arrived(opened, asked.onward, is_new=verdict is Verdict.MAKE)

    async def _holder(self, session: AsyncSession, vouched: Vouched) -> User | None:
        if not vouched.email:
            return None
        return await identity_rows.lock_user_by_email(session, vouched.email)

    async def _make(self, session: AsyncSession, vouched: Vouched, asked: _Asked) -> User:
        user = await self.desk.users.create(
            session,
            email=vouched.email,
            name=vouched.name,
            role=Role.CUSTOMER,
            language=spoken(asked.visitor.language),
            invitation=asked.invitation,
        )
        await self.desk.users.verify_email(session, user, user.email)
        await self._link(session, user, vouched)
        return user

    async def _link_own(self, session: AsyncSession, user_id: int, vouched: Vouched) -> None:
        user = await identity_rows.lock_user(session, user_id)
        found = await identity_rows.find_identity(session, Provider.GOOGLE, vouched.subject)
        if user is None or (found is not None and found.user_id != user_id):
            raise IdentityTaken
        if found is not None:
            self._fill(found, vouched)
            return
        await self._link(session, user, vouched)
        await tell(session, user, Change.LINKED, self.clock.now())

    async def _link(self, session: AsyncSession, user: User, vouched: Vouched) -> None:
        # Nobody else adds one: the account's row is locked, or was made in this transaction.
        if await identity_rows.list_identities(session, user.id):
            raise IdentityTaken
        identity = Identity(user_id=user.id, provider=Provider.GOOGLE, subject=vouched.subject)
        self._fill(identity, vouched)
        session.add(identity)
        await session.flush()

    def _fill(self, identity: Identity, vouched: Vouched) -> None:
        identity.email = vouched.email
        identity.scope = vouched.scope
        identity.access_token = self._sealed(vouched.access_token)
        # A provider sends it with the first consent only.
        identity.refresh_token = self._sealed(vouched.refresh_token) or identity.refresh_token
        identity.id_token = self._sealed(vouched.id_token)
        identity.token_expires_at = vouched.expires_at
        identity.used_at = self.clock.now()

    def _sealed(self, token: str | None) -> bytes | None:
        return None if token is None else self.sealer.seal(token)
