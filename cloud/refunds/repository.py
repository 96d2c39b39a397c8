"""Queries about refunds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.refunds.models import Refund, RefundLine, RefundStage


async def fetch(session: AsyncSession, refund_id: int) -> Refund | None:
    """Return a refund as it stands, without a lock."""
    return await session.get(Refund, refund_id, populate_existing=True)


async def fetch_locked(session: AsyncSession, refund_id: int) -> Refund:
    """Return a refund with its row locked; whoever calls holds its order's lock already."""
    found = await session.scalars(
        select(Refund)
        .where(Refund.id == refund_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def by_reference(session: AsyncSession, reference: str) -> Refund | None:
    """Return the refund that the provider's metadata name."""
    refund: Refund | None = await session.scalar(
        select(Refund).where(Refund.reference == reference)
    )
    return refund


async def by_provider_id(session: AsyncSession, refund_id: str) -> Refund | None:
    """Return the refund of the provider's id."""
    refund: Refund | None = await session.scalar(
        select(Refund).where(Refund.provider_refund_id == refund_id)
    )
    return refund


async def all_of(session: AsyncSession, order_id: int) -> Sequence[Refund]:
    """Return the refunds of an order, oldest first."""
    found = await session.scalars(
        select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)
    )
    return found.all()


async def counted_of(session: AsyncSession, order_id: int) -> list[Refund]:
    """Return the refunds that count against an order's total, those under way too."""
    return [
        refund
        for refund in await all_of(session, order_id)
        if refund.stage is not RefundStage.FAILED and not refund.is_excess
    ]


async def excess_of(session: AsyncSession, payment_id: int) -> Refund | None:
    """Return the refund of ours that gives a whole unwanted payment back."""
    refund: Refund | None = await session.scalar(
        select(Refund).where(
            Refund.payment_id == payment_id, Refund.is_excess, Refund.request.is_not(None)
        )
    )
    return refund


async def unsettled(session: AsyncSession, asked_before: datetime) -> Sequence[int]:
    """Return ids of refunds of which nothing was heard for long."""
    found = await session.scalars(
        select(Refund.id)
        .where(
            Refund.stage == RefundStage.PENDING,
            func.coalesce(Refund.asked_at, Refund.created_at) <= asked_before,
        )
        .order_by(Refund.id)
        .limit(500)
    )
    return found.all()


async def lines_of(session: AsyncSession, order_id: int) -> Sequence[RefundLine]:
    """Return what refunds of an order give back of which line, oldest first."""
    found = await session.scalars(
        select(RefundLine)
        .join(Refund, Refund.id == RefundLine.refund_id)
        .where(Refund.order_id == order_id)
        .order_by(RefundLine.id)
    )
    return found.all()
