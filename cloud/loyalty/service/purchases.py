"""The points of an order: earned when it is paid, taken back as its money goes back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.disputes import service as disputes
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.repository import points as rows
from cloud.loyalty.repository.points import Earned
from cloud.loyalty.service.earning import earn as earn_points
from cloud.loyalty.service.earning import give_back, lose
from cloud.loyalty.service.ledger import Reason, open_account
from cloud.loyalty.service.tiers import benefits_for
from cloud.loyalty.terms import at_rate, points_of
from cloud.orders.models import Order
from cloud.orders.status import OrderStatus


async def earn(session: AsyncSession, order: Order, now: datetime) -> None:
    """Give the buyer of a locked, paid order its points; repeating it changes nothing.

    Their tier may make more of them. Guests get none, and neither do tests nor orders worth less
    than a point. What went back before, while the order was still a guest's, brings nothing.
    """
    if order.user_id is None:
        return
    worth = await worth_of(session, order)
    if not worth or await rows.find_purchase(session, order.id):
        return
    account = await open_account(session, order.user_id, now)
    rate = (await benefits_for(session, account)).multiplier_percent
    reason = Reason(
        EntryKind.EARN_PURCHASE,
        order.number,
        order.id,
        tier_points=worth,
        rate_percent=rate,
    )
    await earn_points(session, account, reason, at_rate(worth, rate), now)


async def adjust(session: AsyncSession, order: Order, now: datetime) -> None:
    """Take back what a locked order is not worth any more; repeating it changes nothing.

    What expired unspent is gone already and is not asked for again. An order that is worth more
    again, because a bank changed its mind, gets back what was taken.
    """
    found = await rows.find_purchase(session, order.id)
    if found is None:
        return
    account = await open_account(session, found.user_id, now)
    # Read again under the lock, which may have written something off.
    found = await rows.find_purchase(session, order.id) or found
    worth = await worth_of(session, order)
    points = at_rate(worth, found.rate_percent)
    kept = found.earned - found.taken
    if kept - found.expired > points:
        reason = _back(order, found, min(0, worth - found.tier_points))
        await lose(session, account, reason, kept - found.expired - points, now)
    elif points > kept:
        reason = _back(order, found, max(0, worth - found.tier_points))
        await give_back(session, account, reason, points - kept, now)


async def worth_of(session: AsyncSession, order: Order) -> int:
    """Return the points that a locked order is worth now, without what a tier makes of them."""
    if order.is_test or order.status is OrderStatus.CANCELLED:
        return 0
    gone = await rows.sum_refunded(session, order.id) + await disputes.lost_minor(session, order)
    return points_of(
        # A gift card earns nothing: what it buys will.
        order.subtotal_minor
        - order.sold_cards_minor
        - (order.discount_minor - order.shipping_discount_minor),
        order.currency,
        total_minor=order.total_minor,
        refunded_minor=gone,
    )


def _back(order: Order, found: Earned, tier_points: int) -> Reason:
    return Reason(
        EntryKind.REFUND_POINTS,
        order.number,
        order.id,
        reverses_id=found.entry_id,
        tier_points=tier_points,
    )
