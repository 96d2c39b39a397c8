"""Where taken rewards stand as the orders that use them go on; under the order's lock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service as discounts
from cloud.loyalty.kinds import EntryKind, RewardStatus
from cloud.loyalty.models import UserReward
from cloud.loyalty.repository import rewards as rows
from cloud.loyalty.service.ledger import Reason, credit, open_account
from cloud.orders import service as orders
from cloud.orders.models import Order
from cloud.refunds import service as refunds


async def apply(session: AsyncSession, order_id: int) -> None:
    """Set aside what a new order uses; it does not expire while the order waits."""
    for one in await rows.lock_of_order(session, order_id):
        if one.status is RewardStatus.AVAILABLE:
            one.status, one.order_id = RewardStatus.APPLIED, order_id


async def use(session: AsyncSession, order_id: int, now: datetime) -> None:
    """Use up what a paid order uses, even if it came too late and had been let go."""
    for one in await rows.lock_of_order(session, order_id):
        if one.status is not RewardStatus.USED:
            one.status, one.order_id, one.used_at = RewardStatus.USED, order_id, now


async def let_go(session: AsyncSession, order_id: int) -> None:
    """Free what an order that ended unpaid had set aside."""
    for one in await rows.lock_of_order(session, order_id):
        if one.status is RewardStatus.APPLIED and one.order_id == order_id:
            one.status, one.order_id = RewardStatus.AVAILABLE, None


async def give_back(session: AsyncSession, order_id: int, number: str, now: datetime) -> None:
    """Give back the points of what a cancelled order used, once; its code is dead then."""
    for one in await _used_by(session, order_id):
        await _return(session, one, number, now)


async def give_back_lost(session: AsyncSession, order: Order, now: datetime) -> None:
    """Give back the points of what an order used and its buyer has nothing of any more, once.

    That is a free bottle that neither was sent nor will be, or whose line went back with others;
    and whatever made cheaper what was wholly paid back. Whoever keeps a free bottle that was sent
    has spent the points on it, even when all the money goes back. The order is locked.
    """
    is_paid_back = order.refunded_minor == order.total_minor
    kept: dict[int, int] = {}
    for one in await _used_by(session, order.id):
        product_id = await rows.free_product(session, one.reward_id)
        if product_id is None:
            if is_paid_back:
                await _return(session, one, order.number, now)
            continue
        if product_id not in kept:
            kept[product_id] = await _kept(session, order, product_id, is_over=is_paid_back)
        kept[product_id] -= 1
        if kept[product_id] < 0:
            await _return(session, one, order.number, now)


async def _kept(session: AsyncSession, order: Order, product_id: int, *, is_over: bool) -> int:
    """Return how many bottles of a product the buyer has or gets; nothing is sent when it is over.

    Bottles of which the money went back by line are not the buyer's any more.
    """
    paid = await refunds.read_paid(session, order)
    view = await orders.get_order_view(session, order.id)
    variant_ids = await rows.variants_of(session, product_id)
    kept = 0
    for item in view.items:
        line = paid.line(item.id)
        if item.variant_id in variant_ids and line is not None:
            kept += min(line.left, item.shipped_quantity) if is_over else line.left
    return kept


async def _used_by(session: AsyncSession, order_id: int) -> list[UserReward]:
    return [
        one
        for one in await rows.lock_of_order(session, order_id)
        if one.status is RewardStatus.USED and one.order_id == order_id and not one.returned_at
    ]


async def _return(session: AsyncSession, one: UserReward, number: str, now: datetime) -> None:
    one.returned_at = now
    if one.coupon_id is not None:
        await discounts.close_coupon(session, one.coupon_id)
    account = await open_account(session, one.user_id, now)
    reason = Reason(EntryKind.REFUND_POINTS, number, one.order_id, one.id)
    await credit(session, account, reason, one.points_spent, now)
