"""The staff's side: yes or no, what was in the parcel, and the money for it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.orders.actors import staff_actor
from cloud.payments.ports import PaymentGateway
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from cloud.returns.errors import NothingReturned, ReturnLineTooMany
from cloud.returns.models import Return
from cloud.returns.schemas import Approval, Closing, Receipt, Refusal, ReturnRefund
from cloud.returns.service.moving import lock, move
from cloud.returns.stages import ReturnStage


async def approve(
    session: AsyncSession, number: str, yes: Approval, staff: SignedIn, now: datetime
) -> None:
    """Let a return come; ReturnNotFound, ReturnRefused."""
    order, back = await lock(session, number)
    before = back.stage
    back.answer, back.label_url, back.decided_at = yes.answer, yes.label_url, now
    actor = staff_actor(staff)
    await move(session, order, back, ReturnStage.APPROVED, actor=actor, now=now, comment=yes.answer)
    await _note(session, staff, "approve", back, before, yes.model_dump(mode="json"))


async def refuse(
    session: AsyncSession, number: str, no: Refusal, staff: SignedIn, now: datetime
) -> None:
    """Say no to a return; ReturnNotFound, ReturnRefused."""
    order, back = await lock(session, number)
    before = back.stage
    back.answer, back.decided_at = no.answer, now
    actor = staff_actor(staff)
    await move(session, order, back, ReturnStage.REFUSED, actor=actor, now=now, comment=no.answer)
    await _note(session, staff, "refuse", back, before, no.model_dump(mode="json"))


async def receive(
    session: AsyncSession, number: str, receipt: Receipt, staff: SignedIn, now: datetime
) -> None:
    """Record what was in the parcel; what can be sold again goes back to the shelf.

    Raises ReturnNotFound, ReturnRefused, NothingReturned, ReturnLineTooMany, and BadRestock of
    the refunds. The rest is written off: it never was in stock again.
    """
    order, back = await lock(session, number)
    before = back.stage
    lines = {line.order_item_id: line for line in back.lines}
    if not any(line.received for line in receipt.lines.values()):
        raise NothingReturned
    for item_id, came in receipt.lines.items():
        line = lines.get(item_id)
        if line is None or came.received > line.quantity:
            raise ReturnLineTooMany(item_id, line.quantity if line else 0)
        if came.restocked > came.received:
            raise ReturnLineTooMany(item_id, came.received)
        line.received, line.restocked = came.received, came.restocked
        line.condition = came.condition if came.received else None
    back.received_at = now
    actor = staff_actor(staff)
    await move(
        session, order, back, ReturnStage.RECEIVED, actor=actor, now=now, comment=receipt.comment
    )
    restocked = {
        item_id: came.restocked for item_id, came in receipt.lines.items() if came.restocked
    }
    await refunds.restock(session, order, restocked, f"return {number}")
    await _note(session, staff, "receive", back, before, receipt.model_dump(mode="json"))


async def refund(
    session: AsyncSession,
    gateway: PaymentGateway,
    number: str,
    asked: ReturnRefund,
    staff: SignedIn,
    now: datetime,
) -> int:
    """Give back the money for what came and return the refund's id; the return is over then.

    Raises ReturnNotFound, ReturnRefused, and what `refund_order` refuses.
    """
    order, back = await lock(session, number)
    before = back.stage
    actor = staff_actor(staff)
    await move(session, order, back, ReturnStage.REFUNDED, actor=actor, now=now)
    request = RefundRequest(
        lines={line.order_item_id: line.received for line in back.lines if line.received},
        shipping_minor=asked.shipping_minor,
        amount_minor=asked.amount_minor,
        reason=asked.reason or f"return {number}",
    )
    back.refund_id = await refunds.refund_order(
        session, gateway, order.id, request, actor=actor, now=now
    )
    await session.flush()
    after = {**asked.model_dump(mode="json"), "refund_id": back.refund_id}
    await _note(session, staff, "refund", back, before, after)
    return back.refund_id


async def close(
    session: AsyncSession, number: str, closing: Closing, staff: SignedIn, now: datetime
) -> None:
    """End a received return without money; ReturnNotFound, ReturnRefused."""
    order, back = await lock(session, number)
    before = back.stage
    actor = staff_actor(staff)
    await move(
        session, order, back, ReturnStage.CLOSED, actor=actor, now=now, comment=closing.comment
    )
    await _note(session, staff, "close", back, before, closing.model_dump(mode="json"))


async def _note(
    session: AsyncSession,
    staff: SignedIn,
    action: str,
    back: Return,
    before: ReturnStage,
    said: dict[str, object],
) -> None:
    await audit.note(
        session,
        staff,
        action,
        "returns",
        back.number,
        before={"stage": before.value},
        after={"stage": back.stage.value, **said},
    )
