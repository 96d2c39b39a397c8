"""What time, or a change, makes due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder
from cloud.reorders.stages import UNDECIDED_STAGES, ReorderStage

# Rows that another transaction is busy with are passed by: it will look at them anyway.
_LOOK_SOON = text("""
    UPDATE reorders SET next_look_at = :now WHERE id IN (
        SELECT id FROM reorders
        WHERE household_id = :household_id AND slot_id = :slot_id
          AND stage IN ('received', 'waiting')
          AND (CAST(:reasons AS text[]) IS NULL OR reason = ANY(:reasons))
        FOR UPDATE SKIP LOCKED)
    RETURNING id
""")
# What was put off because the oil lasts, judged by a forecast that holds no more. A day: what is
# put off is looked at daily anyway.
_LASTS_LESS = text("""
    UPDATE reorders SET next_look_at = :now WHERE id IN (
        SELECT r.id FROM reorders r JOIN slots s ON s.id = r.slot_id
        WHERE r.household_id = :household_id AND r.slot_id = :slot_id AND r.stage = 'waiting'
          AND r.reason = :reason
          AND s.runs_out_at < coalesce(
              CAST(r.decision #>> '{level,runs_out_at}' AS timestamptz), 'infinity')
              - interval '1 day'
        FOR UPDATE OF r SKIP LOCKED)
    RETURNING id
""")
_NEWS = text("""
    SELECT DISTINCT s.household_id FROM slots s
    JOIN variants v ON v.sku = s.scent_sku JOIN products p ON p.id = v.product_id
    WHERE CAST(:since AS timestamptz) IS NULL OR greatest(v.updated_at, p.updated_at) >= :since
        OR v.sale_starts_at > :since AND v.sale_starts_at <= :now
        OR v.sale_ends_at > :since AND v.sale_ends_at <= :now
    ORDER BY 1
""")


async def look_soon(
    session: AsyncSession,
    household_id: int,
    slot_id: int,
    now: datetime,
    reasons: Sequence[str] | None = None,
) -> Sequence[int]:
    """Make the slot's waiting reorders due, those of some reasons or all; return their ids."""
    found = await session.scalars(
        _LOOK_SOON,
        {
            "household_id": household_id,
            "slot_id": slot_id,
            "now": now,
            "reasons": None if reasons is None else list(reasons),
        },
    )
    return found.all()


async def lasts_less(
    session: AsyncSession, household_id: int, slot_id: int, now: datetime
) -> Sequence[int]:
    """Make the slot's reorders due that wait for oil which will not last as long; their ids."""
    found = await session.scalars(
        _LASTS_LESS,
        {
            "household_id": household_id,
            "slot_id": slot_id,
            "now": now,
            "reason": Reason.ENOUGH_OIL.value,
        },
    )
    return found.all()


async def due_looks(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return ids of reorders that are to be looked at (again)."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.stage.in_(UNDECIDED_STAGES), Reorder.next_look_at <= now)
        .order_by(Reorder.next_look_at)
        .limit(limit)
    )
    return found.all()


async def due_windows(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return ids of reorders whose cancel window is over."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.stage == ReorderStage.PENDING_CANCEL_WINDOW, Reorder.cancel_until <= now)
        .order_by(Reorder.cancel_until)
        .limit(limit)
    )
    return found.all()


async def due_questions(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return ids of delivered reorders whose household is to be asked whether the bottle is in."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.ask_refill_at <= now)
        .order_by(Reorder.ask_refill_at)
        .limit(limit)
    )
    return found.all()


async def due_tests(session: AsyncSession, before: datetime, limit: int) -> Sequence[int]:
    """Return ids of tests that stand on a step of their parcel since a moment."""
    found = await session.scalars(
        select(Reorder.id)
        .where(
            Reorder.stage.in_((ReorderStage.PAID, ReorderStage.SHIPPED)),
            Reorder.stage_at <= before,
            Reorder.is_test.is_(True),
        )
        .order_by(Reorder.id)
        .limit(limit)
    )
    return found.all()


async def due_claims(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return ids of reorders that come with a parcel, to be looked at (again)."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.stage == ReorderStage.CLAIMED, Reorder.next_look_at <= now)
        .order_by(Reorder.next_look_at)
        .limit(limit)
    )
    return found.all()


async def claimed_of_subscription(session: AsyncSession, subscription_id: int) -> Sequence[int]:
    """Return ids of reorders that come with a parcel of a subscription."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.stage == ReorderStage.CLAIMED, Reorder.subscription_id == subscription_id)
        .order_by(Reorder.id)
    )
    return found.all()


async def stale_proposals(session: AsyncSession, before: datetime, limit: int) -> Sequence[int]:
    """Return ids of proposals that nobody answered since `before`."""
    found = await session.scalars(
        select(Reorder.id)
        .where(Reorder.stage == ReorderStage.PROPOSED, Reorder.stage_at <= before)
        .order_by(Reorder.stage_at)
        .limit(limit)
    )
    return found.all()


async def without_effect(
    session: AsyncSession, before: datetime, reasons: Sequence[str], limit: int
) -> Sequence[Reorder]:
    """Return reports of before a moment that nothing came of: not looked at, or only doubted."""
    is_untouched = (Reorder.stage == ReorderStage.RECEIVED) & (Reorder.received_at <= before)
    is_doubted = (
        (Reorder.stage == ReorderStage.WAITING)
        & Reorder.reason.in_(reasons)
        & (Reorder.received_at <= before)
    )
    found = await session.scalars(
        select(Reorder)
        .where(is_untouched | is_doubted, Reorder.alarmed_at.is_(None))
        .order_by(Reorder.id)
        .limit(limit)
    )
    return found.all()


async def unsettled_pairs(
    session: AsyncSession,
) -> Sequence[tuple[int, ReorderStage, OrderStatus]]:
    """Return reorders whose stage contradicts the status of their order; there should be none."""
    live = (ReorderStage.ORDERED, ReorderStage.PAYMENT_DUE, ReorderStage.PAID, ReorderStage.SHIPPED)
    rows = await session.execute(
        select(Reorder.id, Reorder.stage, Order.status)
        .join(Order, Order.reorder_id == Reorder.id)
        .where(Reorder.stage.in_(live))
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def households_with_news(
    session: AsyncSession, since: datetime | None, now: datetime
) -> list[int]:
    """Return the households with a bottle that changed or whose sale began or ended; None: all."""
    return list(await session.scalars(_NEWS, {"since": since, "now": now}))
