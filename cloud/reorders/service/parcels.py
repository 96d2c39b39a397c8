"""Where refills meet subscriptions: a low bottle takes of the next parcel, a full one delays it.

Each once a cartridge. By itself where refills are automatic, else a person is asked.
"""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.jobs import defer
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.errors import NotOpen, ParcelTooLate, PushBackNotFound
from cloud.reorders.findings import DAY
from cloud.reorders.models import Reorder, ReorderPushBack, ReorderSlot
from cloud.reorders.schemas import PushBackView
from cloud.reorders.service.answering import lock_for_adult, require_adult
from cloud.reorders.service.casing import gather, variant_in
from cloud.reorders.service.claims import claim_parcel, claimed_by, give_parcel_back
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.intake import defer_look
from cloud.reorders.service.recording import move
from cloud.reorders.service.views import households_of
from cloud.reorders.stages import PushBackState, ReorderStage
from cloud.subscriptions import service as subscriptions

_S = ReorderStage
# A bottle as full as this does not need the next one; as in "re-armed".
_FULL_PERCENT = 50
# How long before its charge a parcel is looked at: its owner's reminder goes out later.
_LOOK_AHEAD_DAYS = 10
# Nine of ten parcels are there by their day; a carrier that is still silent then will stay so.
_SILENCE = timedelta(days=3)


async def answer_with_parcel(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int, now: datetime
) -> None:
    """Take a proposed refill out of the next parcel of the home's subscription; twice is once.

    Raises ReorderNotFound, AdultNeeded, NotOpen, ParcelTooLate.
    """
    reorder = await lock_for_adult(session, reorder_id, user_id)
    if reorder.stage is _S.CLAIMED:
        return
    if reorder.stage is not _S.PROPOSED:
        raise NotOpen(reorder.stage.value)
    household = await repository.lock_household(session, reorder.household_id)
    gathered = await gather(session, desk.rules, reorder, household, now)
    if not await claim_parcel(session, desk, reorder, gathered, now, user_id):
        raise ParcelTooLate


async def look_after_claim(
    session: AsyncSession, desk: Desk, reorder_id: int, now: datetime
) -> None:
    """See whether a claimed parcel still comes; repeating it is harmless.

    One that was left out or ended gives the refill back to be decided anew. Once it arrived, the
    household is asked whether the bottle is in; so it is days after one that left was due, when
    its carrier never says that it arrived.
    """
    found = await repository.fetch(session, reorder_id)
    if found is None:
        return
    await repository.lock_household(session, found.household_id)
    wish = await repository.wish_locked(session, found.household_id, found.slot_id)
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None or reorder.stage is not _S.CLAIMED:
        return
    # What took its place, as another subscription's parcel, is for the rules or a person to say.
    claimed = await claimed_by(session, reorder, now)
    if claimed is None:
        await give_parcel_back(session, reorder)
        reorder.next_look_at = now
        await move(session, desk, reorder, _S.WAITING, now=now, reason="parcel_gone")
        await defer_look(session, reorder.id)
        return
    reorder.subscription_id = claimed.subscription_id
    reorder.parcel_on, reorder.arrives_on = claimed.billing_on, claimed.arrives_on
    reorder.shipped_at = claimed.left_at
    if claimed.is_charged and reorder.ordered_at is None:
        # From now on it counts among the bottles that a slot may have by itself.
        reorder.ordered_at = now
    reorder.next_look_at = now + DAY
    today = await subscriptions.day_there(session, claimed.subscription_id, now)
    if claimed.delivered_at is not None:
        reorder.ask_refill_at = claimed.delivered_at + desk.rules.question_after
        await _arrive(session, desk, reorder, wish, now)
    elif claimed.left_at is not None and today > claimed.arrives_on + _SILENCE:
        reorder.ask_refill_at = now
        await _arrive(session, desk, reorder, wish, now, reason="carrier_silent")
    await session.flush()


