"""Everything about proving who one is, for the routes and pages that take the proof.

Each method runs in the caller's unit of work and returns the token of a fresh session where
somebody proved who they are.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import device_rows, identity_rows, repository
from cloud.accounts.errors import AccountBlocked, EmailTaken
from cloud.accounts.events import AccountReclaimed, PasswordResetAsked, SessionOpened
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import User
from cloud.accounts.service.links import OneTimeLinks
from cloud.accounts.service.notices import Change, tell
from cloud.accounts.service.sessions import Sessions, Visitor
from cloud.accounts.service.users import PER_ACCOUNT, Users, clean_email
from cloud.foundation.events import emit
from cloud.foundation.identity import Role
from cloud.foundation.jobs import defer
from cloud.foundation.rate_limits import RateLimiter
from cloud.foundation.secrets import digest
from cloud.foundation.words import spoken

# The name stands here and not in jobs.py, which is a layer above.
MAIL_LINK = "accounts.mail_link"
_LONGEST_DEVICE = 200


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
        invitation: str = "",
    ) -> SignedInNow:
        """Make a CUSTOMER account, sign it in, and mail a link that proves the address."""
        user = await self.users.sign_up(
            session,
            email=email,
            name=name,
            password=password,
            address=visitor.address,
            language=spoken(visitor.language),
            invitation=invitation,
        )
        await self.mail_link(session, user, LinkPurpose.VERIFY_EMAIL)
        return await self.open(session, user, visitor, replaced)

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
        return await self.open(session, user, visitor, replaced)

    async def sign_in_by_link(
        self, session: AsyncSession, visitor: Visitor, *, token: str, replaced: str | None
    ) -> SignedInNow:
        """Sign somebody in by a one-time link, which also proves the address it was mailed to."""
        link = await self.links.spend(session, token, LinkPurpose.SIGN_IN)
        user = await self._owner(session, link.user_id)
        if link.email is not None:
            await self._prove_address(session, user, link.email)
        return await self.open(session, user, visitor, replaced)

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
        return await self.open(session, user, visitor, replaced)

    async def reset_password(self, session: AsyncSession, *, token: str, password: str) -> User:
        """Set a new password by a mailed link, and end all sessions of the account."""
        link = await self.links.spend(session, token, LinkPurpose.RESET_PASSWORD)
        user = await self._owner(session, link.user_id)
        await self._prove_address(session, user, link.email or "")
        await self.users.set_password(session, user, password)
        await self.sessions.close_others(session, user.id, None)
        await self.links.void(session, user.id, LinkPurpose.CHANGE_EMAIL)
        await tell(session, user, Change.PASSWORD, self.users.now())
        return user

    async def verify_email(
        self, session: AsyncSession, *, token: str, signed_in: int | None, password: str = ""
    ) -> bool:
        """Note, by a mailed link, that an account's address is read by its owner.

        Whoever is not signed in to it (`signed_in` is their account's id) and gives no password
        may not be the one who made it: then its password, sessions and linked providers end, and
        the answer is False. A password that is wrong raises WrongCredentials.
        """
        link = await self.links.spend(session, token, LinkPurpose.VERIFY_EMAIL)
        user = await self._owner(session, link.user_id)
        if password:
            await self.users.require_password(user, password)
        if password or user.id == signed_in:
            await self.users.verify_email(session, user, link.email or "")
            return True
        return not await self._prove_address(session, user, link.email or "")

    async def choose_password_link(self, session: AsyncSession, user_id: int) -> str:
        """Return the token of a fresh link to choose a password, for who just proved the address.

        It must not leave the browser it is made for.
        """
        user = await self.users.get(session, user_id)
        return await self.links.mint(
            session, LinkPurpose.RESET_PASSWORD, user_id=user.id, email=user.email
        )

    async def forgot_password(self, session: AsyncSession, email: str, language: str) -> None:
        """Mail a link to set a new password, if the address has an account; never tells whether.

        `language` is what the visit wishes, for an account that has none. Five mails
        per address in a quarter of an hour, then TooManyRequests.
        """
        address = clean_email(email)
        await self.limiter.count(f"forgot:{address}", PER_ACCOUNT)
        user = await self.users.find_by_email(session, address)
        if user is not None:
            await self.mail_link(session, user, LinkPurpose.RESET_PASSWORD, language=language)
            asked = PasswordResetAsked(user.id, user.email, self.users.now())
            await emit(session, asked)

    async def mail_link(
        self,
        session: AsyncSession,
        user: User,
        purpose: LinkPurpose,
        *,
        email: str = "",
        language: str = "",
    ) -> None:
        """Have the worker mail a fresh link; a mail that waits already is enough.

        It goes to the account's address, or to `email`, which is to become it; in the account's
        language, or else what the visit wishes (`language`), or else the shop's.
        """
        await defer(
            session,
            MAIL_LINK,
            queueing_lock=f"{MAIL_LINK}:{user.id}:{purpose}:{email}",
            user_id=user.id,
            purpose=purpose.value,
            email=email,
            language=language,
        )

    async def mail_verification(self, session: AsyncSession, user: User) -> None:
        """Mail the link that proves the address once more, if it is not proven yet."""
        if user.email_verified_at is None:
            await self.limiter.count(f"verify:{user.id}", PER_ACCOUNT)
            await self.mail_link(session, user, LinkPurpose.VERIFY_EMAIL)

    async def open(
        self, session: AsyncSession, user: User, visitor: Visitor, replaced: str | None
    ) -> SignedInNow:
        """Sign in somebody who just proved who they are, and emit SessionOpened.

        An account that has no language yet takes that of the visit, so that mails speak it too.
        Its owner is told of a device that it was never opened on.
        """
        user.language = user.language or spoken(visitor.language)
        if user.blocked_at is not None:
            raise AccountBlocked
        token = await self.sessions.open(session, user, visitor, replaced=replaced)
        is_proven = user.email_verified_at is not None
        if visitor.mark and await device_rows.note_device(session, user.id, digest(visitor.mark)):
            device = visitor.device[:_LONGEST_DEVICE]
            await tell(session, user, Change.NEW_DEVICE, self.users.now(), device=device)
        await emit(session, SessionOpened(user.id, user.email, is_proven, self.users.now()))
        return SignedInNow(user, token)

    async def _prove_address(self, session: AsyncSession, user: User, proven: str) -> bool:
        """Note that an address is read by its owner, who may not be who made the account.

        The first such proof ends everything that could be another's way in, or lead parcels
        to them; tells whether it was the first.
        """
        if user.email.lower() != proven.lower() or user.email_verified_at is not None:
            return False
        user.password_hash = None
        await self.sessions.close_others(session, user.id, None)
        await identity_rows.disown(session, user.id, self.users.now())
        await repository.delete_addresses(session, user.id)
        await device_rows.forget_devices(session, user.id)
        for purpose in LinkPurpose:
            await self.links.void(session, user.id, purpose)
        await emit(session, AccountReclaimed(user.id, self.users.now()))
        await self.users.verify_email(session, user, proven)
        return True

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
