"""Making, changing and deleting rewards, by staff."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.models import Product
from cloud.discounts import service as discounts
from cloud.discounts.models import PromotionKind
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.versions import check_version
from cloud.loyalty.errors import (
    ProductUnknown,
    RewardFixed,
    RewardInUse,
    RewardNotFound,
    TierNotFound,
)
from cloud.loyalty.kinds import RewardKind
from cloud.loyalty.models import Reward, Tier
from cloud.loyalty.repository import rewards as rows
from cloud.loyalty.schemas import RewardFields

_FIXED = ("kind", "basis_points", "amount_minor", "currency", "product_id")
_SUBJECT = "rewards"


async def make(session: AsyncSession, staff: SignedIn, wish: RewardFields) -> Reward:
    """Add a reward, with the promotion that its coupons bring.

    Raises ProductUnknown and TierNotFound.
    """
    await _require_known(session, wish)
    reward = Reward(**wish.model_dump())
    if wish.kind.is_coupon:
        reward.promotion_id = await discounts.start_saving(session, wish.name, _saving(wish))
    session.add(reward)
    await session.flush()
    await audit.note(session, staff, "make", _SUBJECT, reward.id, after=_facts(reward))
    return reward


async def change(
    session: AsyncSession, staff: SignedIn, reward_id: int, wish: RewardFields, *, seen: int
) -> Reward:
    """Return a reward as staff wrote it, if they saw its newest version.

    Raises RewardNotFound, TierNotFound, ChangedMeanwhile, and RewardFixed for what it gives.
    """
    reward = await get(session, reward_id, locked=True)
    before = _facts(reward)
    check_version(reward.version, seen, before)
    for name in _FIXED:
        if getattr(reward, name) != getattr(wish, name):
            raise RewardFixed(name)
    await _require_known(session, wish)
    for name, value in wish.model_dump().items():
        setattr(reward, name, value)
    if reward.promotion_id is not None:
        await discounts.rename_saving(session, reward.promotion_id, wish.name)
    await session.flush()
    await audit.note(
        session, staff, "change", _SUBJECT, reward_id, before=before, after=_facts(reward)
    )
    return reward


async def remove(session: AsyncSession, staff: SignedIn, reward_id: int) -> None:
    """Delete a reward; raises RewardNotFound, and RewardInUse once somebody took it."""
    reward = await get(session, reward_id, locked=True)
    if reward.redeemed:
        raise RewardInUse
    await audit.note(session, staff, "delete", _SUBJECT, reward_id, before=_facts(reward))
    await rows.delete_reward(session, reward_id)


async def get(session: AsyncSession, reward_id: int, *, locked: bool = False) -> Reward:
    """Return a reward, locked if asked; raises RewardNotFound."""
    found = (
        await rows.lock_reward(session, reward_id)
        if locked
        else await session.get(Reward, reward_id)
    )
    if found is None:
        raise RewardNotFound
    return found


async def _require_known(session: AsyncSession, wish: RewardFields) -> None:
    if wish.product_id is not None and await session.get(Product, wish.product_id) is None:
        raise ProductUnknown
    if wish.tier_id is not None and await session.get(Tier, wish.tier_id) is None:
        raise TierNotFound


def _saving(wish: RewardFields) -> discounts.Saving:
    if wish.kind is RewardKind.PRODUCT:
        return discounts.Saving(PromotionKind.UNITS_FREE, product_id=wish.product_id)
    if wish.amount_minor is not None and wish.currency is not None:
        return discounts.Saving(PromotionKind.AMOUNT, off=Money(wish.amount_minor, wish.currency))
    return discounts.Saving(PromotionKind(wish.kind.value), basis_points=wish.basis_points)


def _facts(reward: Reward) -> dict[str, Any]:
    facts = {name: getattr(reward, name) for name in RewardFields.model_fields}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in facts.items()
    }
