"""Points, tiers and invitations as they are shown."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.loyalty.kinds import ReferralStage
from cloud.loyalty.models import Tier
from cloud.loyalty.repository import referrals as referral_rows
from cloud.loyalty.repository import tiers as tier_rows
from cloud.loyalty.schemas import (
    EntryView,
    InvitationView,
    PointsView,
    ProgressView,
    TakenView,
    TierView,
)
from cloud.loyalty.service.desk import history, standing
from cloud.loyalty.service.redeeming import Taken
from cloud.loyalty.service.referrals import open_invitation
from cloud.loyalty.terms import (
    FRIEND_POINTS,
    INVITER_POINTS,
    TIER_WINDOW,
    holds_until,
    next_tier,
)


async def view_points(
    session: AsyncSession, user_id: int, now: datetime, *, before: int | None, limit: int
) -> PointsView:
    """Return a member's points with so many entries at most, older than the id `before`."""
    found = await standing(session, user_id, now)
    entries = await history(session, user_id, before=before, limit=limit + 1)
    page = entries[:limit]
    return PointsView(
        balance=found.balance,
        debt=found.debt,
        expiring_soon=found.soon,
        next_expiry=found.next_expiry,
        entries=[
            EntryView(
                id=one.id,
                kind=one.kind,
                points=one.points,
                total_after=one.total_after,
                note=one.note,
                at=one.at,
                expires_at=one.expires_at,
            )
            for one in page
        ],
        next=page[-1].id if len(entries) > limit else None,
    )


async def view_progress(session: AsyncSession, user_id: int, now: datetime) -> ProgressView:
    """Return where a member stands among the tiers, as it is written down."""
    tiers = await tier_rows.list_tiers(session)
    held = await tier_rows.tier_of_member(session, user_id)
    counted = await tier_rows.list_counted(session, user_id, now - TIER_WINDOW)
    points = sum(each for _, each in counted)
    ahead = next_tier(points, tiers)
    return ProgressView(
        counted=points,
        tier=_tier(held),
        held_until=None if held is None else holds_until(held.min_points, counted, now),
        next=_tier(ahead),
        missing=0 if ahead is None else ahead.min_points - points,
    )


async def view_tiers(session: AsyncSession) -> list[TierView]:
    """Return every tier, the lowest first."""
    return [TierView.model_validate(one) for one in await tier_rows.list_tiers(session)]


async def view_invitation(session: AsyncSession, user_id: int, public_url: str) -> InvitationView:
    """Return a member's invitation, made if they have none yet, and what became of it."""
    code = await open_invitation(session, user_id)
    counts = await referral_rows.count_by_stage(session, user_id)
    return InvitationView(
        code=code,
        url=f"{public_url}/invited/{code}",
        inviter_points=INVITER_POINTS,
        friend_points=FRIEND_POINTS,
        waiting=counts.get(ReferralStage.WAITING, 0),
        paid=counts.get(ReferralStage.PAID, 0),
    )


def _tier(tier: Tier | None) -> TierView | None:
    return None if tier is None else TierView.model_validate(tier)


def view_taken(taken: Taken, now: datetime) -> TakenView:
    """Return what a member took, as it stands at a moment."""
    row = taken.row
    return TakenView(
        id=row.id,
        reward_id=row.reward_id,
        name=taken.reward.name,
        kind=taken.reward.kind,
        status=taken.status_at(now),
        code=taken.code,
        points_spent=row.points_spent,
        redeemed_at=row.redeemed_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        returned_at=row.returned_at,
    )
