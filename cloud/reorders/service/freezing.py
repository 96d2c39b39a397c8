"""A device that left its home: nothing of it is ordered by itself, and what is open is shown."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.events import ReorderFrozen
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder, ReorderSlot
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.recording import move
from cloud.reorders.stages import UNDECIDED_STAGES, ReorderStage

_S = ReorderStage
_FROZEN = Reason.SLOT_FROZEN.value
# What is on its way already is past deciding.
_ORDERED = (_S.PROPOSED, _S.CLAIMED, _S.ORDERED, _S.PAYMENT_DUE, _S.PAID)


async def freeze_hub(
    session: AsyncSession, desk: Desk, household_id: int, hub_id: int, now: datetime
) -> None:
    """A hub was removed: its slots order nothing until a hub speaks of them again.

    Slots that another hub of the household took over meanwhile are left alone.
    """
    await repository.lock_household(session, household_id)
    for slot_id in await repository.slots_of_hub(session, household_id, hub_id):
        await _freeze(session, desk, household_id, slot_id, now)


async def freeze_slot(
    session: AsyncSession, desk: Desk, household_id: int, slot_id: int, now: datetime
) -> None:
    """A device was seen in another home: its slot here orders nothing until a member says so."""
    await repository.lock_household(session, household_id)
    wish = await repository.wish_locked(session, household_id, slot_id)
    if wish.frozen_at is not None:
        return
    wish.frozen_at = now
    await _freeze(session, desk, household_id, slot_id, now)


async def thaw(session: AsyncSession, wish: ReorderSlot) -> None:
    """A member decided about the slot, or its device is back: it counts again."""
    wish.frozen_at = None
    await session.flush()


async def _freeze(
    session: AsyncSession, desk: Desk, household_id: int, slot_id: int, now: datetime
) -> None:
    """End what was agreed for a slot and leave what is open to a person."""
    wish = await repository.wish_locked(session, household_id, slot_id)
    await repository.revoke_consents(session, household_id, slot_id, now)
    if wish.mode is Mode.AUTOMATIC:
        wish.mode = Mode.ASK
    await session.flush()
    for reorder_id in await repository.live_of_slot(session, household_id, slot_id):
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is not None:
            await freeze_open(session, desk, reorder, now)


async def freeze_open(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> None:
    """Leave one locked reorder to a person; what was only reported waits. Repeating is harmless."""
    if reorder.stage in UNDECIDED_STAGES:
        await move(session, desk, reorder, _S.WAITING, now=now, reason=_FROZEN)
        return
    is_announced = reorder.stage is _S.PENDING_CANCEL_WINDOW
    if reorder.frozen_at is not None or not (is_announced or reorder.stage in _ORDERED):
        return
    reorder.frozen_at = now
    stage = _S.PROPOSED if is_announced else reorder.stage
    await move(session, desk, reorder, stage, now=now, reason=_FROZEN)
    made = await repository.order_of(session, reorder.id)
    number = made.number if made else None
    await emit(session, ReorderFrozen(reorder.id, reorder.household_id, number, now))
