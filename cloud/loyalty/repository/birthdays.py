"""Queries of birthdays."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.models import Birthday


async def find(session: AsyncSession, user_id: int) -> Birthday | None:
    """Return a member's birthday; None when they did not say."""
    return await session.get(Birthday, user_id, populate_existing=True)


async def keep(session: AsyncSession, user_id: int, month: int, day: int, now: datetime) -> None:
    """Write a birthday down; one that is the same is known as long as before."""
    statement = insert(Birthday).values(user_id=user_id, month=month, day=day, known_since=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"],
            set_={"month": month, "day": day, "known_since": now},
            where=or_(Birthday.month != month, Birthday.day != day),
        )
    )


async def forget(session: AsyncSession, user_id: int) -> None:
    """Remove a member's birthday."""
    await session.execute(delete(Birthday).where(Birthday.user_id == user_id))


async def list_on(
    session: AsyncSession, days: Sequence[tuple[int, int]], known_before: datetime
) -> Sequence[int]:
    """Return members whose birthday is one of (month, day), known before a moment, in id order."""
    is_one = or_(*(and_(Birthday.month == month, Birthday.day == day) for month, day in days))
    found = await session.scalars(
        select(Birthday.user_id)
        .where(is_one, Birthday.known_since <= known_before)
        .order_by(Birthday.user_id)
    )
    return found.all()
