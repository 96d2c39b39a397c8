"""The queries about providers: who is linked, and who is on the way there and back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.kinds import Provider
from cloud.accounts.models import DataExport, Identity, SignInAttempt, User
from cloud.accounts.right_rows import ApiToken


async def hold_subject(session: AsyncSession, provider: Provider, subject: str) -> None:
    """Let others with the same subject wait until the transaction ends."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"{provider}:{subject}", 0)))
    )


async def find_identity(session: AsyncSession, provider: Provider, subject: str) -> Identity | None:
    """Return who is linked to a subject of a provider."""
    return await session.scalar(
        select(Identity).where(Identity.provider == provider, Identity.subject == subject)
    )


async def list_identities(session: AsyncSession, user_id: int) -> Sequence[Identity]:
    """Return what a person's account is linked with."""
    found = await session.scalars(
        select(Identity).where(Identity.user_id == user_id).order_by(Identity.id)
    )
    return found.all()


async def delete_identities(session: AsyncSession, user_id: int) -> None:
    """Unlink everything from an account."""
    await session.execute(delete(Identity).where(Identity.user_id == user_id))


async def disown(session: AsyncSession, user_id: int, now: datetime) -> None:
    """End what was begun or given in an account's name: links, files, tokens of programs."""
    await delete_identities(session, user_id)
    await session.execute(delete(SignInAttempt).where(SignInAttempt.user_id == user_id))
    await session.execute(delete(DataExport).where(DataExport.user_id == user_id))
    await session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def lock_user(session: AsyncSession, user_id: int) -> User | None:
    """Return an account as it is now, locked until the transaction ends."""
    return await session.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def hold_leaving(session: AsyncSession, user_id: int) -> User | None:
    """Return an account that is to be forgotten, held against all who change it.

    Rows that point to it can be written meanwhile: whoever holds an order or a subscription does
    so last, and would wait for us while we wait for them.
    """
    return await session.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


async def lock_user_by_email(session: AsyncSession, email: str) -> User | None:
    """Return the account of an address as it is now, locked until the transaction ends."""
    return await session.scalar(
        select(User)
        .where(User.email == email)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def take_attempt(session: AsyncSession, digest: bytes, now: datetime) -> SignInAttempt | None:
    """Delete a live attempt and return it: of many callers at once, one gets it."""
    return await session.scalar(
        delete(SignInAttempt)
        .where(SignInAttempt.state_digest == digest, SignInAttempt.expires_at > now)
        .returning(SignInAttempt)
    )


async def delete_stale_attempts(session: AsyncSession, now: datetime) -> None:
    """Delete the attempts whose time is over."""
    await session.execute(delete(SignInAttempt).where(SignInAttempt.expires_at <= now))


async def delete_stale_exports(session: AsyncSession, now: datetime) -> None:
    """Delete the files whose time is over."""
    await session.execute(delete(DataExport).where(DataExport.expires_at <= now))
