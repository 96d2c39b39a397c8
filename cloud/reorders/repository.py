"""Queries about reorders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.models import Hub, Slot
from cloud.orders.models import Order, OrderItem
from cloud.orders.status import OrderStatus
from cloud.reorders.cases import Mode
from cloud.reorders.models import (
    Reorder,
    ReorderConsent,
    ReorderHousehold,
    ReorderNote,
    ReorderSlot,
)
from cloud.reorders.stages import OPEN_STAGES, UNDECIDED_STAGES, ReorderStage

_ON_THE_WAY = (
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.PAID,
    OrderStatus.PROCESSING,
    OrderStatus.ON_HOLD,
    OrderStatus.SHIPPED,
    OrderStatus.IN_TRANSIT,
    OrderStatus.OUT_FOR_DELIVERY,
)
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


async def insert_received(session: AsyncSession, fields: dict[str, Any]) -> int | None:
    """Store a reported low cartridge; None when this cartridge was reported before."""
    return await session.scalar(
        insert(Reorder).values(**fields).on_conflict_do_nothing().returning(Reorder.id)
    )


async def lock_household(session: AsyncSession, household_id: int) -> ReorderHousehold:
    """Return the household's row, made at first need, locked: decisions of a home take turns."""
    await session.execute(
        insert(ReorderHousehold).values(household_id=household_id).on_conflict_do_nothing()
    )
    found = await session.scalars(
        select(ReorderHousehold)
        .where(ReorderHousehold.household_id == household_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def fetch(session: AsyncSession, reorder_id: int) -> Reorder | None:
    """Return a reorder as it stands, without a lock."""
    return await session.get(Reorder, reorder_id, populate_existing=True)


async def fetch_locked(session: AsyncSession, reorder_id: int) -> Reorder | None:
    """Return a reorder with its row locked."""
    reorder: Reorder | None = await session.scalar(
        select(Reorder)
        .where(Reorder.id == reorder_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return reorder


async def slot_of(session: AsyncSession, household_id: int, slot_id: int) -> Slot | None:
    """Return a slot of a household as its hub last told."""
    return await session.get(Slot, (household_id, slot_id), populate_existing=True)


async def hub_of(session: AsyncSession, household_id: int, hub_id: int) -> Hub | None:
    """Return a hub of a household."""
    return await session.get(Hub, (household_id, hub_id), populate_existing=True)


async def slots_of(session: AsyncSession, household_ids: Sequence[int]) -> Sequence[Slot]:
    """Return the slots of households, by room and name."""
    found = await session.scalars(
        select(Slot)
        .where(Slot.household_id.in_(household_ids))
        .order_by(Slot.household_id, Slot.room, Slot.diffuser_name, Slot.slot_no)
    )
    return found.all()


_NEWS = text("""
    SELECT DISTINCT s.household_id FROM slots s
    JOIN variants v ON v.sku = s.scent_sku JOIN products p ON p.id = v.product_id
    WHERE CAST(:since AS timestamptz) IS NULL OR greatest(v.updated_at, p.updated_at) >= :since
        OR v.sale_starts_at > :since AND v.sale_starts_at <= :now
        OR v.sale_ends_at > :since AND v.sale_ends_at <= :now
    ORDER BY 1
""")


async def households_with_news(
    session: AsyncSession, since: datetime | None, now: datetime
) -> list[int]:
    """Return the households with a bottle that changed or whose sale began or ended; None: all."""
    return list(await session.scalars(_NEWS, {"since": since, "now": now}))


async def wish_of(session: AsyncSession, household_id: int, slot_id: int) -> ReorderSlot | None:
    """Return what the household wants for a slot; None means the default."""
    return await session.get(ReorderSlot, (household_id, slot_id), populate_existing=True)


async def wish_locked(session: AsyncSession, household_id: int, slot_id: int) -> ReorderSlot:
    """Return what the household wants for a slot, made at first need, locked."""
    await session.execute(
        insert(ReorderSlot)
        .values(household_id=household_id, slot_id=slot_id, mode=Mode.ASK)
        .on_conflict_do_nothing()
    )
    found = await session.scalars(
        select(ReorderSlot)
        .where(ReorderSlot.household_id == household_id, ReorderSlot.slot_id == slot_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.one()


async def live_consent(
    session: AsyncSession, household_id: int, slot_id: int
) -> ReorderConsent | None:
    """Return the consent that holds for a slot."""
    consent: ReorderConsent | None = await session.scalar(
        select(ReorderConsent).where(
            ReorderConsent.household_id == household_id,
            ReorderConsent.slot_id == slot_id,
            ReorderConsent.revoked_at.is_(None),
        )
    )
    return consent


async def revoke_consents(
    session: AsyncSession, household_id: int, slot_id: int, now: datetime
) -> None:
    """End the consent of a slot, if there is one."""
    await session.execute(
        update(ReorderConsent)
        .where(
            ReorderConsent.household_id == household_id,
            ReorderConsent.slot_id == slot_id,
            ReorderConsent.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


async def has_other_open(session: AsyncSession, slot_id: int, except_for: int) -> bool:
    """Tell whether a slot has an open reorder besides one."""
    count = await session.scalar(
        select(func.count())
        .select_from(Reorder)
        .where(
            Reorder.slot_id == slot_id,
            Reorder.id != except_for,
            Reorder.stage.in_(OPEN_STAGES),
        )
    )
    return bool(count)


async def open_of_slot(session: AsyncSession, slot_id: int) -> int | None:
    """Return the id of the slot's open reorder."""
    return await session.scalar(
        select(Reorder.id).where(Reorder.slot_id == slot_id, Reorder.stage.in_(OPEN_STAGES))
    )


async def count_by_stage(
    session: AsyncSession, stages: Sequence[ReorderStage]
) -> dict[ReorderStage, int]:
    """Return how many reorders stand on each of some stages."""
    found = await session.execute(
        select(Reorder.stage, func.count()).where(Reorder.stage.in_(stages)).group_by(Reorder.stage)
    )
    return {stage: int(count) for stage, count in found}


async def last_shipped_at(session: AsyncSession, slot_id: int) -> datetime | None:
    """Return when a parcel for a slot last left."""
    return await session.scalar(
        select(func.max(Reorder.shipped_at)).where(Reorder.slot_id == slot_id)
    )


async def ordered_moments(session: AsyncSession, slot_id: int, limit: int) -> list[datetime]:
    """Return when the slot's last orders were made, oldest first; those called off do not count."""
    called_off = (ReorderStage.CANCELLED, ReorderStage.FAILED)
    found = await session.scalars(
        select(Reorder.ordered_at)
        .where(
            Reorder.slot_id == slot_id,
            Reorder.ordered_at.is_not(None),
            Reorder.stage.not_in(called_off),
        )
        .order_by(Reorder.ordered_at.desc())
        .limit(limit)
    )
    return [moment for moment in reversed(found.all()) if moment is not None]


async def spent_since(
    session: AsyncSession, household_id: int, currency: str, since: datetime
) -> int:
    """Return what a household's reorders cost since a moment; those called off do not count."""
    called_off = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.REFUNDED)
    spent = await session.scalar(
        select(func.coalesce(func.sum(Order.total_minor - Order.refunded_minor), 0))
        .join(Reorder, Reorder.id == Order.reorder_id)
        .where(
            Reorder.household_id == household_id,
            Order.currency == currency,
            Order.placed_at >= since,
            Order.status.not_in(called_off),
            Order.is_test.is_(False),
        )
    )
    return int(spent or 0)


async def bought_by_hand(session: AsyncSession, user_ids: Sequence[int], variant_id: int) -> int:
    """Return how many bottles of a variant the members bought in the shop and still wait for."""
    bottles = await session.scalar(
        select(func.coalesce(func.sum(OrderItem.quantity), 0))
        .join(Order, Order.id == OrderItem.order_id)
        .where(
            Order.user_id.in_(user_ids),
            Order.reorder_id.is_(None),
            Order.status.in_(_ON_THE_WAY),
            OrderItem.variant_id == variant_id,
        )
    )
    return int(bottles or 0)


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


async def live_of_slot(session: AsyncSession, household_id: int, slot_id: int) -> Sequence[int]:
    """Return ids of the slot's reorders that are not over, oldest first."""
    live = (*UNDECIDED_STAGES, *OPEN_STAGES, ReorderStage.DELIVERED)
    found = await session.scalars(
        select(Reorder.id)
        .where(
            Reorder.household_id == household_id,
            Reorder.slot_id == slot_id,
            Reorder.stage.in_(live),
        )
        .order_by(Reorder.id)
    )
    return found.all()


async def undecided_of_hub(session: AsyncSession, household_id: int, hub_id: int) -> Sequence[int]:
    """Return ids of a hub's reorders that no order was made of yet."""
    stages = (*UNDECIDED_STAGES, ReorderStage.PROPOSED, ReorderStage.PENDING_CANCEL_WINDOW)
    found = await session.scalars(
        select(Reorder.id).where(
            Reorder.household_id == household_id,
            Reorder.hub_id == hub_id,
            Reorder.stage.in_(stages),
        )
    )
    return found.all()


async def of_households(
    session: AsyncSession,
    household_ids: Sequence[int],
    stages: Sequence[ReorderStage] | None,
    limit: int,
) -> Sequence[Reorder]:
    """Return the households' reorders, newest first."""
    query = (
        select(Reorder)
        .where(Reorder.household_id.in_(household_ids))
        .order_by(Reorder.id.desc())
        .limit(limit)
    )
    if stages is not None:
        query = query.where(Reorder.stage.in_(stages))
    return (await session.scalars(query)).all()


async def notes_of(session: AsyncSession, reorder_id: int) -> Sequence[ReorderNote]:
    """Return the steps of a reorder, oldest first."""
    found = await session.scalars(
        select(ReorderNote).where(ReorderNote.reorder_id == reorder_id).order_by(ReorderNote.id)
    )
    return found.all()


async def order_of(session: AsyncSession, reorder_id: int) -> Order | None:
    """Return the order of a reorder."""
    order: Order | None = await session.scalar(select(Order).where(Order.reorder_id == reorder_id))
    return order


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
