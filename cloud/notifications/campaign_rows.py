"""Queries about campaigns and their audiences."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from cloud.accounts.models import User
from cloud.hubs.models import HouseholdMember, Hub
from cloud.notifications.campaign_kinds import Audience, CampaignStage
from cloud.notifications.models import Campaign
from cloud.orders.models import Order

_LATELY = timedelta(days=365)


async def lock(session: AsyncSession, campaign_id: int) -> Campaign | None:
    """Return a campaign, locked and fresh."""
    found: Campaign | None = await session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def page(session: AsyncSession, limit: int = 100) -> Sequence[Campaign]:
    """Return the newest campaigns."""
    found = await session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(limit))
    return found.all()


async def lock_due(session: AsyncSession, now: datetime) -> Sequence[Campaign]:
    """Return campaigns whose time has come, locked."""
    found = await session.scalars(
        select(Campaign)
        .where(Campaign.stage == CampaignStage.SCHEDULED, Campaign.send_at <= now)
        .order_by(Campaign.id)
        .with_for_update(skip_locked=True)
    )
    return found.all()


async def count_audience(session: AsyncSession, audience: Audience, now: datetime) -> int:
    """Return how many members a campaign is for."""
    counted = await session.scalar(select(func.count()).where(*_members(audience, now)))
    return int(counted or 0)


async def next_members(
    session: AsyncSession, audience: Audience, after: int, limit: int, now: datetime
) -> Sequence[int]:
    """Return the next members of an audience, by id above `after`."""
    found = await session.scalars(
        select(User.id)
        .where(*_members(audience, now), User.id > after)
        .order_by(User.id)
        .limit(limit)
    )
    return found.all()


def _members(audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions: a proven address, so that no stranger is written to, and the rest."""
    known: list[ColumnElement[bool]] = [
        User.erased_at.is_(None),
        User.email_verified_at.is_not(None),
    ]
    if audience is Audience.BUYERS:
        bought = exists().where(
            Order.user_id == User.id, Order.paid_at > now - _LATELY, Order.is_test.is_(False)
        )
        return [*known, bought]
    if audience is Audience.HOMES:
        has_hub = exists().where(
            HouseholdMember.user_id == User.id,
            Hub.household_id == HouseholdMember.household_id,
            Hub.revoked_at.is_(None),
        )
        return [*known, has_hub]
    if audience is Audience.NEWCOMERS:
        paid = exists().where(
            Order.user_id == User.id, Order.paid_at.is_not(None), Order.is_test.is_(False)
        )
        return [*known, ~paid]
    return known
