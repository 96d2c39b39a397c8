"""What an order was paid, line by line, and what went back of it so far."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import service as orders
from cloud.orders.models import Order, OrderItem
from cloud.refunds import repository
from cloud.refunds.models import Refund
from cloud.refunds.schemas import RefundableLine, RefundableView
from cloud.refunds.shares import Paid, PaidLine


async def read_paid(session: AsyncSession, order: Order) -> Paid:
    """Return an order as it was paid, refunds under way counted as gone back.

    Exact under the order's lock. What the total has and no line explains is the delivery.
    """
    items = await orders.order_items(session, order.id)
    counted = await repository.counted_of(session, order.id)
    returned = await _returned(session, order.id, counted)
    lines = tuple(_line(order, item, returned[item.id]) for item in items)
    shipping = max(0, order.total_minor - sum(line.worth_minor for line in lines))
    shipping_tax = max(0, order.tax_minor - sum(item.tax_minor for item in items))
    return Paid(
        total_minor=order.total_minor,
        tax_minor=order.tax_minor,
        lines=lines,
        shipping_minor=shipping,
        shipping_tax_minor=min(shipping, shipping_tax),
        gift_card_minor=order.gift_card_minor,
        returned_minor=order.refunded_minor,
        returned_tax_minor=sum(refund.tax_minor for refund in counted),
        returned_shipping_minor=sum(refund.shipping_minor for refund in counted),
        returned_gift_card_minor=sum(refund.gift_card_minor for refund in counted),
    )


def _line(order: Order, item: OrderItem, returned: int) -> PaidLine:
    worth = _worth(order, item)
    # Free bottles are taken out without a refund that would count them.
    gone = returned if worth else max(returned, item.taken_out)
    return PaidLine(item.id, item.quantity, worth, item.tax_minor, gone)


async def _returned(
    session: AsyncSession, order_id: int, counted: Sequence[Refund]
) -> Counter[int]:
    among = {refund.id for refund in counted}
    returned: Counter[int] = Counter()
    for line in await repository.lines_of(session, order_id):
        if line.refund_id in among:
            returned[line.order_item_id] += line.quantity
    return returned


def _worth(order: Order, item: OrderItem) -> int:
    worth = item.subtotal_minor - item.discount_minor
    return worth + item.tax_minor if order.tax_added_minor else worth


async def get_refundable(session: AsyncSession, order_id: int) -> RefundableView:
    """Return what can still be given back of an order, for a form to start from."""
    order = await orders.lock(session, order_id)
    paid = await read_paid(session, order)
    return RefundableView(
        left_minor=paid.left_minor,
        shipping_left_minor=paid.shipping_left_minor,
        currency=order.currency,
        lines=[
            RefundableLine(
                order_item_id=line.item_id, left=line.left, worth_minor=line.worth(line.left)
            )
            for line in paid.lines
        ],
    )
