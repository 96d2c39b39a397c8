"""From one bottle to the next: a new one was fitted, or a person said that it is in."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.jobs import defer
from cloud.hubs import service as hubs
from cloud.reorders import repository
from cloud.reorders.errors import NotOpen, ReorderNotFound
from cloud.reorders.events import RefillQuestionAsked, ReorderCalledOff
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder, ReorderSlot
from cloud.reorders.service.answering import require_adult
from cloud.reorders.service.claims import claimed_by, give_parcel_back
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.freezing import thaw
from cloud.reorders.service.intake import defer_look
from cloud.reorders.service.recording import add_note, move
from cloud.reorders.stages import UNDECIDED_STAGES, RefillAnswer, ReorderStage

_S = ReorderStage


async def note_fitted(
    session: AsyncSession,
    desk: Desk,
    household_id: int,
    slot_id: int,
    install_id: str,
    fitted_at: datetime,
    now: datetime,
) -> None:
    """A new bottle is in: what was on its way arrived, what was only asked about is moot.

    The same bottle in another home means that its device moved: the slot there is frozen.
    """
    await repository.lock_household(session, household_id)
    wish = await repository.wish_locked(session, household_id, slot_id)
    await thaw(session, wish)
    came_from_us = await _was_told_before(session, household_id, slot_id, install_id)
    for reorder_id in await repository.live_of_slot(session, household_id, slot_id):
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is None or reorder.cartridge_install_id == install_id:
            continue
        if reorder.low_at > fitted_at:
            continue
        reorder.next_install_id = install_id
        came_from_us |= await _end_cycle(session, desk, reorder, wish, now)
    if not came_from_us:
        wish.bottles_on_hand = max(0, wish.bottles_on_hand - 1)
    await session.flush()
    for other_household_id, other_slot_id in await repository.slots_elsewhere(
        session, household_id, install_id
    ):
        # In a unit of work of its own: two homes are never locked at once.
        await defer(
            session,
            "reorders.freeze_slot",
            queueing_lock=f"reorders.freeze_slot:{other_slot_id}",
            household_id=other_household_id,
            slot_id=other_slot_id,
        )


async def _was_told_before(
    session: AsyncSession, household_id: int, slot_id: int, install_id: str
) -> bool:
    """Take the hub's word as that of the person who said before that the bottle is in."""
    reorder_id = await repository.fitted_by_word(session, household_id, slot_id)
    told = None if reorder_id is None else await repository.fetch_locked(session, reorder_id)
    if told is None or told.cartridge_install_id == install_id:
        return False
    told.next_install_id = install_id
    return True


async def _end_cycle(
    session: AsyncSession, desk: Desk, reorder: Reorder, wish: ReorderSlot, now: datetime
) -> bool:
    """End one reorder of the old bottle; tell whether the new bottle is the one it sent."""
    if reorder.stage in UNDECIDED_STAGES:
        await defer_look(session, reorder.id)
        return False
    if reorder.stage in (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW):
        reason = Reason.CARTRIDGE_CHANGED.value
        await move(session, desk, reorder, _S.EXPIRED, now=now, reason=reason)
        await emit(session, ReorderCalledOff(reorder.id, reorder.household_id, reason, now))
        return False
    if reorder.is_test:
        if reorder.stage in (_S.SHIPPED, _S.DELIVERED):
            await _end(session, desk, reorder, now)
        return False
    if reorder.stage is _S.CLAIMED:
        return await _end_claimed(session, desk, reorder, now)
    if reorder.stage is _S.SHIPPED:
        # The bottle is in before anybody said that the parcel arrived.
        wish.bottles_on_hand = min(99, wish.bottles_on_hand + reorder.quantity - 1)
        await _end(session, desk, reorder, now)
        return True
    if reorder.stage is _S.DELIVERED:
        await _end(session, desk, reorder, now)
    return False


async def _end_claimed(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> bool:
    """End one that waited for a parcel; tell whether the new bottle is out of that parcel.

    It is once the parcel has left. One that was charged comes all the same, for the cupboard.
    """
    parcel = await claimed_by(session, reorder, now)
    if parcel is not None and parcel.left_at is not None:
        await _end(session, desk, reorder, now)
        return True
    if parcel is not None and parcel.is_charged:
        return False
    await give_parcel_back(session, reorder)
    reason = Reason.CARTRIDGE_CHANGED.value
    await move(session, desk, reorder, _S.EXPIRED, now=now, reason=reason)
    return False


async def _end(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    now: datetime,
    user_id: int | None = None,
) -> None:
    reorder.ask_refill_at = None
    await move(session, desk, reorder, _S.FITTED, now=now, user_id=user_id)


async def ask_refill(session: AsyncSession, reorder_id: int, now: datetime) -> None:
    """Ask whether a delivered bottle is in, when it is time; repeating it asks once."""
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None or reorder.ask_refill_at is None or reorder.ask_refill_at > now:
        return
    reorder.ask_refill_at = None
    if reorder.stage is not _S.DELIVERED:
        return
    reorder.refill_asked_at = now
    add_note(session, reorder, now=now, reason="refill_asked")
    await session.flush()
    await emit(session, RefillQuestionAsked(reorder.id, reorder.household_id, now))


async def answer_refill(
    session: AsyncSession,
    desk: Desk,
    reorder_id: int,
    user_id: int,
    answer: RefillAnswer,
    now: datetime,
) -> None:
    """Take a member's word on whether the delivered bottle is in; the same again changes nothing.

    YES begins the new cycle: the bottle leaves the cupboard, and the hub is told. NO leaves it
    there. LATER asks again in some days. Raises ReorderNotFound, AdultNeeded, NotOpen.
    """
    found = await repository.fetch(session, reorder_id)
    if found is None:
        raise ReorderNotFound
    await require_adult(session, found.household_id, user_id)
    await repository.lock_household(session, found.household_id)
    wish = await repository.wish_locked(session, found.household_id, found.slot_id)
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None:
        raise ReorderNotFound
    if reorder.stage is _S.FITTED and answer is RefillAnswer.YES:
        return
    if reorder.stage is not _S.DELIVERED:
        raise NotOpen(reorder.stage.value)
    reorder.refill_answer = answer
    reorder.ask_refill_at = None
    if answer is RefillAnswer.YES:
        await _begin_cycle(session, desk, reorder, wish, user_id, now)
        return
    if answer is RefillAnswer.LATER:
        reorder.ask_refill_at = now + desk.rules.question_again
    add_note(session, reorder, now=now, reason=f"refill_{answer.value}", user_id=user_id)
    await session.flush()


async def _begin_cycle(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    wish: ReorderSlot,
    user_id: int,
    now: datetime,
) -> None:
    await _end(session, desk, reorder, now, user_id)
    if reorder.is_test:
        return
    wish.bottles_on_hand = max(0, wish.bottles_on_hand - 1)
    await session.flush()
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None:
        return
    # The hub alone knows cartridges: it begins a cycle and reports the new one.
    document = ("reorder_preference", f"{slot.diffuser_id}/{slot.slot_no}")
    said: dict[str, object] = {
        "refilled": {"at": now.isoformat(), "install_id": reorder.cartridge_install_id}
    }
    await hubs.edit(session, slot.household_id, document, said, now=now)
