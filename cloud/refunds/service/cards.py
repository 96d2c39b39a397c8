"""Gift cards that an order sold: their price goes back only as far as nobody spent it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.money import Money
from cloud.gifts import service as gifts
from cloud.gifts.errors import OnlyGoodsLeft
from cloud.orders import service as orders
from cloud.orders.models import Order
from cloud.refunds import repository
from cloud.refunds.models import Refund
from cloud.refunds.shares import Paid, RefundPlan


async def take_cards_back(
    session: AsyncSession, order: Order, paid: Paid, planned: RefundPlan, now: datetime
) -> None:
    """Take off an order's cards what a refund gives back of their lines. The order is locked.

    Raises GiftCardSpent when less is left on one, and OnlyGoodsLeft when the rest of the refund
    is more than what the goods cost: it would pay for a card that stays good.
    """
    if not order.sold_cards_minor:
        return
    lines = await _card_lines(session, order)
    wanted = {one.item_id: one.amount_minor for one in planned.lines if one.item_id in lines}
    before = sum((await _returned(session, order, lines)).values())
    goods_left = order.total_minor - order.sold_cards_minor - (paid.returned_minor - before)
    await gifts.take_back(session, order, wanted, now)
    if planned.amount_minor - sum(wanted.values()) > goods_left:
        raise OnlyGoodsLeft(Money(max(0, goods_left), order.currency))


async def restore_cards(session: AsyncSession, order: Order, refund: Refund, now: datetime) -> None:
    """Put back on an order's cards what a refund took off them; it was turned down."""
    if not order.sold_cards_minor:
        return
    lines = await _card_lines(session, order)
    taken = await _returned(session, order, lines, among={refund.id})
    await gifts.restore(session, order, taken, now)


async def forfeit_cards(session: AsyncSession, order: Order, now: datetime) -> None:
    """Take back what is left on the cards of an order that was wholly given back elsewhere."""
    if order.sold_cards_minor and order.refunded_minor == order.total_minor:
        await gifts.forfeit(session, order, now)


async def _card_lines(session: AsyncSession, order: Order) -> set[int]:
    items = await orders.order_items(session, order.id)
    return {item.id for item in items if item.is_gift_card}


async def _returned(
    session: AsyncSession, order: Order, lines: Iterable[int], among: set[int] | None = None
) -> dict[int, int]:
    """Return by line what refunds gave back of cards; `among` None: all that count."""
    counted = among or {one.id for one in await repository.counted_of(session, order.id)}
    returned = dict.fromkeys(lines, 0)
    for line in await repository.lines_of(session, order.id):
        if line.refund_id in counted and line.order_item_id in returned:
            returned[line.order_item_id] += line.amount_minor
    return returned
