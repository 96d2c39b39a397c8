"""What hubs report and members wish, as it arrives: stored at once, worked on by jobs."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.hubs.events import CartridgeRunningLow
from cloud.hubs.models import Slot
from cloud.reorders import repository
from cloud.reorders.findings import DOUBTS
from cloud.reorders.models import ReorderNote
from cloud.reorders.stages import ReorderStage
from scentd.contracts.bodies import LevelV1, RunningLowV1, RunOutV1, SlotV1


async def note_low(session: AsyncSession, report: CartridgeRunningLow) -> int | None:
    """Store a report with the job that looks at it; None, and nothing, when it is known.

    Known is a cartridge that was reported before in this household: after an outage, by a restored
    backup, by a copied card, by a hub that was paired again.
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
        await _tell_of_report(session, report)
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


async def _tell_of_report(session: AsyncSession, report: CartridgeRunningLow) -> None:
    """Have a job tell a refill that somebody asked for before that its cartridge is low now."""
    known_id = await repository.of_cartridge(
        session, report.household_id, report.cartridge_install_id
    )
    known = None if known_id is None else await repository.fetch(session, known_id)
    if known is None or "proposed" not in known.evidence or "reported_at" in known.evidence:
        return
    await defer(
        session,
        "reorders.take_report",
        queueing_lock=f"reorders.take_report:{known.id}",
        reorder_id=known.id,
        report=report.evidence,
        low_at=report.occurred_at.isoformat(),
    )


async def note_after_test(session: AsyncSession, slot: Slot, now: datetime) -> None:
    """Store a cartridge that was reported low while its slot was tested: the hub says it once."""
    if slot.low_install_id != slot.cartridge_install_id or slot.low_at is None:
        return
    await note_low(
        session,
        CartridgeRunningLow(
            household_id=slot.household_id,
            hub_id=slot.hub_id,
            slot_id=slot.id,
            cartridge_install_id=slot.cartridge_install_id,
            occurred_at=slot.low_at,
            received_at=now,
            evidence=evidence_of(slot),
        ),
    )


def evidence_of(slot: Slot) -> dict[str, Any]:
    """Return what is known of a slot now in the shape of a hub's report."""
    level = LevelV1(
        remaining_ul=slot.remaining_ul,
        capacity_ul=slot.capacity_ul,
        error_ul=slot.error_ul,
        quality=slot.level_quality,
        at=slot.level_at,
    )
    report = RunningLowV1(
        slot=SlotV1(
            diffuser_id=slot.diffuser_id,
            slot_no=slot.slot_no,
            diffuser_name=slot.diffuser_name,
            room=slot.room,
        ),
        install_id=slot.cartridge_install_id,
        cycle=slot.cycle,
        sku=slot.scent_sku,
        level=level,
        run_out=RunOutV1(p50=slot.runs_out_at),
        observations=(level,),
        threshold_percent=15,
        reason="level",
    )
    return report.model_dump(mode="json")


async def defer_look(session: AsyncSession, reorder_id: int) -> None:
    """Have a reorder looked at; once, however often it is asked for."""
    lock = f"reorders.evaluate:{reorder_id}"
    await defer(session, "reorders.evaluate", queueing_lock=lock, reorder_id=reorder_id)


async def note_level(session: AsyncSession, household_id: int, slot_id: int, now: datetime) -> None:
    """Have reports looked at again whose readings were doubted, or whose oil lasts less now."""
    doubted = await repository.look_soon(session, household_id, slot_id, now, DOUBTS)
    sooner = await repository.lasts_less(session, household_id, slot_id, now)
    for reorder_id in (*doubted, *sooner):
        await defer_look(session, reorder_id)


async def look_again(session: AsyncSession, household_id: int, slot_id: int, now: datetime) -> None:
    """Have all of a slot's waiting reports looked at again: what was wished for it changed."""
    for reorder_id in await repository.look_soon(session, household_id, slot_id, now):
        await defer_look(session, reorder_id)


async def look_at_slot(
    session: AsyncSession, household_id: int, slot_id: int, now: datetime
) -> None:
    """Have all of a slot's waiting reports looked at again, after looks that are under way."""
    await repository.lock_household(session, household_id)
    await look_again(session, household_id, slot_id, now)
