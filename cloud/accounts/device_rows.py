"""The devices that an account was opened on: one it was never on is news to its owner."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.models import KnownDevice


async def note_device(session: AsyncSession, user_id: int, mark: bytes) -> bool:
    """Note where an account is opened; tell whether it was opened before, but never there.

    `mark` is the digest of what the device keeps in its cookie.
    """
    known = await session.scalar(
        select(KnownDevice.id).where(KnownDevice.user_id == user_id).limit(1)
    )
    made = await session.scalar(
        insert(KnownDevice)
        .values(user_id=user_id, mark=mark)
        .on_conflict_do_nothing()
        .returning(KnownDevice.id)
    )
    return known is not None and made is not None


async def forget_devices(session: AsyncSession, user_id: int) -> None:
    """Forget where an account was opened: whoever held it is somebody else now."""
    await session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


async def delete_stale_devices(session: AsyncSession, before: datetime) -> None:
    """Delete devices whose cookie is over by now."""
    await session.execute(delete(KnownDevice).where(KnownDevice.created_at < before))
