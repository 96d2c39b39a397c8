"""Statements on offers of hubs."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.models import HubPairing


async def add_offer(session: AsyncSession, offer: HubPairing) -> bool:
    """Store an offer; False when its code is taken."""
    statement = insert(HubPairing).values(
        device_digest=offer.device_digest,
        user_code=offer.user_code,
        public_key=offer.public_key,
        hub_name=offer.hub_name,
        software=offer.software,
        address=offer.address,
        offered_at=offer.offered_at,
        expires_at=offer.expires_at,
        interval_s=offer.interval_s,
    )
    added = await session.scalar(statement.on_conflict_do_nothing().returning(HubPairing.id))
    return added is not None


async def lock_by_device(session: AsyncSession, device_digest: bytes) -> HubPairing | None:
    """Return the offer a hub asks about, locked until the transaction ends."""
    return await session.scalar(
        select(HubPairing).where(HubPairing.device_digest == device_digest).with_for_update()
    )


async def find_by_code(
    session: AsyncSession, user_code: str, *, lock: bool = False
) -> HubPairing | None:
    """Return the offer with a code."""
    statement = select(HubPairing).where(HubPairing.user_code == user_code)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def sweep(session: AsyncSession, before: datetime) -> None:
    """Delete offers that were over before a moment."""
    await session.execute(delete(HubPairing).where(HubPairing.expires_at < before))
