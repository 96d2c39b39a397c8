"""Telling members of points that go soon: once for each earning and each distance in time."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.loyalty.events import PointsExpireSoon
from cloud.loyalty.repository import points as rows
from cloud.loyalty.service.ledger import open_account
from cloud.loyalty.terms import WARNED_DAYS


async def warn(session: AsyncSession, now: datetime, *, most: int) -> int:
    """Tell so many members at most for each distance; return how many were told.

    The nearest is told first, and stands for the wider ones: after an outage nobody is told twice.
    """
    found = {days: await rows.list_untold(session, days, now, most) for days in WARNED_DAYS}
    told = 0
    # Accounts are locked in id order, whatever is told.
    for user_id in sorted({one for members in found.values() for one in members}):
        await open_account(session, user_id, now)
        for days in sorted(WARNED_DAYS):
            told += await _warn(session, user_id, days, now)
    return told


async def _warn(session: AsyncSession, user_id: int, days: int, now: datetime) -> bool:
    lots = await rows.list_untold_lots(session, user_id, days, now)
    if not lots:
        return False
    for lot in lots:
        lot.told_days = days
    points = sum(lot.left for lot in lots)
    await emit(session, PointsExpireSoon(user_id, points, days, lots[0].expires_at, now))
    return True
