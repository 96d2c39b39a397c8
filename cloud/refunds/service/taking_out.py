"""Taking bottles out of an order before it leaves: not sent any more, money and bottles go back.

The order's amounts stay as they were bought: a refund by line gives the difference back, its
credit note tells the books, and the stock's ledger has the bottles again. A bottle that was free
goes back to the shelf alone.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.orders import service as orders
from cloud.orders.actors import staff_actor
from cloud.orders.events import OrderReduced
from cloud.orders.status import CANCELLABLE
from cloud.payments.ports import PaymentGateway
from cloud.refunds.errors import NothingLeft, NotTakenOut, RefundLineTooMany
from cloud.refunds.schemas import RefundRequest
from cloud.refunds.service.asking import refund_order, restock
from cloud.refunds.service.paying_back import read_paid
from cloud.refunds.shares import worth_of


async def take_out_by_staff(
    session: AsyncSession,
    gateway: PaymentGateway,
    number: str,
    quantities: Mapping[int, int],
    reason: str,
    staff: SignedIn,
    now: datetime,
    *,
    seen: int,
) -> int | None:
    """Take so many of which line out of a paid order; return the refund's id, None: all was free.

    Raises ChangedMeanwhile unless `seen` is the order's version, NotTakenOut (not paid, or a
    parcel left), RefundLineTooMany, NothingLeft (cancel it instead), and what `refund_order`
    raises. All or nothing.
    """
    before = await orders.view_by_number(session, number)
    order = await orders.lock(session, before.id)
    view = await orders.get_order_view(session, order.id)
    left = {item.id: item.left_to_ship for item in view.items}
    now_left = _said({item.sku: left[item.id] for item in view.items})
    check_version(order.version, seen, {"lines": now_left})
    if order.status not in CANCELLABLE or order.paid_at is None or view.shipments:
        raise NotTakenOut(number)
    wanted = {item_id: count for item_id, count in quantities.items() if count > 0}
    for item_id, count in wanted.items():
        if count > left.get(item_id, 0):
            raise RefundLineTooMany(item_id, left.get(item_id, 0))
    if not wanted or sum(wanted.values()) == sum(left.values()):
        raise NothingLeft.of_bottles(number)
    paid = await read_paid(session, order)
    worth = worth_of(paid, wanted, 0)
    if worth and worth == paid.left_minor:
        raise NothingLeft.of_money(number)
    items = {item.id: item for item in await orders.order_items(session, order.id)}
    for item_id, count in wanted.items():
        items[item_id].taken_out += count
    order.version += 1
    refund_id = None
    if worth:
        asked = RefundRequest(lines=wanted, restock=wanted, reason=reason)
        refund_id = await refund_order(
            session, gateway, order.id, asked, actor=staff_actor(staff), now=now
        )
    else:
        await restock(session, order, wanted, reason)
    taken = {items[item_id].sku: count for item_id, count in wanted.items()}
    after = {"taken_out": taken, "refund_id": refund_id, "reason": reason}
    await audit.note(session, staff, "take_out", "orders", number, after=after)
    await emit(session, OrderReduced(order.id, number, order.user_id, now))
    return refund_id


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{sku}: {count}" for sku, count in counts.items())
