"""Everything about proving who one is, for the routes and pages that take the proof.

Each method runs in the caller's unit of work and returns the token of a fresh session where
somebody proved who they are.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.errors import EmailTaken
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import User
from cloud.accounts.service.links import OneTimeLinks
from cloud.accounts.service.sessions import Sessions, Visitor
from cloud.accounts.service.users import PER_ACCOUNT, Users, clean_email
from cloud.foundation.identity import Role
from cloud.foundation.jobs import defer
from cloud.foundation.rate_limits import RateLimiter

# The name stands here and not in jobs.py, which is a layer above.
MAIL_LINK = "accounts.mail_link"


@dataclass(frozen=True, slots=True)
class SignedInNow:
    """An account, and the token of the session that was just opened for it."""

    user: User
    token: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people are signed up, in and out."""

    users: Users
    sessions: Sessions
    links: OneTimeLinks
    limiter: RateLimiter

    async def sign_up(
        self,
        session: AsyncSession,
        visitor: Visitor,
        *,
        email: str,
        name: str,
        password: str,
        replaced: str | None,
    ) -> SignedInNow:
        """Make a CUSTOMER account, sign it in, and mail a link that proves the address."""
        user = await self.users.sign_up(
            session, email=email, name=name, password=password, address=visitor.address
        )
        await self.mail_link(session, user, LinkPurpose.VERIFY_EMAIL)
        return await self._open(session, user, visitor, replaced)

    async def sign_in(
        self,
        session: AsyncSession,
        visitor: Visitor,
        *,
        email: str,
        password: str,
        replaced: str | None,
    ) -> SignedInNow:
        """Sign somebody in by password."""
        user_id = await self.users.prove(email=email, password=password, address=visitor.address)
        user = await self.users.get(session, user_id)
        return await self._open(session, user, visitor, replaced)

    async def sign_in_by_link(
        self, session: AsyncSession, visitor: Visitor, *, token: str, replaced: str | None
    ) -> SignedInNow:
        """Sign somebody in by a one-time link, which also proves the address it was mailed to."""
        link = await self.links.spend(session, token, LinkPurpose.SIGN_IN)
        user = await self._owner(session, link.user_id)
        if link.email is not None:
            await self.users.verify_email(session, user, link.email)
        return await self._open(session, user, visitor, replaced)

    async def make_first_admin(
        self,
        session: AsyncSession,
        visitor: Visitor,
        *,
        token: str,
        email: str,
        name: str,
        password: str,
        replaced: str | None,
    ) -> SignedInNow:
        """Make an ADMIN account by a one-time link and sign it in.

        If the address has an account, its password must be the one given: then it becomes ADMIN.
        """
        user = await self._admin_account(session, email, name, password, visitor)
        await self.links.spend(session, token, LinkPurpose.FIRST_ADMIN)
        return await self._open(session, user, visitor, replaced)

    async def reset_password(self, session: AsyncSession, *, token: str, password: str) -> User:
        """Set a new password by a mailed link, and end all sessions of the account."""
        link = await self.links.spend(session, token, LinkPurpose.RESET_PASSWORD)
        user = await self._owner(session, link.user_id)
        await self.users.set_password(session, user, password)
        await self.users.verify_email(session, user, link.email or "")
        await self.sessions.close_others(session, user.id, None)
        return user

    async def verify_email(self, session: AsyncSession, *, token: str) -> User:
        """Note, by a mailed link, that an account's address is read by its owner."""
        link = await self.links.spend(session, token, LinkPurpose.VERIFY_EMAIL)
        user = await self._owner(session, link.user_id)
        await self.users.verify_email(session, user, link.email or "")
        return user

    async def forgot_password(self, session: AsyncSession, email: str) -> None:
        """Mail a link to set a new password, if the address has an account; never tells whether.

        Five mails per address in a quarter of an hour, then TooManyRequests.
        """
        address = clean_email(email)
        await self.limiter.count(f"forgot:{address}", PER_ACCOUNT)
        user = await self.users.find_by_email(session, address)
        if user is not None:
            await self.mail_link(session, user, LinkPurpose.RESET_PASSWORD)

    async def mail_link(self, session: AsyncSession, user: User, purpose: LinkPurpose) -> None:
        """Have the worker mail a fresh link; a mail that waits already is enough."""
        await defer(
            session,
            MAIL_LINK,
            queueing_lock=f"{MAIL_LINK}:{user.id}:{purpose}",
            user_id=user.id,
            purpose=purpose.value,
        )

    async def _open(
        self, session: AsyncSession, user: User, visitor: Visitor, replaced: str | None
    ) -> SignedInNow:
        token = await self.sessions.open(session, user, visitor, replaced=replaced)
        return SignedInNow(user, token)

    async def _admin_account(
        self, session: AsyncSession, email: str, name: str, password: str, visitor: Visitor
    ) -> User:
        try:
            user = await self.users.sign_up(
                session, email=email, name=name, password=password, address=visitor.address
            )
            user_id = user.id
        except EmailTaken:
            user_id = await self.users.prove(
                email=email, password=password, address=visitor.address
            )
        return await self.users.set_role(session, user_id, Role.ADMIN)

    async def _owner(self, session: AsyncSession, user_id: int | None) -> User:
        # A link without an owner is FIRST_ADMIN by a CHECK of its table.
        return await self.users.get(session, user_id or 0)
