"""What hubs report and members wish, as it arrives: stored at once, worked on by jobs."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.hubs.events import CartridgeRunningLow
from cloud.reorders import repository
from cloud.reorders.findings import DOUBTS
from cloud.reorders.models import ReorderNote
from cloud.reorders.stages import ReorderStage


async def note_low(session: AsyncSession, report: CartridgeRunningLow) -> int | None:
    """Store a report with the job that looks at it; None, and nothing, when it is known.

    Known is a (hub, slot, cartridge) that was reported before: after an outage, by a restored
    backup, by a copied card.
    """
    wish = await repository.wish_of(session, report.household_id, report.slot_id)
    reorder_id = await repository.insert_received(
        session,
        {
            "household_id": report.household_id,
            "hub_id": report.hub_id,
            "slot_id": report.slot_id,
            "cartridge_install_id": report.cartridge_install_id,
            "stage": ReorderStage.RECEIVED,
            "low_at": report.occurred_at,
            "received_at": report.received_at,
            "evidence": report.evidence,
            "next_look_at": report.received_at,
            "stage_at": report.received_at,
            "is_test": wish is not None and wish.is_test,
        },
    )
    if reorder_id is None:
        return None
    session.add(
        ReorderNote(
            reorder_id=reorder_id,
            stage=ReorderStage.RECEIVED,
            detail={"low_at": report.occurred_at.isoformat()},
            at=report.received_at,
        )
    )
    await defer_look(session, reorder_id)
    return reorder_id


async def defer_look(session: AsyncSession, reorder_id: int) -> None:
    """Have a reorder looked at; once, however often it is asked for."""
    lock = f"reorders.evaluate:{reorder_id}"
    await defer(session, "reorders.evaluate", queueing_lock=lock, reorder_id=reorder_id)


async def note_level(session: AsyncSession, household_id: int, slot_id: int, now: datetime) -> None:
    """Have reports that the readings were doubted of looked at again: the level moved."""
    for reorder_id in await repository.look_soon(session, household_id, slot_id, now, DOUBTS):
        await defer_look(session, reorder_id)


async def look_again(session: AsyncSession, household_id: int, slot_id: int, now: datetime) -> None:
    """Have all of a slot's waiting reports looked at again: what was wished for it changed."""
    for reorder_id in await repository.look_soon(session, household_id, slot_id, now):
        await defer_look(session, reorder_id)
