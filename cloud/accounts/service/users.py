"""Accounts: made, signed in to, changed."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository
from cloud.accounts.errors import (
    EmailTaken,
    LanguageUnknown,
    LastAdmin,
    NotAnEmail,
    UserNotFound,
    WrongCredentials,
)
from cloud.accounts.events import EmailVerified, UserSignedUp
from cloud.accounts.models import User
from cloud.accounts.service.passwords import Passwords, require_strong
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import emit
from cloud.foundation.identity import Role
from cloud.foundation.rate_limits import Rate, RateLimiter
from cloud.foundation.words import spoken

# Enough for a person who mistypes, far too few for one who guesses.
PER_ACCOUNT = Rate(5, timedelta(minutes=15))
PER_ADDRESS = Rate(30, timedelta(minutes=15))
SIGN_UPS_PER_ADDRESS = Rate(10, timedelta(hours=1))
# Deliberately loose: the proof of an address is that a mail sent there is read.
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.?[^@\s.\x00-\x1f]+")
_LONGEST_EMAIL = 254


class Users:
    """Makes, finds and changes accounts."""

    def __init__(
        self, clock: Clock, database: Database, passwords: Passwords, limiter: RateLimiter
    ) -> None:
        self._clock = clock
        self._database = database
        self._passwords = passwords
        self._limiter = limiter

    def now(self) -> datetime:
        """Return the moment it is."""
        return self._clock.now()

    async def sign_up(
        self,
        session: AsyncSession,
        *,
        email: str,
        name: str,
        password: str,
        address: str,
        language: str | None = None,
        invitation: str = "",
    ) -> User:
        """Make a CUSTOMER account and emit UserSignedUp.

        `address` is the caller's network address, for the limit of ten accounts an hour.
        `invitation` is told on as it is; a wrong one keeps nobody out.
        Raises NotAnEmail, WeakPassword, EmailTaken, TooManyRequests.
        """
        email = clean_email(email)
        require_strong(password, email)
        await self._limiter.count(f"sign-up-from:{address}", SIGN_UPS_PER_ADDRESS)
        hashed = await self._passwords.hash(password)
        return await self.create(
            session,
            email=email,
            name=name,
            role=Role.CUSTOMER,
            password_hash=hashed,
            language=language,
            invitation=invitation,
        )

    async def create(
        self,
        session: AsyncSession,
        *,
        email: str,
        name: str,
        role: Role,
        password_hash: str | None = None,
        language: str | None = None,
        invitation: str = "",
    ) -> User:
        """Make an account and emit UserSignedUp; EmailTaken when the address has one."""
        user = User(
            email=clean_email(email),
            name=name.strip(),
            role=role,
            password_hash=password_hash,
            language=language,
        )
        try:
            async with session.begin_nested():
                session.add(user)
        except IntegrityError as error:
            raise EmailTaken(email) from error
        now = self._clock.now()
        await emit(session, UserSignedUp(user.id, user.email, user.name, now, invitation))
        return user

    async def prove(self, *, email: str, password: str, address: str) -> int:
        """Return the id of the account that e-mail and password belong to.

        Five tries per account and thirty per network address in a quarter of an hour, then
        TooManyRequests; WrongCredentials for everything that does not fit. No connection to the
        database is held while the password is hashed: a burst of sign-ins must not take the
        connections of everybody else.
        """
        email = clean_email(email)
        key = f"sign-in:{email}"
        await self._limiter.count(f"sign-in-from:{address}", PER_ADDRESS)
        await self._limiter.count(key, PER_ACCOUNT)
        async with self._database.reading() as connection:
            user_id, stored = await repository.find_hash(connection, email)
        is_right, fresh = await self._passwords.check(password, stored)
        if user_id is None or not is_right:
            raise WrongCredentials
        if fresh is not None:
            async with self._database.reading() as connection:
                await repository.replace_hash(connection, user_id, stored or "", fresh)
        await self._limiter.forget(key)
        return user_id

    async def get(self, session: AsyncSession, user_id: int) -> User:
        """Return an account; UserNotFound."""
        user = await repository.find_user(session, user_id)
        if user is None:
            raise UserNotFound(user_id)
        return user

    async def find_by_email(self, session: AsyncSession, email: str) -> User | None:
        """Return the account of an e-mail address, whatever the case."""
        return await repository.find_user_by_email(session, clean_email(email))

    async def list(
        self, session: AsyncSession, *, matching: str = "", after: int = 0, limit: int = 50
    ) -> Sequence[User]:
        """Return accounts by id above `after` whose e-mail or name contains `matching`."""
        return await repository.list_users(session, matching=matching, after=after, limit=limit)

    async def set_password(self, session: AsyncSession, user: User, password: str) -> None:
        """Give an account a new password; WeakPassword. Its sessions are the caller's to end."""
        require_strong(password, user.email)
        user.password_hash = await self._passwords.hash(password)
        await session.flush()

    async def change_password(
        self, session: AsyncSession, user: User, *, old: str, new: str
    ) -> None:
        """Replace a password by somebody who knows it; WrongCredentials, WeakPassword."""
        await self.require_password(user, old)
        await self.set_password(session, user, new)

    async def require_password(self, user: User, password: str) -> None:
        """Raise WrongCredentials unless it is the account's password; five tries, then a pause."""
        await self._limiter.count(f"sign-in:{user.email}", PER_ACCOUNT)
        is_right, _ = await self._passwords.check(password, user.password_hash)
        if not is_right:
            raise WrongCredentials
        await self._limiter.forget(f"sign-in:{user.email}")

    async def speak(self, session: AsyncSession, user: User, language: str) -> None:
        """Note the language that an account's owner is spoken to in; raises LanguageUnknown."""
        if spoken(language) != language:
            raise LanguageUnknown
        user.language = language
        await session.flush()

    async def verify_email(self, session: AsyncSession, user: User, proven: str) -> None:
        """Note that the address a link was sent to is read by the account's owner.

        Nothing happens if the account has another address by now, or proved it before.
        """
        if user.email.lower() != proven.lower() or user.email_verified_at is not None:
            return
        now = self._clock.now()
        user.email_verified_at = now
        await emit(session, EmailVerified(user.id, user.email, now))

    async def set_role(self, session: AsyncSession, user_id: int, role: Role) -> User:
        """Give an account a role, effective with its next request; LastAdmin, UserNotFound.

        All ADMINs are locked first: of two who demote each other at once, one is refused.
        """
        admins = await repository.lock_admins(session)
        user = await self.get(session, user_id)
        if role is not Role.ADMIN and list(admins) == [user_id]:
            raise LastAdmin
        user.role = role
        user.role_definition_id = None
        await session.flush()
        return user


def clean_email(email: str) -> str:
    """Return an address without surrounding blanks and in lower case; NotAnEmail."""
    cleaned = email.strip().lower()
    if len(cleaned) > _LONGEST_EMAIL or _EMAIL.fullmatch(cleaned) is None:
        raise NotAnEmail
    return cleaned
