"""Queries of tiers, and of what counts towards them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cloud.loyalty.models import PointAccount, PointEntry, Reward, Tier

_MISPLACED = text("""
    WITH sums AS (
        SELECT a.user_id, a.tier_id, coalesce((
            SELECT sum(e.tier_points) FROM point_entries e
            LEFT JOIN point_entries earned ON earned.id = e.reverses_id
            WHERE e.user_id = a.user_id AND coalesce(earned.at, e.at) > :since), 0) AS points
        FROM point_accounts a
    )
    SELECT user_id FROM sums
    WHERE tier_id IS DISTINCT FROM (
        SELECT id FROM tiers WHERE min_points <= points ORDER BY min_points DESC LIMIT 1)
    ORDER BY user_id LIMIT :most
""")


async def list_tiers(session: AsyncSession) -> Sequence[Tier]:
    """Return every tier, the lowest first."""
    return (await session.scalars(select(Tier).order_by(Tier.min_points))).all()


async def lock_tier(session: AsyncSession, tier_id: int) -> Tier | None:
    """Return a tier, fresh and locked until the transaction ends."""
    found: Tier | None = await session.scalar(
        select(Tier)
        .where(Tier.id == tier_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def is_wanted(session: AsyncSession, tier_id: int) -> bool:
    """Tell whether a reward is for members of a tier."""
    return bool(await session.scalar(select(exists().where(Reward.tier_id == tier_id))))


async def delete_tier(session: AsyncSession, tier_id: int) -> None:
    """Remove a tier; its members are in none then."""
    await session.execute(delete(Tier).where(Tier.id == tier_id))


async def tier_of_member(session: AsyncSession, user_id: int) -> Tier | None:
    """Return the tier that a member stands in as it is written down; None for none."""
    found: Tier | None = await session.scalar(
        select(Tier)
        .join(PointAccount, PointAccount.tier_id == Tier.id)
        .where(PointAccount.user_id == user_id)
    )
    return found


async def list_counted(
    session: AsyncSession, user_id: int, since: datetime
) -> list[tuple[datetime, int]]:
    """Return when a member's points came that count towards tiers, and how many, oldest first.

    What was taken back is taken off where it came from.
    """
    earned = aliased(PointEntry)
    at = func.coalesce(earned.at, PointEntry.at)
    rows = await session.execute(
        select(at, func.sum(PointEntry.tier_points))
        .outerjoin(earned, earned.id == PointEntry.reverses_id)
        .where(PointEntry.user_id == user_id, PointEntry.tier_points != 0, at > since)
        .group_by(at)
        .order_by(at)
    )
    return [(moment, int(points)) for moment, points in rows]


async def list_misplaced(session: AsyncSession, since: datetime, most: int) -> Sequence[int]:
    """Return members whose tier is not the one their points reach, in id order."""
    found = await session.scalars(_MISPLACED, {"since": since, "most": most})
    return found.all()
