"""The buyer's side: what can come back, asking for it, and thinking better of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.schemas import OrderView
from cloud.orders.status import OrderStatus
from cloud.returns import repository
from cloud.returns.errors import NothingReturned, NotReturnable, ReturnLineTooMany
from cloud.returns.models import Return, ReturnLine
from cloud.returns.schemas import RETURN_WITHIN, ReturnableLine, ReturnableView, ReturnRequest
from cloud.returns.service.moving import lock, move, note_step
from cloud.returns.stages import ReturnStage

_ARRIVED = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETED})


async def get_returnable(session: AsyncSession, order_id: int, now: datetime) -> ReturnableView:
    """Return what of an order can be sent back at a moment."""
    order = await orders.get_order_view(session, order_id)
    if _objection(order, now) is not None or order.delivered_at is None:
        return ReturnableView(until=None, lines=[])
    left = await _left(session, order)
    return ReturnableView(
        until=order.delivered_at + RETURN_WITHIN,
        lines=[
            ReturnableLine(
                order_item_id=item.id,
                product_name=item.product_name,
                variant_name=item.variant_name,
                left=left[item.id],
            )
            for item in order.items
            if left[item.id]
        ],
    )


async def ask(
    session: AsyncSession, order_id: int, asked: ReturnRequest, *, actor: Actor, now: datetime
) -> str:
    """Store what a buyer wants to send back and return its number.

    Raises NotReturnable before the order arrived and 30 days after it, NothingReturned, and
    ReturnLineTooMany. Two at once take turns at the order's row.
    """
    locked = await orders.lock(session, order_id)
    order = await orders.get_order_view(session, order_id)
    if (objection := _objection(order, now)) is not None:
        raise objection
    left = await _left(session, order)
    wanted = {item_id: line for item_id, line in asked.lines.items() if line.quantity}
    if not wanted:
        raise NothingReturned
    for item_id, line in wanted.items():
        if line.quantity > left.get(item_id, 0):
            raise ReturnLineTooMany(item_id, left.get(item_id, 0))
    back = Return(
        number=await repository.next_number(session),
        order_id=order_id,
        stage=ReturnStage.ASKED,
        comment=asked.comment,
        asked_at=now,
    )
    session.add(back)
    await session.flush()
    session.add_all(
        ReturnLine(
            return_id=back.id,
            order_item_id=item_id,
            quantity=line.quantity,
            reason=line.reason,
        )
        for item_id, line in sorted(wanted.items())
    )
    await note_step(session, locked, back, actor=actor, now=now, comment=asked.comment)
    return back.number


async def withdraw(session: AsyncSession, number: str, *, actor: Actor, now: datetime) -> None:
    """Call a return off before its parcel arrived; ReturnRefused afterwards."""
    order, back = await lock(session, number)
    await move(session, order, back, ReturnStage.WITHDRAWN, actor=actor, now=now)


def _objection(order: OrderView, now: datetime) -> NotReturnable | None:
    if order.status not in _ARRIVED or order.delivered_at is None:
        return NotReturnable.not_there(order.number)
    if now > order.delivered_at + RETURN_WITHIN:
        return NotReturnable.too_late(order.number, RETURN_WITHIN.days)
    return None


async def _left(session: AsyncSession, order: OrderView) -> dict[int, int]:
    gone = await repository.quantities(session, order.id)
    return {item.id: max(0, item.shipped_quantity - gone.get(item.id, 0)) for item in order.items}
