"""Promotions that other features make: for the coupons they give to members, or an audience."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.gift_codes import mint_coupon
from cloud.discounts.models import (
    Coupon,
    Promotion,
    PromotionAmount,
    PromotionKind,
    PromotionTarget,
    TargetRole,
)
from cloud.foundation.money import Money

_ALL = 10_000  # basis points


@dataclass(frozen=True, slots=True)
class Saving:
    """What a promotion takes off.

    `basis_points` belong to PERCENT, `off` to AMOUNT; DELIVERY takes off all of it. UNITS_FREE is
    one bottle, the cheapest, of the product `product_id` for nothing, whatever else is bought.
    """

    kind: PromotionKind
    basis_points: int | None = None
    off: Money | None = None
    product_id: int | None = None


async def start_saving(
    session: AsyncSession, name: str, saving: Saving, *, audience: str | None = None
) -> int:
    """Return the id of a new promotion: of an audience, or one that only its coupons bring.

    An order that is wholly given back has used its coupon all the same: whoever gave it out
    decides what its owner gets for it.
    """
    promotion = Promotion(
        name=name,
        names={},
        kind=saving.kind,
        basis_points=saving.basis_points,
        audience=audience,
        is_automatic=audience is not None,
        is_active=True,
        emails=[],
        countries=[],
        returns_use=False,
    )
    if saving.product_id is not None:
        promotion.basis_points = _ALL
        promotion.buy_units, promotion.get_units, promotion.most_times = 0, 1, 1
        promotion.targets = [PromotionTarget(role=TargetRole.FOR, product_id=saving.product_id)]
    if saving.off is not None:
        amount = PromotionAmount(currency=saving.off.currency, off_minor=saving.off.minor)
        promotion.amounts = [amount]
    session.add(promotion)
    await session.flush()
    return promotion.id


async def keep_saving(
    session: AsyncSession, promotion_id: int, *, basis_points: int | None, is_active: bool
) -> None:
    """Switch an audience's promotion on or off; a share of the price (PERCENT) is the new one."""
    await session.execute(
        update(Promotion)
        .where(Promotion.id == promotion_id)
        .values(
            is_active=is_active,
            basis_points=func.coalesce(basis_points, Promotion.basis_points),
        )
    )


async def rename_saving(session: AsyncSession, promotion_id: int, name: str) -> None:
    """Give a promotion the name that its reason has now."""
    await session.execute(update(Promotion).where(Promotion.id == promotion_id).values(name=name))


async def give_coupon(
    session: AsyncSession, promotion_id: int, user_id: int | None, ends_at: datetime
) -> Coupon:
    """Make a coupon that one member can use once before a moment; upper case, not to be guessed.

    `user_id` None: whoever has the code can use it.
    """
    coupon = Coupon(
        promotion_id=promotion_id,
        code=mint_coupon("MY-"),
        most_uses=1,
        user_id=user_id,
        ends_at=ends_at,
    )
    session.add(coupon)
    await session.flush()
    return coupon


async def close_coupon(session: AsyncSession, coupon_id: int) -> None:
    """Let a coupon count no more; repeating it is harmless."""
    await session.execute(update(Coupon).where(Coupon.id == coupon_id).values(is_active=False))
