"""Queries about disputes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes.models import Dispute
from cloud.orders.models import Order
from cloud.payments.states import DisputeStage


async def by_provider_id(session: AsyncSession, dispute_id: str) -> Dispute | None:
    """Return a dispute locked and fresh; whoever calls holds its order's lock already."""
    dispute: Dispute | None = await session.scalar(
        select(Dispute)
        .where(Dispute.provider_dispute_id == dispute_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return dispute


async def fetch(session: AsyncSession, dispute_id: int) -> Dispute | None:
    """Return a dispute as it stands, without a lock."""
    return await session.get(Dispute, dispute_id, populate_existing=True)


async def fetch_locked(session: AsyncSession, dispute_id: int) -> Dispute:
    """Return a dispute with its row locked; whoever calls holds its order's lock already."""
    found = await session.scalars(
        select(Dispute)
        .where(Dispute.id == dispute_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def all_of(session: AsyncSession, order_id: int) -> Sequence[Dispute]:
    """Return the disputes of an order, oldest first."""
    found = await session.scalars(
        select(Dispute).where(Dispute.order_id == order_id).order_by(Dispute.id)
    )
    return found.all()


async def newest(
    session: AsyncSession, *, before_id: int | None, limit: int
) -> Sequence[tuple[Dispute, str]]:
    """Return disputes with their orders' numbers, newest first."""
    query = (
        select(Dispute, Order.number)
        .join(Order, Order.id == Dispute.order_id)
        .order_by(Dispute.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(Dispute.id < before_id)
    return [(row[0], row[1]) for row in await session.execute(query)]


async def open_ones(session: AsyncSession, limit: int) -> Sequence[tuple[Dispute, str]]:
    """Return undecided disputes with their orders' numbers, the most urgent first."""
    query = (
        select(Dispute, Order.number)
        .join(Order, Order.id == Dispute.order_id)
        .where(Dispute.closed_at.is_(None))
        .order_by(Dispute.answer_until.asc().nulls_last(), Dispute.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def unanswered_until(session: AsyncSession, moment: datetime) -> Sequence[Dispute]:
    """Return disputes that nobody answered although their time ends before a moment."""
    found = await session.scalars(
        select(Dispute).where(
            Dispute.closed_at.is_(None),
            Dispute.stage == DisputeStage.NEEDS_RESPONSE,
            Dispute.evidence_at.is_(None),
            Dispute.answer_until <= moment,
        )
    )
    return found.all()
