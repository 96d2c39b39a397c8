"""Refills, and the slots, hubs and orders around them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.models import Hub, Slot
from cloud.orders.models import Order
from cloud.reorders.models import (
    Reorder,
    ReorderNote,
)
from cloud.reorders.stages import OPEN_STAGES, UNDECIDED_STAGES, ReorderStage


async def insert_received(session: AsyncSession, fields: dict[str, Any]) -> int | None:
    """Store a reported low cartridge; None when this cartridge was reported before."""
    return await session.scalar(
        insert(Reorder).values(**fields).on_conflict_do_nothing().returning(Reorder.id)
    )


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


async def order_of(session: AsyncSession, reorder_id: int) -> Order | None:
    """Return the order of a reorder."""
    order: Order | None = await session.scalar(select(Order).where(Order.reorder_id == reorder_id))
    return order


async def notes_of(session: AsyncSession, reorder_id: int) -> Sequence[ReorderNote]:
    """Return the steps of a reorder, oldest first."""
    found = await session.scalars(
        select(ReorderNote).where(ReorderNote.reorder_id == reorder_id).order_by(ReorderNote.id)
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
