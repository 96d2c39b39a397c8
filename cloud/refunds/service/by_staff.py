"""What staff do about money, whichever door they come through: done, and written down."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.orders import service as orders
from cloud.orders.actors import staff_actor
from cloud.payments.ports import PaymentGateway
from cloud.refunds.schemas import RefundRequest
from cloud.refunds.service.asking import cancel_order, refund_order


async def refund_by_staff(
    session: AsyncSession,
    gateway: PaymentGateway,
    number: str,
    asked: RefundRequest,
    staff: SignedIn,
    now: datetime,
) -> int:
    """Give back money of an order and return the refund's id; as `refund_order` otherwise."""
    before = await orders.view_by_number(session, number)
    refund_id = await refund_order(
        session, gateway, before.id, asked, actor=staff_actor(staff), now=now
    )
    after = await orders.get_order_view(session, before.id)
    await audit.note(
        session,
        staff,
        "refund",
        "orders",
        number,
        before={"refunded_minor": before.refunded_minor},
        after={
            "refunded_minor": after.refunded_minor,
            "refund_id": refund_id,
            "asked": asked.model_dump(mode="json", exclude_defaults=True),
        },
    )
    return refund_id


async def cancel_by_staff(
    session: AsyncSession,
    gateway: PaymentGateway,
    number: str,
    reason: str,
    staff: SignedIn,
    now: datetime,
) -> int:
    """Call an order off and return its id; as `cancel_order` otherwise."""
    before = await orders.view_by_number(session, number)
    await cancel_order(session, gateway, before.id, reason, actor=staff_actor(staff), now=now)
    after = await orders.get_order_view(session, before.id)
    await audit.note(
        session,
        staff,
        "cancel",
        "orders",
        number,
        before={"status": before.status.value},
        after={"status": after.status.value, "cancel_reason": after.cancel_reason},
    )
    return before.id
