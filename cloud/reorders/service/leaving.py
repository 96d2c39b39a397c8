"""People who leave: what a forgotten member agreed to or was asked about."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.hubs import service as hubs
from cloud.reorders import repository
from cloud.reorders.events import ReorderCalledOff, ReorderProposed
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder
from cloud.reorders.service.casing import spenders
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.recording import move
from cloud.reorders.stages import ReorderStage

_S = ReorderStage


async def defer_letting_go(session: AsyncSession, user_id: int) -> None:
    """Have jobs look after the homes of somebody who is about to leave them.

    Only that: whoever forgets a person holds their account, which decisions wait for.
    """
    for household, _ in await hubs.households_of(session, user_id):
        await defer(session, "reorders.let_go", household_id=household.id)


async def let_go(session: AsyncSession, desk: Desk, household_id: int, now: datetime) -> None:
    """Bring what a home was asked and told in line with who is left; repeating it is harmless.

    With nobody left to decide, questions and announcements end. Else what was announced on the
    word of the one who left becomes a question to the others.
    """
    await repository.lock_household(session, household_id)
    has_adults = bool(await spenders(session, household_id))
    for slot in await repository.slots_of(session, [household_id]):
        for reorder_id in await repository.live_of_slot(session, household_id, slot.id):
            reorder = await repository.fetch_locked(session, reorder_id)
            if reorder is None or reorder.stage not in (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW):
                continue
            if not has_adults:
                await move(session, desk, reorder, _S.EXPIRED, now=now, reason="nobody_left")
                await emit(session, ReorderCalledOff(reorder.id, household_id, "nobody_left", now))
            elif reorder.stage is _S.PENDING_CANCEL_WINDOW:
                await _ask_others(session, desk, reorder, now)


async def _ask_others(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> None:
    consent = await repository.live_consent(session, reorder.household_id, reorder.slot_id)
    if consent is not None:
        return
    reason = Reason.NO_CONSENT.value
    await move(session, desk, reorder, _S.PROPOSED, now=now, reason=reason)
    await emit(session, ReorderProposed(reorder.id, reorder.household_id, now))
