"""Promotions, coupons and gift cards to test with."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.models import Coupon, Promotion, PromotionAmount, PromotionKind
from cloud.discounts.service import Issued, issue
from cloud.foundation.money import Money


async def promote(
    session: AsyncSession,
    code: str = "",
    *,
    off_minor: int | None = None,
    from_minor: int | None = None,
    coupon: dict[str, Any] | None = None,
    **facts: Any,
) -> Promotion:
    """Store a promotion, ten per cent off everything unless told otherwise.

    Without a code it counts by itself. Amounts are in EUR.
    """
    defaults = {
        "name": f"Promotion {code}".strip(),
        "kind": PromotionKind.PERCENT,
        "is_automatic": not code,
        "is_active": True,
        "names": {},
        "emails": [],
        "countries": [],
    }
    if facts.get("kind", PromotionKind.PERCENT) is PromotionKind.PERCENT:
        defaults["basis_points"] = 1000
    promotion = Promotion(**(defaults | facts))
    if off_minor is not None or from_minor is not None:
        promotion.amounts = [
            PromotionAmount(currency="EUR", off_minor=off_minor, from_minor=from_minor)
        ]
    session.add(promotion)
    await session.flush()
    if code:
        session.add(Coupon(promotion_id=promotion.id, code=code, **(coupon or {})))
        await session.flush()
    return promotion


async def give_card(
    session: AsyncSession, minor: int, now: datetime, currency: str = "EUR", **facts: Any
) -> Issued:
    """Issue a gift card."""
    return await issue(session, Money(minor, currency), now, issued_by=None, **facts)
