"""What happened before, as the rules count it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.models import Order, OrderItem
from cloud.orders.status import OrderStatus
from cloud.reorders.models import Reorder
from cloud.reorders.stages import ReorderStage

# Half a year of parcels to a busy home; older ones tell of another carrier.
_PARCELS = 20
_DAY = timedelta(days=1)
_ON_THE_WAY = (
    OrderStatus.AWAITING_PAYMENT,
    OrderStatus.PAID,
    OrderStatus.PROCESSING,
    OrderStatus.ON_HOLD,
    OrderStatus.SHIPPED,
    OrderStatus.IN_TRANSIT,
    OrderStatus.OUT_FOR_DELIVERY,
)


async def last_shipped_at(session: AsyncSession, reorder: Reorder) -> datetime | None:
    """Return when a parcel for the slot of a reorder last left; tests count among themselves."""
    return await session.scalar(
        select(func.max(Reorder.shipped_at)).where(
            Reorder.slot_id == reorder.slot_id, Reorder.is_test == reorder.is_test
        )
    )


async def ordered_moments(session: AsyncSession, reorder: Reorder, limit: int) -> list[datetime]:
    """Return when the last orders for a reorder's slot were made, oldest first.

    Those called off do not count, and tests count among themselves.
    """
    called_off = (ReorderStage.CANCELLED, ReorderStage.FAILED)
    found = await session.scalars(
        select(Reorder.ordered_at)
        .where(
            Reorder.slot_id == reorder.slot_id,
            Reorder.is_test == reorder.is_test,
            Reorder.ordered_at.is_not(None),
            Reorder.stage.not_in(called_off),
        )
        .order_by(Reorder.ordered_at.desc())
        .limit(limit)
    )
    return [moment for moment in reversed(found.all()) if moment is not None]


async def spent_since(
    session: AsyncSession, household_id: int, currency: str, since: datetime
) -> int:
    """Return what a household's reorders cost since a moment; those called off do not count."""
    called_off = (OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.REFUNDED)
    spent = await session.scalar(
        select(func.coalesce(func.sum(Order.total_minor - Order.refunded_minor), 0))
        .join(Reorder, Reorder.id == Order.reorder_id)
        .where(
            Reorder.household_id == household_id,
            Order.currency == currency,
            Order.placed_at >= since,
            Order.status.not_in(called_off),
            Order.is_test.is_(False),
        )
    )
    return int(spent or 0)


async def bought_by_hand(session: AsyncSession, user_ids: Sequence[int], variant_id: int) -> int:
    """Return how many bottles of a variant the members bought in the shop and still wait for."""
    bottles = await session.scalar(
        select(func.coalesce(func.sum(OrderItem.quantity - OrderItem.taken_out), 0))
        .join(Order, Order.id == OrderItem.order_id)
        .where(
            Order.user_id.in_(user_ids),
            Order.reorder_id.is_(None),
            Order.status.in_(_ON_THE_WAY),
            OrderItem.variant_id == variant_id,
        )
    )
    return int(bottles or 0)


async def delivery_days(
    session: AsyncSession, user_ids: Sequence[int], country: str, postcode: str
) -> list[int]:
    """Return how many days the last parcels of some members took to an address, from payment."""
    address = Order.shipping_address
    rows = await session.execute(
        select(Order.paid_at, Order.delivered_at)
        .where(
            Order.user_id.in_(user_ids),
            Order.paid_at.is_not(None),
            Order.delivered_at.is_not(None),
            Order.is_test.is_(False),
            address["country"].as_string() == country,
            address["postcode"].as_string() == postcode,
        )
        .order_by(Order.id.desc())
        .limit(_PARCELS)
    )
    return [whole_days(delivered - paid) for paid, delivered in rows if paid and delivered]


def whole_days(way: timedelta) -> int:
    """Return within how many days a parcel was there: a begun day counts."""
    return -(-way // _DAY)
