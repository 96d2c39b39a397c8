"""The shop's own pause: nothing is charged while it lasts, days move on, nobody is ended."""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.subscriptions import repository
from cloud.subscriptions.schemas import ShopPause, ShopPauseView


async def shop_pause(session: AsyncSession) -> ShopPauseView:
    """Return whether the shop charges no subscription for now."""
    row = await repository.shop_row(session)
    return ShopPauseView(
        is_paused=row is not None and row.is_paused, version=row.version if row else 1
    )


async def set_shop_pause(session: AsyncSession, asked: ShopPause, staff: SignedIn) -> ShopPauseView:
    """Pause all charges, or let them go on; ChangedMeanwhile for an old look."""
    row = await repository.shop_locked(session)
    check_version(row.version, asked.version, {"is_paused": row.is_paused})
    if row.is_paused != asked.is_paused:
        await audit.note(
            session,
            staff,
            "pause" if asked.is_paused else "resume",
            "subscriptions",
            "shop",
            before={"is_paused": row.is_paused},
            after={"is_paused": asked.is_paused},
        )
        row.is_paused = asked.is_paused
        row.version += 1
        await session.flush()
    return await shop_pause(session)
