"""Tests of a refill, begun by a person and walked to the end by themselves; nothing is charged."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.schemas import NewShipment
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.errors import CannotBeHad
from cloud.reorders.events import ReorderProposed, ReorderWindowOpened
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder
from cloud.reorders.service.casing import gather
from cloud.reorders.service.consenting import adult_slot
from cloud.reorders.service.deciding import show
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.intake import evidence_of
from cloud.reorders.service.recording import move
from cloud.reorders.stages import ReorderStage

_S = ReorderStage
# A test is watched: its window is not a day.
_WINDOW = timedelta(minutes=2)


async def begin_test(
    session: AsyncSession, desk: Desk, user_id: int, slot_id: int, now: datetime
) -> int:
    """Begin a test of a slot as if it ran low now, and return its reorder; one at a time.

    It goes the way that a refill of this slot would go, asked about or by itself, and is marked
    everywhere. Raises SlotNotFound, AdultNeeded, CannotBeHad.
    """
    slot = await adult_slot(session, user_id, slot_id)
    household = await repository.lock_household(session, slot.household_id)
    standing = await repository.open_of_slot(session, slot.id, is_test=True)
    if standing is not None:
        return standing
    wish = await repository.wish_of(session, slot.household_id, slot.id)
    reorder = Reorder(
        household_id=slot.household_id,
        hub_id=slot.hub_id,
        slot_id=slot.id,
        cartridge_install_id=slot.cartridge_install_id,
        stage=_S.RECEIVED,
        low_at=now,
        received_at=now,
        evidence=evidence_of(slot),
        stage_at=now,
        is_test=True,
    )
    session.add(reorder)
    await session.flush()
    gathered = await gather(session, desk.rules, reorder, household, now)
    if gathered.refill is None:
        raise CannotBeHad(Reason.NOT_SOLD.value)
    show(reorder, gathered, now)
    is_automatic = wish is not None and wish.mode is Mode.AUTOMATIC and gathered.consent is not None
    if is_automatic:
        reorder.cancel_until = now + min(_WINDOW, desk.rules.cancel_window)
    stage = _S.PENDING_CANCEL_WINDOW if is_automatic else _S.PROPOSED
    await move(session, desk, reorder, stage, now=now, reason=Reason.TEST.value, user_id=user_id)
    told = ReorderWindowOpened if is_automatic else ReorderProposed
    await emit(session, told(reorder.id, reorder.household_id, now))
    return reorder.id


async def walk_test(session: AsyncSession, reorder_id: int, now: datetime) -> None:
    """Take the parcel of a test one step on: nothing is packed, everybody sees it come.

    Repeating it is harmless. What is asked after the delivery is asked at once.
    """
    order = await repository.order_of(session, reorder_id)
    reorder = await repository.fetch(session, reorder_id)
    if order is None or reorder is None or not (reorder.is_test and order.is_test):
        return
    if reorder.stage is _S.PAID:
        parcel = NewShipment(carrier="Test", tracking="")
        await orders.ship(session, order.id, parcel, actor=SYSTEM, now=now)
    elif reorder.stage is _S.SHIPPED:
        await orders.mark_delivered(session, order.id, actor=SYSTEM, now=now)
