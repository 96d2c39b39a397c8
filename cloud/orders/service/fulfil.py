"""Sending an order: parcels, their arrival, and the quiet end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.orders import repository
from cloud.orders.actors import SYSTEM, Actor
from cloud.orders.errors import BadShipment, NotShippable, StatusRefused
from cloud.orders.events import OrderShipped
from cloud.orders.models import Order, Shipment, ShipmentItem
from cloud.orders.schemas import COMPLETE_AFTER, NewShipment
from cloud.orders.service.transition import lock, move
from cloud.orders.status import ON_THE_WAY, SHIPPABLE, OrderStatus

_BATCH = 200


async def ship(
    session: AsyncSession, order_id: int, new: NewShipment, *, actor: Actor, now: datetime
) -> int:
    """Record a parcel and return its id; the order is SHIPPED once nothing is left to send.

    Raises NotShippable when the order is not paid or already sent, BadShipment when a line does
    not belong to it or more is packed than is left.
    """
    order = await lock(session, order_id)
    if order.status not in SHIPPABLE:
        raise NotShippable.standing(order.number, order.status)
    left = await _left_to_send(session, order)
    packed = _checked(new.item_quantities, left)
    if not packed:
        raise NotShippable.all_packed(order.number)
    shipment = await _store(session, order, new, packed, now)
    comment = f"{new.carrier} {new.tracking}".strip()
    if order.status is OrderStatus.PAID:
        await move(session, order, OrderStatus.PROCESSING, actor=actor, now=now)
    is_complete = packed == left
    if is_complete:
        await move(session, order, OrderStatus.SHIPPED, actor=actor, now=now, comment=comment)
    await emit(
        session,
        OrderShipped(
            order.id,
            order.number,
            order.user_id,
            now,
            shipment_id=shipment.id,
            is_complete=is_complete,
        ),
    )
    return shipment.id


async def _left_to_send(session: AsyncSession, order: Order) -> dict[int, int]:
    shipped = await repository.shipped_quantities(session, order.id)
    left = {
        item.id: item.quantity - item.taken_out - shipped.get(item.id, 0)
        for item in await repository.items_of(session, order.id)
        if not item.is_gift_card
    }
    return {item_id: quantity for item_id, quantity in left.items() if quantity > 0}


def _checked(asked: Mapping[int, int] | None, left: Mapping[int, int]) -> dict[int, int]:
    if asked is None:
        return dict(left)
    for item_id, quantity in asked.items():
        field = f"item_quantities.{item_id}"
        if item_id not in left:
            raise BadShipment(f"Line {item_id} has nothing left to send.", field=field)
        if not 1 <= quantity <= left[item_id]:
            raise BadShipment(
                f"Of line {item_id} between 1 and {left[item_id]} can be sent.", field=field
            )
    return dict(asked)


async def _store(
    session: AsyncSession, order: Order, new: NewShipment, packed: Mapping[int, int], now: datetime
) -> Shipment:
    likely = (order.paid_at or now) + timedelta(days=order.p50_days)
    # Packed late: it will not be at the door the day it leaves.
    arrives_on = max(likely, now + timedelta(days=1)).date()
    shipment = Shipment(
        order_id=order.id,
        carrier=new.carrier,
        tracking=new.tracking,
        shipped_at=now,
        arrives_on=arrives_on,
    )
    session.add(shipment)
    await session.flush()
    session.add_all(
        ShipmentItem(shipment_id=shipment.id, order_item_id=item_id, quantity=quantity)
        for item_id, quantity in packed.items()
    )
    order.arrives_on = arrives_on
    await session.flush()
    return shipment


async def mark_status(
    session: AsyncSession,
    order_id: int,
    to: OrderStatus,
    *,
    actor: Actor,
    now: datetime,
    comment: str = "",
) -> None:
    """Move an order by hand: processing, hold and back, and what the carrier tells on the way.

    Raises StatusRefused for steps that money or parcels hang on; they have their own functions.
    """
    order = await lock(session, order_id)
    is_unpaid = to is OrderStatus.PAID and order.status is not OrderStatus.ON_HOLD
    if to not in _BY_HAND or is_unpaid:
        raise StatusRefused(order.number, order.status, to)
    await move(session, order, to, actor=actor, now=now, comment=comment)


_BY_HAND = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.PROCESSING,
        OrderStatus.ON_HOLD,
        OrderStatus.IN_TRANSIT,
        OrderStatus.OUT_FOR_DELIVERY,
    }
)


async def mark_delivered(
    session: AsyncSession,
    order_id: int,
    *,
    actor: Actor,
    now: datetime,
    shipment_id: int | None = None,
) -> None:
    """Record that a parcel arrived, or all of them; the order is DELIVERED with the last one.

    Repeating it changes nothing. Raises NotShippable when the parcel is not this order's, or the
    order has not been sent.
    """
    order = await lock(session, order_id)
    shipments = await repository.shipments_of(session, order_id)
    meant = [parcel for parcel in shipments if shipment_id in (None, parcel.id)]
    if not meant:
        raise NotShippable.no_such_parcel(order.number)
    for parcel in meant:
        parcel.delivered_at = parcel.delivered_at or now
    await session.flush()
    has_arrived = all(parcel.delivered_at is not None for parcel in shipments)
    if has_arrived and order.status in ON_THE_WAY:
        await move(session, order, OrderStatus.DELIVERED, actor=actor, now=now)


async def complete_delivered(session: AsyncSession, now: datetime) -> int:
    """Complete the orders that were delivered two weeks ago; return how many there were."""
    due = await repository.delivered_before(session, now - COMPLETE_AFTER, _BATCH)
    for order_id in due:
        order = await lock(session, order_id)
        if order.status is OrderStatus.DELIVERED:
            await move(session, order, OrderStatus.COMPLETED, actor=SYSTEM, now=now)
    return len(due)
