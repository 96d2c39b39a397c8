"""Queries of coupons and of their uses. Whoever counts to decide holds the promotions' locks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.models import Coupon, Promotion, Redemption, RedemptionEnd


async def find_coupon(session: AsyncSession, code: str) -> Coupon | None:
    """Return the coupon of a code, in whatever case it is written."""
    found: Coupon | None = await session.scalar(select(Coupon).where(Coupon.code == code))
    return found


async def list_coupons(session: AsyncSession, ids: Collection[int]) -> Sequence[Coupon]:
    """Return coupons by id."""
    if not ids:
        return []
    return (await session.scalars(select(Coupon).where(Coupon.id.in_(ids)))).all()


async def lock_promotions(session: AsyncSession, ids: Collection[int]) -> Sequence[Promotion]:
    """Return promotions, fresh and locked in id order until the transaction ends."""
    found = await session.scalars(
        select(Promotion)
        .where(Promotion.id.in_(ids))
        .order_by(Promotion.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def list_of_order(session: AsyncSession, order_id: int) -> Sequence[Redemption]:
    """Return what an order used, ended or not."""
    found = await session.scalars(
        select(Redemption).where(Redemption.order_id == order_id).order_by(Redemption.id)
    )
    return found.all()


async def end(session: AsyncSession, order_id: int, reason: RedemptionEnd, now: datetime) -> None:
    """Let the uses of an order count no more; those that ended before stay as they are.

    A purchase that was given back frees only what promotions say it does.
    """
    statement = update(Redemption).where(
        Redemption.order_id == order_id, Redemption.ended_at.is_(None)
    )
    if reason is RedemptionEnd.REFUNDED:
        freed = select(Promotion.id).where(Promotion.returns_use)
        statement = statement.where(Redemption.promotion_id.in_(freed))
    await session.execute(statement.values(ended_at=now, end_reason=reason))
