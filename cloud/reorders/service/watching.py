"""What time alone does to reorders: looks that are due, windows that end, answers that never came.

Level-triggered: each run does everything that is due, however many runs were missed.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.payments.events import AttentionNeeded
from cloud.reorders import repository
from cloud.reorders.events import ReorderCalledOff
from cloud.reorders.findings import DOUBTS
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.following import mend
from cloud.reorders.service.intake import defer_look
from cloud.reorders.service.proposing import look_anew, may_be_looked_at
from cloud.reorders.service.recording import move
from cloud.reorders.stages import ReorderStage

_BATCH = 500


async def find_due(session: AsyncSession, desk: Desk, now: datetime) -> None:
    """Enqueue a job for every look, window and proposal whose time has come."""
    for reorder_id in await repository.due_looks(session, now, _BATCH):
        await defer_look(session, reorder_id)
    for reorder_id in await repository.due_windows(session, now, _BATCH):
        lock = f"reorders.end_window:{reorder_id}"
        await defer(session, "reorders.end_window", queueing_lock=lock, reorder_id=reorder_id)
    for reorder_id in await repository.due_questions(session, now, _BATCH):
        lock = f"reorders.ask_refill:{reorder_id}"
        await defer(session, "reorders.ask_refill", queueing_lock=lock, reorder_id=reorder_id)
    for reorder_id in await repository.due_tests(session, now - desk.rules.test_step, _BATCH):
        lock = f"reorders.walk_test:{reorder_id}"
        await defer(session, "reorders.walk_test", queueing_lock=lock, reorder_id=reorder_id)
    for reorder_id in await repository.due_claims(session, now, _BATCH):
        lock = f"reorders.look_after_claim:{reorder_id}"
        await defer(session, "reorders.look_after_claim", queueing_lock=lock, reorder_id=reorder_id)
    stale = now - desk.rules.proposal_life
    for reorder_id in await repository.stale_proposals(session, stale, _BATCH):
        lock = f"reorders.expire:{reorder_id}"
        await defer(session, "reorders.expire", queueing_lock=lock, reorder_id=reorder_id)


async def expire_proposal(
    session: AsyncSession, desk: Desk, reorder_id: int, now: datetime
) -> None:
    """End a proposal that nobody answered in time; repeating it is harmless."""
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None or reorder.stage is not ReorderStage.PROPOSED:
        return
    if reorder.stage_at > now - desk.rules.proposal_life:
        return
    if may_be_looked_at(reorder):
        # Nobody answered a person's word; the hub's own report is asked about in its time.
        await look_anew(session, desk, reorder, now)
        return
    await move(session, desk, reorder, ReorderStage.EXPIRED, now=now, reason="not_answered")
    await emit(session, ReorderCalledOff(reorder.id, reorder.household_id, "not_answered", now))


async def check(session: AsyncSession, desk: Desk, now: datetime) -> None:
    """Call the staff for reports that nothing became of, and mend what drifted apart."""
    before = now - desk.rules.alarm_after
    for reorder in await repository.without_effect(session, before, DOUBTS, _BATCH):
        reorder.alarmed_at = now
        await session.flush()
        await emit(
            session,
            AttentionNeeded(
                key=f"reorder:{reorder.id}:no_effect",
                subject=f"Refill {reorder.id} was reported and nothing happened",
                detail=(
                    f"Household {reorder.household_id}, hub {reorder.hub_id}, slot "
                    f"{reorder.slot_id}: low since {reorder.low_at:%Y-%m-%d %H:%M} UTC, "
                    f"{reorder.reason or 'never looked at; see the job reorders.evaluate'}."
                ),
                at=now,
            ),
        )
        await defer_look(session, reorder.id)
    for reorder_id in await mend(session, desk, now):
        await emit(
            session,
            AttentionNeeded(
                key=f"reorder:{reorder_id}:mended",
                subject=f"Refill {reorder_id} did not match its order",
                detail="It was brought in line; the cause should be found.",
                at=now,
            ),
        )
