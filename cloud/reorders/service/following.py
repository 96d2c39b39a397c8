"""A reorder follows its order, and its cycle ends when the new bottle is in."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import service as orders
from cloud.orders.events import (
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderFailed,
    OrderPaid,
    OrderShipped,
)
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus
from cloud.payments.events import ChargeRefused
from cloud.reorders import repository
from cloud.reorders.cases import Mode
from cloud.reorders.events import ReorderCalledOff, ReorderProposed
from cloud.reorders.findings import Reason
from cloud.reorders.models import Reorder
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.intake import defer_look
from cloud.reorders.service.recording import move
from cloud.reorders.stages import OPEN_STAGES, UNDECIDED_STAGES, ReorderStage

_S = ReorderStage
_BEFORE: Mapping[ReorderStage, frozenset[ReorderStage]] = {
    # Which stages an order's news may move on from; news that comes late moves nothing back.
    _S.PAID: frozenset({_S.ORDERED, _S.PAYMENT_DUE, _S.FAILED}),
    _S.SHIPPED: frozenset({_S.ORDERED, _S.PAYMENT_DUE, _S.PAID}),
    _S.DELIVERED: frozenset({_S.PAID, _S.SHIPPED}),
    _S.CANCELLED: frozenset({_S.ORDERED, _S.PAYMENT_DUE, _S.PAID}),
    _S.FAILED: frozenset({_S.ORDERED, _S.PAYMENT_DUE}),
    _S.PAYMENT_DUE: frozenset({_S.ORDERED}),
}


async def follow_order(session: AsyncSession, desk: Desk, event: OrderEvent) -> None:
    """Put the reorder of an order on the stage that its news means; other orders mean nothing."""
    order = await orders.lock(session, event.order_id)
    reorder = await _locked_for(session, order)
    if reorder is None:
        return
    stage, reason = _meaning(event)
    if stage is None or reorder.stage not in _BEFORE[stage]:
        return
    if reorder.stage not in OPEN_STAGES and await _has_successor(session, reorder):
        # A payment came after this refill was given up and another one begun: the order goes
        # its way, the slot follows the newer refill.
        return
    if isinstance(event, OrderShipped):
        reorder.shipped_at = event.at
    if isinstance(event, OrderDelivered):
        wish = await repository.wish_locked(session, reorder.household_id, reorder.slot_id)
        wish.bottles_on_hand = min(99, wish.bottles_on_hand + reorder.quantity)
    await move(session, desk, reorder, stage, now=event.at, reason=reason)


def _meaning(event: OrderEvent) -> tuple[ReorderStage | None, str]:
    if isinstance(event, OrderPaid):
        return _S.PAID, ""
    if isinstance(event, OrderShipped):
        return _S.SHIPPED, ""
    if isinstance(event, OrderDelivered):
        return _S.DELIVERED, ""
    if isinstance(event, OrderCancelled):
        return _S.CANCELLED, event.reason
    if isinstance(event, OrderFailed):
        return _S.FAILED, event.reason
    return None, ""


async def _has_successor(session: AsyncSession, reorder: Reorder) -> bool:
    return await repository.has_other_open(session, reorder.slot_id, reorder.id)


async def follow_refusal(session: AsyncSession, desk: Desk, event: ChargeRefused) -> None:
    """Leave a reorder whose card was refused waiting for its owner; nothing is tried again."""
    order = await orders.lock(session, event.order_id)
    reorder = await _locked_for(session, order)
    if reorder is not None and reorder.stage in _BEFORE[_S.PAYMENT_DUE]:
        await move(session, desk, reorder, _S.PAYMENT_DUE, now=event.at, reason=event.code)


async def _locked_for(session: AsyncSession, order: Order) -> Reorder | None:
    if order.reorder_id is None:
        return None
    return await repository.fetch_locked(session, order.reorder_id)


async def note_fitted(
    session: AsyncSession,
    desk: Desk,
    household_id: int,
    slot_id: int,
    install_id: str,
    fitted_at: datetime,
    now: datetime,
) -> None:
    """A new bottle is in: what was on its way arrived, what was only asked about is moot."""
    await repository.lock_household(session, household_id)
    came_from_us = False
    for reorder_id in await repository.live_of_slot(session, household_id, slot_id):
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is None or reorder.cartridge_install_id == install_id:
            continue
        if reorder.low_at > fitted_at:
            continue
        came_from_us |= await _end_cycle(session, desk, reorder, now)
    if not came_from_us:
        await _take_from_cupboard(session, household_id, slot_id)


async def _end_cycle(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> bool:
    """End one reorder of the old bottle; tell whether the new bottle is the one it sent."""
    if reorder.stage in UNDECIDED_STAGES:
        await defer_look(session, reorder.id)
        return False
    if reorder.stage in (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW):
        reason = Reason.CARTRIDGE_CHANGED.value
        await move(session, desk, reorder, _S.EXPIRED, now=now, reason=reason)
        await emit(session, ReorderCalledOff(reorder.id, reorder.household_id, reason, now))
        return False
    if reorder.stage is _S.SHIPPED:
        # The bottle is in before anybody said that the parcel arrived.
        wish = await repository.wish_locked(session, reorder.household_id, reorder.slot_id)
        wish.bottles_on_hand = min(99, wish.bottles_on_hand + reorder.quantity - 1)
        await move(session, desk, reorder, _S.FITTED, now=now)
        return True
    if reorder.stage is _S.DELIVERED:
        await move(session, desk, reorder, _S.FITTED, now=now)
    return False


async def _take_from_cupboard(session: AsyncSession, household_id: int, slot_id: int) -> None:
    wish = await repository.wish_locked(session, household_id, slot_id)
    wish.bottles_on_hand = max(0, wish.bottles_on_hand - 1)
    await session.flush()


async def freeze_hub(
    session: AsyncSession, desk: Desk, household_id: int, hub_id: int, now: datetime
) -> None:
    """A hub was revoked: what it reported is ordered by nobody but a person."""
    await repository.lock_household(session, household_id)
    for reorder_id in await repository.undecided_of_hub(session, household_id, hub_id):
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is None:
            continue
        reason = Reason.SLOT_FROZEN.value
        if reorder.stage is _S.PENDING_CANCEL_WINDOW:
            await move(session, desk, reorder, _S.PROPOSED, now=now, reason=reason)
            await emit(session, ReorderProposed(reorder.id, household_id, now))
        elif reorder.stage in UNDECIDED_STAGES:
            await move(session, desk, reorder, _S.REFUSED, now=now, reason=reason)


async def hold_back(
    session: AsyncSession,
    desk: Desk,
    household_id: int,
    slot_id: int,
    mode: Mode,
    reason: str,
    now: datetime,
) -> None:
    """Take back what a slot announced or asked, as far as a mode does not allow it any more.

    OFF withdraws questions too; ASK turns what would happen by itself into a question. The
    household is locked.
    """
    if mode is Mode.AUTOMATIC:
        return
    for reorder_id in await repository.live_of_slot(session, household_id, slot_id):
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is None or reorder.stage not in (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW):
            continue
        if mode is Mode.OFF:
            await move(session, desk, reorder, _S.EXPIRED, now=now, reason=reason)
        elif reorder.stage is _S.PENDING_CANCEL_WINDOW:
            await move(session, desk, reorder, _S.PROPOSED, now=now, reason=reason)


async def mend(session: AsyncSession, desk: Desk, now: datetime) -> list[int]:
    """Bring reorders in line with their orders where they differ; return which did.

    Both move in one transaction, so there should be none; the nightly check shows it.
    """
    mended = []
    for reorder_id, stage, status in await repository.unsettled_pairs(session):
        wanted = _STAGE_OF.get(status)
        if wanted is None or stage is wanted:
            continue
        if stage is _S.PAYMENT_DUE and wanted is _S.ORDERED:
            continue
        order = await repository.order_of(session, reorder_id)
        if order is None:
            continue
        await orders.lock(session, order.id)
        reorder = await repository.fetch_locked(session, reorder_id)
        if reorder is not None and reorder.stage is stage and _STAGE_OF.get(order.status) is wanted:
            await move(session, desk, reorder, wanted, now=now, reason="reconciled")
            mended.append(reorder_id)
    return mended


_STAGE_OF = {
    OrderStatus.AWAITING_PAYMENT: _S.ORDERED,
    OrderStatus.PAID: _S.PAID,
    OrderStatus.PROCESSING: _S.PAID,
    OrderStatus.ON_HOLD: _S.PAID,
    OrderStatus.SHIPPED: _S.SHIPPED,
    OrderStatus.IN_TRANSIT: _S.SHIPPED,
    OrderStatus.OUT_FOR_DELIVERY: _S.SHIPPED,
    OrderStatus.DELIVERED: _S.DELIVERED,
    OrderStatus.COMPLETED: _S.DELIVERED,
    OrderStatus.CANCELLED: _S.CANCELLED,
    OrderStatus.REFUNDED: _S.CANCELLED,
    OrderStatus.FAILED: _S.FAILED,
}
