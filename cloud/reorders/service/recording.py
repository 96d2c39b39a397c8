"""Moving a reorder to a stage: its note, its document on the hub, in the same transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs import service as hubs
from cloud.orders.models import Order
from cloud.reorders import repository
from cloud.reorders.models import Reorder, ReorderNote
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.intake import look_again
from cloud.reorders.stages import OPEN_STAGES, ReorderStage
from scentd.contracts.documents import ReorderState, ReorderStatusV1

_S = ReorderStage
# What a home is told; the stages that are missing are nothing to show.
_SHOWN = {
    _S.PROPOSED: ReorderState.PROPOSED,
    _S.PENDING_CANCEL_WINDOW: ReorderState.PENDING_CANCEL_WINDOW,
    _S.ORDERED: ReorderState.ORDERED,
    _S.PAYMENT_DUE: ReorderState.FAILED,
    _S.CLAIMED: ReorderState.ORDERED,
    _S.PAID: ReorderState.PAID,
    _S.SHIPPED: ReorderState.SHIPPED,
    _S.DELIVERED: ReorderState.DELIVERED,
    _S.CANCELLED: ReorderState.CANCELLED,
    _S.DECLINED: ReorderState.DECLINED,
    _S.FAILED: ReorderState.FAILED,
}
_DECIDABLE = (_S.PROPOSED, _S.PENDING_CANCEL_WINDOW)


async def move(
    session: AsyncSession,
    desk: Desk,
    reorder: Reorder,
    stage: ReorderStage,
    *,
    now: datetime,
    reason: str = "",
    user_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Put a locked reorder on a stage, note why and by whom, and tell the home.

    The slot's other waiting reorders are looked at again when this one stops being open.
    """
    was_open = reorder.stage in OPEN_STAGES
    reorder.stage = stage
    reorder.reason = reason
    reorder.stage_at = now
    add_note(session, reorder, now=now, reason=reason, user_id=user_id, detail=detail)
    await session.flush()
    if was_open and stage not in OPEN_STAGES:
        await look_again(session, reorder.household_id, reorder.slot_id, now)
    await publish(session, desk, reorder, now)


def add_note(
    session: AsyncSession,
    reorder: Reorder,
    *,
    now: datetime,
    reason: str,
    user_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Note a step of a reorder on the stage where it stands."""
    session.add(
        ReorderNote(
            reorder_id=reorder.id,
            stage=reorder.stage,
            reason=reason,
            user_id=user_id,
            detail=detail or {},
            at=now,
        )
    )


async def publish(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> None:
    """Put what the home shows about a reorder; a stage that is not shown takes it away.

    An older reorder never covers a newer one of the same slot.
    """
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    if slot is None or await _is_covered(session, reorder):
        return
    order = await repository.order_of(session, reorder.id)
    status = _status(desk, reorder, order, now)
    await hubs.publish(
        session,
        reorder.household_id,
        "reorder",
        f"{slot.diffuser_id}/{slot.slot_no}",
        None if status is None else status.model_dump(mode="json"),
    )


async def _is_covered(session: AsyncSession, reorder: Reorder) -> bool:
    if reorder.stage in OPEN_STAGES:
        return False
    return await repository.has_other_open(session, reorder)


def _status(
    desk: Desk, reorder: Reorder, order: Order | None, now: datetime
) -> ReorderStatusV1 | None:
    state = _SHOWN.get(reorder.stage)
    if state is None or reorder.total_minor is None or reorder.currency is None:
        return None
    is_window = reorder.stage is _S.PENDING_CANCEL_WINDOW
    return ReorderStatusV1(
        state=state,
        product_name=reorder.product_name,
        variant_name=reorder.variant_name,
        quantity=reorder.quantity,
        total_minor=reorder.total_minor,
        currency=reorder.currency,
        install_id=reorder.cartridge_install_id,
        order_number=order.number if order else None,
        arrives_on=order.arrives_on if order else reorder.arrives_on,
        proposal_url=desk.links.proposal(reorder.id) if reorder.stage in _DECIDABLE else None,
        order_url=desk.links.order(order.number, is_guest=False) if order else None,
        cancel_until=reorder.cancel_until if is_window else None,
        reason=reorder.reason or None,
        is_test=reorder.is_test,
        changed_at=now,
    )
