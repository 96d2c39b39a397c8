"""Making, changing and deleting tiers, by staff."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.service import let_audience_in_early
from cloud.discounts import service as discounts
from cloud.discounts.models import PromotionKind
from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.versions import check_version
from cloud.loyalty.errors import TierInUse, TierNotFound, TierTaken
from cloud.loyalty.models import Tier
from cloud.loyalty.repository import tiers as rows
from cloud.loyalty.schemas import TierFields
from cloud.loyalty.service.tiers import benefits_of

# The name stands here and not in jobs.py, which is a layer above.
SETTLE_TIERS = "loyalty.settle_tiers"

_SUBJECT = "tiers"


async def make(session: AsyncSession, staff: SignedIn, wish: TierFields) -> Tier:
    """Add a tier; members whose points reach it are put into it soon. Raises TierTaken."""
    tier = Tier()
    await _store(session, tier, wish)
    await _keep_benefits(session, tier)
    await audit.note(session, staff, "make", _SUBJECT, tier.id, after=facts(tier))
    await defer(session, SETTLE_TIERS)
    return tier


async def change(
    session: AsyncSession, staff: SignedIn, tier_id: int, wish: TierFields, *, seen: int
) -> Tier:
    """Return a tier as staff wrote it, if they saw its newest version.

    What it gives counts for its members at once; who is in it is looked at soon. Raises
    TierNotFound, ChangedMeanwhile, TierTaken.
    """
    tier = await get(session, tier_id, locked=True)
    before = facts(tier)
    check_version(tier.version, seen, before)
    await _store(session, tier, wish)
    await _keep_benefits(session, tier)
    await audit.note(session, staff, "change", _SUBJECT, tier_id, before=before, after=facts(tier))
    await defer(session, SETTLE_TIERS)
    return tier


async def remove(session: AsyncSession, staff: SignedIn, tier_id: int) -> None:
    """Delete a tier and what it gave; raises TierNotFound, TierInUse while a reward asks for it.

    Its promotions stay for the orders that had them, switched off.
    """
    tier = await get(session, tier_id, locked=True)
    if await rows.is_wanted(session, tier_id):
        raise TierInUse
    before = facts(tier)
    for promotion_id in (tier.delivery_promotion_id, tier.discount_promotion_id):
        if promotion_id is not None:
            await discounts.keep_saving(session, promotion_id, basis_points=None, is_active=False)
    await let_audience_in_early(session, tier.audience, 0)
    await audit.note(session, staff, "delete", _SUBJECT, tier_id, before=before)
    await rows.delete_tier(session, tier_id)
    await defer(session, SETTLE_TIERS)


async def get(session: AsyncSession, tier_id: int, *, locked: bool = False) -> Tier:
    """Return a tier, locked if asked; raises TierNotFound."""
    found = await rows.lock_tier(session, tier_id) if locked else await session.get(Tier, tier_id)
    if found is None:
        raise TierNotFound
    return found


def facts(tier: Tier) -> dict[str, Any]:
    """Return what staff can change of a tier, as JSON values by the names of `TierFields`."""
    benefits = benefits_of(tier).model_dump()
    return {
        "name": tier.name,
        "min_points": tier.min_points,
        "colour": tier.colour,
        "icon": tier.icon.value,
        "benefits": benefits,
    }


async def _store(session: AsyncSession, tier: Tier, wish: TierFields) -> None:
    columns = {**wish.model_dump(exclude={"benefits"}), "benefits": wish.benefits.model_dump()}
    try:
        async with session.begin_nested():
            for name, value in columns.items():
                setattr(tier, name, value)
            session.add(tier)
    except IntegrityError as error:
        raise TierTaken from error


async def _keep_benefits(session: AsyncSession, tier: Tier) -> None:
    """Let promotions and early access of the tier's audience be what its benefits say."""
    benefits = benefits_of(tier)
    off = benefits.discount_basis_points
    made = {
        "delivery_promotion_id": await _keep_promotion(
            session,
            tier,
            tier.delivery_promotion_id,
            discounts.Saving(PromotionKind.DELIVERY),
            is_given=benefits.free_delivery,
        ),
        "discount_promotion_id": await _keep_promotion(
            session,
            tier,
            tier.discount_promotion_id,
            discounts.Saving(PromotionKind.PERCENT, basis_points=off or None),
            is_given=off > 0,
        ),
    }
    # Beside the version: whoever saw the tier before saw all that staff write.
    await session.execute(
        update(Tier).where(Tier.id == tier.id).values(**made, version=Tier.version)
    )
    await session.refresh(tier)
    await let_audience_in_early(session, tier.audience, benefits.early_access_h)


async def _keep_promotion(
    session: AsyncSession,
    tier: Tier,
    promotion_id: int | None,
    saving: discounts.Saving,
    *,
    is_given: bool,
) -> int | None:
    if promotion_id is None and is_given:
        return await discounts.start_saving(session, tier.name, saving, audience=tier.audience)
    if promotion_id is not None:
        await discounts.rename_saving(session, promotion_id, tier.name)
        await discounts.keep_saving(
            session, promotion_id, basis_points=saving.basis_points, is_active=is_given
        )
    return promotion_id
