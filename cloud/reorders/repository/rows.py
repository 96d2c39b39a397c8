"""Refills, and the slots, hubs and orders around them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cloud.hubs.models import Hub, Slot
from cloud.orders.models import Order
from cloud.reorders.models import (
    Reorder,
    ReorderNote,
)
from cloud.reorders.stages import OPEN_STAGES, UNDECIDED_STAGES, RefillAnswer, ReorderStage


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


async def slot_at(
    session: AsyncSession, household_id: int, hub_id: int, diffuser_id: str, slot_no: int
) -> Slot | None:
    """Return the slot at a place that a hub speaks of."""
    found: Slot | None = await session.scalar(
        select(Slot).where(
            Slot.household_id == household_id,
            Slot.hub_id == hub_id,
            Slot.diffuser_id == diffuser_id,
            Slot.slot_no == slot_no,
        )
    )
    return found


async def of_cartridge(session: AsyncSession, household_id: int, install_id: str) -> int | None:
    """Return the id of the refill of a cartridge, tests aside; there is one at most."""
    return await session.scalar(
        select(Reorder.id).where(
            Reorder.household_id == household_id,
            Reorder.cartridge_install_id == install_id,
            Reorder.is_test.is_(False),
        )
    )


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


async def of_order(session: AsyncSession, order_id: int) -> Reorder | None:
    """Return the reorder that made an order; None for orders that people made."""
    reorder: Reorder | None = await session.scalar(
        select(Reorder).join(Order, Order.reorder_id == Reorder.id).where(Order.id == order_id)
    )
    return reorder


async def orders_of(session: AsyncSession, reorder_ids: Sequence[int]) -> dict[int, Order]:
    """Return the orders of reorders, by reorder; those without one are missing."""
    found = await session.scalars(select(Order).where(Order.reorder_id.in_(reorder_ids)))
    return {order.reorder_id: order for order in found if order.reorder_id is not None}


async def notes_of(
    session: AsyncSession, reorder_ids: Sequence[int]
) -> dict[int, list[ReorderNote]]:
    """Return the steps of reorders, by reorder, oldest first."""
    notes: dict[int, list[ReorderNote]] = {}
    for note in await session.scalars(
        select(ReorderNote).where(ReorderNote.reorder_id.in_(reorder_ids)).order_by(ReorderNote.id)
    ):
        notes.setdefault(note.reorder_id, []).append(note)
    return notes


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


async def open_of_slot(session: AsyncSession, slot_id: int, *, is_test: bool = False) -> int | None:
    """Return the id of the slot's open reorder, or of its open test."""
    return await session.scalar(
        select(Reorder.id).where(
            Reorder.slot_id == slot_id,
            Reorder.stage.in_(OPEN_STAGES),
            Reorder.is_test == is_test,
        )
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


async def has_other_open(session: AsyncSession, reorder: Reorder) -> bool:
    """Tell whether the place of a reorder has another open one, by whichever hub it was told of.

    A test is not in the way of a reorder, nor the other way round.
    """
    its, other = aliased(Slot), aliased(Slot)
    count = await session.scalar(
        select(func.count())
        .select_from(Reorder)
        .join(other, (other.household_id == Reorder.household_id) & (other.id == Reorder.slot_id))
        .join(
            its,
            (its.household_id == other.household_id)
            & (its.diffuser_id == other.diffuser_id)
            & (its.slot_no == other.slot_no),
        )
        .where(
            its.household_id == reorder.household_id,
            its.id == reorder.slot_id,
            Reorder.id != reorder.id,
            Reorder.is_test == reorder.is_test,
            Reorder.stage.in_(OPEN_STAGES),
        )
    )
    return bool(count)


async def slots_of_hub(session: AsyncSession, household_id: int, hub_id: int) -> Sequence[int]:
    """Return ids of the slots that a hub speaks of, ascending."""
    found = await session.scalars(
        select(Slot.id)
        .where(Slot.household_id == household_id, Slot.hub_id == hub_id)
        .order_by(Slot.id)
    )
    return found.all()


async def slots_elsewhere(
    session: AsyncSession, household_id: int, install_id: str
) -> Sequence[tuple[int, int]]:
    """Return (household, slot) of other homes that believe to hold a cartridge."""
    rows = await session.execute(
        select(Slot.household_id, Slot.id)
        .where(Slot.cartridge_install_id == install_id, Slot.household_id != household_id)
        .order_by(Slot.household_id, Slot.id)
    )
    return [(row[0], row[1]) for row in rows]


async def fitted_by_word(session: AsyncSession, household_id: int, slot_id: int) -> int | None:
    """Return the slot's last refill that only a person said is in, and no hub yet."""
    return await session.scalar(
        select(Reorder.id)
        .where(
            Reorder.household_id == household_id,
            Reorder.slot_id == slot_id,
            Reorder.stage == ReorderStage.FITTED,
            Reorder.refill_answer == RefillAnswer.YES,
            Reorder.next_install_id.is_(None),
            Reorder.is_test.is_(False),
        )
        .order_by(Reorder.id.desc())
        .limit(1)
    )
