"""Queries about orders."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cloud.orders.errors import OrderNotFound
from cloud.orders.models import Order, OrderItem, OrderStep, Shipment, ShipmentItem
from cloud.orders.schemas import OrderFilter
from cloud.orders.status import OrderStatus


async def fetch_locked(session: AsyncSession, order_id: int) -> Order:
    """Return an order as it stands now, its row locked until the transaction ends."""
    order = await session.scalar(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if order is None:
        raise OrderNotFound(f"with id {order_id}")
    return order


async def fetch_whole(session: AsyncSession, *conditions: ColumnElement[bool]) -> Order | None:
    """Return an order with its lines, history and parcels; None when there is none."""
    query = (
        select(Order)
        .where(*conditions)
        .options(
            selectinload(Order.items),
            selectinload(Order.history),
            selectinload(Order.shipments).selectinload(Shipment.items),
        )
        .execution_options(populate_existing=True)
    )
    order: Order | None = await session.scalar(query)
    return order


async def items_of(session: AsyncSession, order_id: int) -> Sequence[OrderItem]:
    """Return the lines of an order, in the order they were placed."""
    found = await session.scalars(
        select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.id)
    )
    return found.all()


async def shipped_quantities(session: AsyncSession, order_id: int) -> dict[int, int]:
    """Return how many of each line are in parcels, by line id."""
    found = await session.execute(
        select(ShipmentItem.order_item_id, func.sum(ShipmentItem.quantity))
        .join(OrderItem, OrderItem.id == ShipmentItem.order_item_id)
        .where(OrderItem.order_id == order_id)
        .group_by(ShipmentItem.order_item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in found}


async def shipments_of(session: AsyncSession, order_id: int) -> Sequence[Shipment]:
    """Return the parcels of an order, oldest first."""
    found = await session.scalars(
        select(Shipment).where(Shipment.order_id == order_id).order_by(Shipment.id)
    )
    return found.all()


async def status_before_refund(session: AsyncSession, order_id: int) -> OrderStatus | None:
    """Return where the order stood when its whole amount began to go back."""
    status: OrderStatus | None = await session.scalar(
        select(OrderStep.previous)
        .where(OrderStep.order_id == order_id, OrderStep.status == OrderStatus.REFUND_PENDING)
        .order_by(OrderStep.id.desc())
        .limit(1)
    )
    return status


async def page_of(
    session: AsyncSession, wanted: OrderFilter, *, after: int | None, limit: int
) -> Sequence[Order]:
    """Return up to `limit` orders, newest first, older than the id `after`; lines loaded."""
    query = select(Order).options(selectinload(Order.items)).order_by(Order.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Order.id < after)
    found = await session.scalars(_narrowed(query, wanted))
    return found.all()


def _narrowed(query: Select[Order], wanted: OrderFilter) -> Select[Order]:
    if wanted.user_id is not None:
        query = query.where(Order.user_id == wanted.user_id)
    if wanted.statuses is not None:
        query = query.where(Order.status.in_(wanted.statuses))
    if wanted.source is not None:
        query = query.where(Order.source == wanted.source)
    if wanted.text:
        part = f"%{_escaped(wanted.text)}%"
        query = query.where(
            or_(
                Order.number.ilike(part),
                Order.email.ilike(part),
                Order.shipping_address["recipient"].astext.ilike(part),
            )
        )
    return query


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def unpaid_of_cart(session: AsyncSession, cart_id: int) -> Order | None:
    """Return the order of a cart that waits for its payment, locked, its lines loaded."""
    order: Order | None = await session.scalar(
        select(Order)
        .where(
            Order.cart_id == cart_id,
            Order.status.in_((OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT)),
        )
        .options(selectinload(Order.items))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return order


async def count_by_status(session: AsyncSession) -> dict[OrderStatus, int]:
    """Return how many orders stand where."""
    found = await session.execute(select(Order.status, func.count()).group_by(Order.status))
    return {status: int(count) for status, count in found}


async def delivered_before(session: AsyncSession, moment: datetime, limit: int) -> Sequence[int]:
    """Return ids of delivered orders that nobody complained about since `moment`."""
    found = await session.scalars(
        select(Order.id)
        .where(Order.status == OrderStatus.DELIVERED, Order.delivered_at <= moment)
        .order_by(Order.id)
        .limit(limit)
    )
    return found.all()


async def unpaid_since(session: AsyncSession, moment: datetime, limit: int) -> Sequence[int]:
    """Return ids of orders whose time to be paid was over at `moment`."""
    found = await session.scalars(
        select(Order.id)
        .where(
            Order.status.in_((OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT)),
            Order.pay_until <= moment,
        )
        .order_by(Order.pay_until)
        .limit(limit)
    )
    return found.all()
