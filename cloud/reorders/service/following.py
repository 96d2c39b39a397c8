"""A reorder follows its order, and is held back when less is wished than was announced."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

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
from cloud.reorders.models import Reorder, ReorderSlot
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.recording import move
from cloud.reorders.stages import OPEN_STAGES, ReorderStage

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
    stage, reason = _meaning(event)
    if stage is None or order.reorder_id is None:
        return
    wish = await _wish_for(session, order) if isinstance(event, OrderDelivered) else None
    reorder = await _locked_for(session, order)
    if reorder is None or reorder.stage not in _BEFORE[stage]:
        return
    if reorder.stage not in OPEN_STAGES and await _has_successor(session, reorder):
        # A payment came after this refill was given up and another one begun: the order goes
        # its way, the slot follows the newer refill.
        return
    if isinstance(event, OrderShipped):
        reorder.shipped_at = event.at
    if wish is not None:
        if not reorder.is_test:
            wish.bottles_on_hand = min(99, wish.bottles_on_hand + reorder.quantity)
        wait = timedelta(0) if reorder.is_test else desk.rules.question_after
        reorder.ask_refill_at = event.at + wait
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
    return await repository.has_other_open(session, reorder)


async def follow_refusal(session: AsyncSession, desk: Desk, event: ChargeRefused) -> None:
    """Leave a reorder whose card was refused waiting for its owner; nothing is tried again."""
    order = await orders.lock(session, event.order_id)
    reorder = await _locked_for(session, order)
    if reorder is not None and reorder.stage in _BEFORE[_S.PAYMENT_DUE]:
        await move(session, desk, reorder, _S.PAYMENT_DUE, now=event.at, reason=event.code)


async def _wish_for(session: AsyncSession, order: Order) -> ReorderSlot | None:
    """Lock what is wished for the slot of an order's reorder: always before the reorder itself."""
    reorder = await repository.fetch(session, order.reorder_id or 0)
    if reorder is None:
        return None
    return await repository.wish_locked(session, reorder.household_id, reorder.slot_id)


async def _locked_for(session: AsyncSession, order: Order) -> Reorder | None:
    if order.reorder_id is None:
        return None
    return await repository.fetch_locked(session, order.reorder_id)


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
