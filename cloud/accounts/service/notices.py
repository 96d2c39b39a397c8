"""Telling the owner of an account what changed about it, at the address they had before."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import ProfileUpdated
from cloud.accounts.models import User
from cloud.foundation.events import emit
from cloud.foundation.jobs import defer

# The name stands here and not in jobs.py, which is a layer above.
MAIL_ERASED = "accounts.mail_erased"


class Change(StrEnum):
    """What changed."""

    NAME = "NAME"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a change
    EMAIL = "EMAIL"
    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    NEW_DEVICE = "NEW_DEVICE"


async def tell(
    session: AsyncSession,
    user: User,
    change: Change,
    now: datetime,
    *,
    email: str | None = None,
    device: str = "",
) -> None:
    """Emit ProfileUpdated: the owner hears of it at `email` or else the account's address."""
    reached, language = email or user.email, user.language or ""
    await emit(session, ProfileUpdated(user.id, reached, language, change.value, now, device))


async def say_goodbye(session: AsyncSession, user: User) -> None:
    """Have the person of an account that is about to be forgotten mailed, a last time.

    The mail is a job of its own: news that stood in the account would be forgotten with it.
    """
    await defer(
        session, MAIL_ERASED, email=user.email, name=user.name, language=user.language or ""
    )