async def _arrive(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    wish: ReorderSlot,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    wish.bottles_on_hand = min(99, wish.bottles_on_hand + 1)
    await move(session, desk, reorder, _S.DELIVERED, now=now, reason=reason)


async def push_back(
    session: AsyncSession, household_id: int, slot_id: int, subscription_id: int, now: datetime
) -> None:
    """Delay the next parcel of a full bottle, or ask whether to; once a cartridge."""
    await repository.lock_household(session, household_id)
    slot = await repository.slot_of(session, household_id, slot_id)
    wish = await repository.wish_of(session, household_id, slot_id)
    mode = wish.mode if wish else Mode.ASK
    if slot is None or slot.runs_out_at is None or mode is Mode.OFF:
        return
    made = await repository.insert_push_back(
        session,
        {
            "household_id": household_id,
            "slot_id": slot_id,
            "cartridge_install_id": slot.cartridge_install_id,
            "subscription_id": subscription_id,
            "state": PushBackState.ASKED,
            "until_on": await subscriptions.day_there(session, subscription_id, slot.runs_out_at),
            "at": now,
        },
    )
    if made is not None and mode is Mode.AUTOMATIC:
        await _move_parcel(session, made, now)


async def _move_parcel(session: AsyncSession, asked: ReorderPushBack, now: datetime) -> None:
    """Move the parcel, unless the bottle or the subscription is another one by now."""
    slot = await repository.slot_of(session, asked.household_id, asked.slot_id)
    is_same = slot is not None and slot.cartridge_install_id == asked.cartridge_install_id
    variant_id = await variant_in(session, slot, None) if slot is not None and is_same else None
    moved = None
    if variant_id is not None:
        moved = await subscriptions.push_back(
            session,
            asked.subscription_id,
            asked.until_on,
            now,
            household_id=asked.household_id,
            variant_id=variant_id,
        )
    asked.moved_to = moved
    asked.state = PushBackState.KEPT if moved is None else PushBackState.MOVED
    await session.flush()


async def answer_push_back(
    session: AsyncSession, push_back_id: int, user_id: int, *, is_wanted: bool, now: datetime
) -> None:
    """Take a member's word on whether the next parcel waits; the first word counts.

    Raises PushBackNotFound, AdultNeeded.
    """
    found = await session.get(ReorderPushBack, push_back_id)
    if found is None:
        raise PushBackNotFound
    await require_adult(session, found.household_id, user_id)
    await repository.lock_household(session, found.household_id)
    await session.refresh(found, with_for_update=True)
    if found.state is not PushBackState.ASKED:
        return
    found.decided_by = user_id
    if is_wanted:
        await _move_parcel(session, found, now)
        return
    found.state = PushBackState.KEPT
    await session.flush()


async def list_push_backs(session: AsyncSession, user_id: int) -> list[PushBackView]:
    """Return the parcels that a member is asked to delay, newest first."""
    homes = await households_of(session, user_id)
    return [
        PushBackView(
            id=asked.id,
            slot_id=asked.slot_id,
            diffuser_name=slot.diffuser_name,
            subscription_id=asked.subscription_id,
            remaining_percent=round(100 * slot.remaining_ul / slot.capacity_ul, 1),
            until_on=asked.until_on,
        )
        for asked, slot in await repository.open_push_backs(session, homes)
    ]


async def defer_push_backs(session: AsyncSession, now: datetime) -> None:
    """Have jobs look at full bottles whose next parcel comes soon."""
    found = await repository.full_before_parcel(session, now, _LOOK_AHEAD_DAYS, _FULL_PERCENT)
    for household_id, slot_id, subscription_id in found:
        await defer(
            session,
            "reorders.push_back",
            queueing_lock=f"reorders.push_back:{slot_id}",
            household_id=household_id,
            slot_id=slot_id,
            subscription_id=subscription_id,
        )


async def defer_claims_of_order(session: AsyncSession, order_id: int) -> None:
    """Have jobs look after the refills that count on an order's parcel, if it is one."""
    subscription_id = await subscriptions.subscription_of_order(session, order_id)
    if subscription_id is not None:
        await defer_claims(session, subscription_id)


async def defer_claims(session: AsyncSession, subscription_id: int) -> None:
    """Have jobs see whether the parcels of a subscription still come that refills count on."""
    for reorder_id in await repository.claimed_of_subscription(session, subscription_id):
        lock = f"reorders.look_after_claim:{reorder_id}"
        await defer(session, "reorders.look_after_claim", queueing_lock=lock, reorder_id=reorder_id)
