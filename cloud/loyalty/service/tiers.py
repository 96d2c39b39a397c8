"""Where members stand: in the tier that their points reach, and told when it is a higher one."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.service.audiences import enter_audience
from cloud.foundation.events import emit
from cloud.loyalty.events import TierReached
from cloud.loyalty.models import PointAccount, Tier
from cloud.loyalty.repository import tiers as rows
from cloud.loyalty.schemas import NO_BENEFITS, Benefits
from cloud.loyalty.service.ledger import open_account
from cloud.loyalty.terms import TIER_WINDOW, tier_of


async def settle(session: AsyncSession, account: PointAccount, now: datetime) -> None:
    """Put the member of an opened account into the tier that their points reach at a moment."""
    tiers = await rows.list_tiers(session)
    if not tiers and account.tier_id is None:
        return
    counted = await rows.list_counted(session, account.user_id, now - TIER_WINDOW)
    tier = tier_of(sum(points for _, points in counted), tiers)
    tier_id = None if tier is None else tier.id
    if account.tier_id == tier_id:
        return
    former = next((one.min_points for one in tiers if one.id == account.tier_id), 0)
    account.tier_id = tier_id
    await session.flush()
    await enter_audience(session, account.user_id, None if tier is None else tier.audience)
    if tier is not None and tier.min_points > former:
        await emit(session, TierReached(account.user_id, tier.id, tier.name, now))


async def settle_misplaced(session: AsyncSession, now: datetime, *, most: int) -> bool:
    """Settle so many members at most; tell whether there may be more.

    For what nobody earned or lost just now: points that ceased to count, tiers that were edited.
    """
    found = await rows.list_misplaced(session, now - TIER_WINDOW, most)
    for user_id in found:
        await settle(session, await open_account(session, user_id, now), now)
    return len(found) == most


def benefits_of(tier: Tier | None) -> Benefits:
    """Return what a tier gives its members; nothing without one."""
    return NO_BENEFITS if tier is None else Benefits.model_validate(tier.benefits)


async def benefits_for(session: AsyncSession, account: PointAccount) -> Benefits:
    """Return what the member of an account has by their tier."""
    tier = None if account.tier_id is None else await session.get(Tier, account.tier_id)
    return benefits_of(tier)
