"""What people change about how they are known and let in; their owner is told of each change."""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import identity_rows, repository
from cloud.accounts.errors import EmailTaken, LinkSpent, RecentSignInNeeded
from cloud.accounts.events import EmailVerified
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import User
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.notices import Change, tell
from cloud.accounts.service.users import PER_ACCOUNT, clean_email
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn

# As for pairing a hub.
FRESH = timedelta(minutes=10)


def is_fresh(user: SignedIn, now: datetime) -> bool:
    """Tell whether somebody proved who they are within the last ten minutes."""
    return now - user.signed_in_at <= FRESH


def require_fresh(user: SignedIn, now: datetime) -> None:
    """Raise RecentSignInNeeded for somebody who has been signed in for longer."""
    if not is_fresh(user, now):
        raise RecentSignInNeeded


async def rename(desk: Desk, session: AsyncSession, user: User, name: str) -> None:
    """Give an account a name; its owner is told if it is another one."""
    before, user.name = user.name, name.strip()
    await session.flush()
    if user.name != before:
        await tell(session, user, Change.NAME, desk.users.now())


async def change_password(
    desk: Desk, session: AsyncSession, me: SignedIn, *, old: str, new: str
) -> User:
    """Set a password and end the account's other sessions.

    Who has a password must know it, however fresh the sign-in; who has none must have signed in
    within ten minutes. Raises WrongCredentials, WeakPassword, RecentSignInNeeded.
    """
    user = await desk.users.get(session, me.user_id)
    if user.password_hash is None:
        require_fresh(me, desk.users.now())
        await desk.users.set_password(session, user, new)
    else:
        await desk.users.change_password(session, user, old=old, new=new)
    await desk.sessions.close_others(session, user.id, me.session_id)
    await desk.links.void(session, user.id, LinkPurpose.RESET_PASSWORD)
    await tell(session, user, Change.PASSWORD, desk.users.now())
    return user


async def ask_new_email(desk: Desk, session: AsyncSession, me: SignedIn, email: str) -> str:
    """Mail a link to an address that is to be the account's; return the address as it is kept.

    Nothing changes before the link is used. Raises RecentSignInNeeded, NotAnEmail, EmailTaken,
    TooManyRequests.
    """
    require_fresh(me, desk.users.now())
    address = clean_email(email)
    await desk.limiter.count(f"new-email:{me.user_id}", PER_ACCOUNT)
    if await desk.users.find_by_email(session, address) is not None:
        raise EmailTaken(address)
    user = await desk.users.get(session, me.user_id)
    await desk.mail_link(session, user, LinkPurpose.CHANGE_EMAIL, email=address)
    return address


async def take_new_email(
    desk: Desk, session: AsyncSession, token: str, *, kept_session: int | None
) -> User:
    """Give an account the address that a link was mailed to; tell the address of before.

    Links that were mailed to the old address become useless and the account's other sessions
    end. Raises LinkSpent, EmailTaken.
    """
    link = await desk.links.spend(session, token, LinkPurpose.CHANGE_EMAIL)
    user = await identity_rows.lock_user(session, link.user_id or 0)
    if user is None or link.email is None:
        raise LinkSpent
    before, now = user.email, desk.users.now()
    try:
        async with session.begin_nested():
            user.email, user.email_verified_at = link.email, now
            await session.flush()
    except IntegrityError as error:
        raise EmailTaken(link.email) from error
    for purpose in LinkPurpose:
        await repository.void_links(session, user.id, purpose, now)
    await desk.sessions.close_others(session, user.id, kept_session)
    await tell(session, user, Change.EMAIL, now, email=before)
    await emit(session, EmailVerified(user.id, user.email, now))
    return user
