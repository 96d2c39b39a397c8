"""Queries of rewards and of what members took. A reward's lock comes before an account's."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Product, Variant
from cloud.discounts.models import Coupon, Redemption
from cloud.loyalty.kinds import RewardKind, RewardStatus
from cloud.loyalty.models import Reward, UserReward


async def list_rewards(session: AsyncSession) -> Sequence[Reward]:
    """Return every reward, offered or not, the cheapest first."""
    found = await session.scalars(select(Reward).order_by(Reward.cost_points, Reward.id))
    return found.all()


async def list_offered(session: AsyncSession, now: datetime) -> Sequence[Reward]:
    """Return the rewards that can be taken at a moment, the cheapest first."""
    found = await session.scalars(
        select(Reward)
        .where(
            Reward.is_active,
            or_(Reward.valid_from.is_(None), Reward.valid_from <= now),
            or_(Reward.valid_until.is_(None), Reward.valid_until > now),
            or_(Reward.max_redemptions.is_(None), Reward.redeemed < Reward.max_redemptions),
        )
        .order_by(Reward.cost_points, Reward.id)
    )
    return found.all()


async def names_of(session: AsyncSession, product_ids: Collection[int]) -> dict[int, str]:
    """Return the names of products by id."""
    rows = await session.execute(
        select(Product.id, Product.name).where(Product.id.in_(product_ids))
    )
    return {row.id: row.name for row in rows}


async def lock_reward(session: AsyncSession, reward_id: int) -> Reward | None:
    """Return a reward, fresh and locked until the transaction ends."""
    found: Reward | None = await session.scalar(
        select(Reward)
        .where(Reward.id == reward_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found


async def count_redemption(session: AsyncSession, reward_id: int) -> None:
    """Count one more; the version stays, for no member of staff wrote it."""
    await session.execute(
        update(Reward)
        .where(Reward.id == reward_id)
        .values(redeemed=Reward.redeemed + 1, version=Reward.version)
    )


async def delete_reward(session: AsyncSession, reward_id: int) -> None:
    """Remove a reward that nobody took."""
    await session.execute(delete(Reward).where(Reward.id == reward_id))


async def count_taken(session: AsyncSession, user_id: int, reward_id: int) -> int:
    """Return how often a member took a reward."""
    statement = select(func.count()).where(
        UserReward.user_id == user_id, UserReward.reward_id == reward_id
    )
    return int(await session.scalar(statement) or 0)


async def list_taken(
    session: AsyncSession, user_id: int, *, most: int
) -> list[tuple[UserReward, Reward, str | None]]:
    """Return what a member took, the newest first, each with its reward and coupon's code."""
    rows = await session.execute(
        select(UserReward, Reward, Coupon.code)
        .join(Reward, Reward.id == UserReward.reward_id)
        .outerjoin(Coupon, Coupon.id == UserReward.coupon_id)
        .where(UserReward.user_id == user_id)
        .order_by(UserReward.id.desc())
        .limit(most)
    )
    return [(taken, reward, code) for taken, reward, code in rows]


async def lock_of_order(session: AsyncSession, order_id: int) -> Sequence[UserReward]:
    """Return what was taken and is used by an order, or was, locked in id order."""
    used = select(Redemption.coupon_id).where(Redemption.order_id == order_id)
    found = await session.scalars(
        select(UserReward)
        .where(UserReward.coupon_id.in_(used))
        .order_by(UserReward.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def free_product(session: AsyncSession, reward_id: int) -> int | None:
    """Return the product of which a reward gives a bottle; None for every other kind of reward."""
    found: int | None = await session.scalar(
        select(Reward.product_id).where(Reward.id == reward_id, Reward.kind == RewardKind.PRODUCT)
    )
    return found


async def variants_of(session: AsyncSession, product_id: int) -> frozenset[int]:
    """Return the ids of a product's variants, sold or not."""
    found = await session.scalars(select(Variant.id).where(Variant.product_id == product_id))
    return frozenset(found)


async def expire(session: AsyncSession, now: datetime) -> None:
    """Write down that what was taken and not used in time is lost."""
    due = (
        select(UserReward.id)
        .where(UserReward.status == RewardStatus.AVAILABLE, UserReward.expires_at <= now)
        .order_by(UserReward.id)
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(UserReward).where(UserReward.id.in_(due)).values(status=RewardStatus.EXPIRED)
    )
