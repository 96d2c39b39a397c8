"""Queries about orders."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cloud.foundation.searching import holding
from cloud.orders.errors import OrderNotFound
from cloud.orders.models import (
    Order,
    OrderItem,
    OrderNote,
    OrderStep,
    SavedFilter,
    Shipment,
    ShipmentItem,
)
from cloud.orders.schemas import OrderFilter
from cloud.orders.standing import Objection, PaymentStanding
from cloud.orders.status import OrderStatus

_ONE_FORM = text("SELECT pg_advisory_xact_lock(hashtextextended('orders.form.' || :key, 0))")


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
    order: Order | None = await session.scalar(_whole(*conditions))
    return order


async def fetch_many(session: AsyncSession, order_ids: Collection[int]) -> Sequence[Order]:
    """Return orders with their lines, history and parcels, by id."""
    found = await session.scalars(_whole(Order.id.in_(order_ids)).order_by(Order.id))
    return found.all()


def _whole(*conditions: ColumnElement[bool]) -> Select[Order]:
    return (
        select(Order)
        .where(*conditions)
        .options(
            selectinload(Order.items),
            selectinload(Order.history),
            selectinload(Order.shipments).selectinload(Shipment.items),
        )
        .execution_options(populate_existing=True)
    )


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
    query = (
        select(Order)
        .options(
            selectinload(Order.items),
            selectinload(Order.shipments).selectinload(Shipment.items),
        )
        .order_by(Order.id.desc())
        .limit(limit)
    )
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
    if wanted.tag is not None:
        query = query.where(Order.tags.contains([wanted.tag]))
    if wanted.payment is not None:
        query = query.where(*_PAID_SO[wanted.payment])
    if wanted.placed_from is not None:
        query = query.where(Order.placed_at >= wanted.placed_from)
    if wanted.placed_before is not None:
        query = query.where(Order.placed_at < wanted.placed_before)
    if wanted.text:
        query = query.where(holding(Order.search_text, wanted.text))
    return query


_IS_PAID = Order.paid_at.is_not(None) & Order.objection.is_(None)
_IS_OVER = Order.status.in_((OrderStatus.CANCELLED, OrderStatus.FAILED))
# What `payment_standing` derives from one order, asked of all.
_PAID_SO: Mapping[PaymentStanding, tuple[ColumnElement[bool], ...]] = {
    PaymentStanding.UNPAID: (Order.paid_at.is_(None), ~_IS_OVER),
    PaymentStanding.NEVER_PAID: (Order.paid_at.is_(None), _IS_OVER),
    PaymentStanding.PAID: (_IS_PAID, Order.refunded_minor == 0),
    PaymentStanding.PARTLY_REFUNDED: (
        _IS_PAID,
        Order.refunded_minor > 0,
        Order.refunded_minor < Order.total_minor,
    ),
    PaymentStanding.REFUNDED: (
        _IS_PAID,
        Order.refunded_minor > 0,
        Order.refunded_minor == Order.total_minor,
    ),
    PaymentStanding.DISPUTED: (Order.objection == Objection.OPEN,),
    PaymentStanding.CHARGED_BACK: (Order.objection == Objection.LOST,),
}


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


async def of_form(session: AsyncSession, form_key: str) -> Order | None:
    """Return the order that a form of staff made; who asks for the same one waits meanwhile."""
    await session.execute(_ONE_FORM, {"key": form_key})
    order: Order | None = await session.scalar(select(Order).where(Order.form_key == form_key))
    return order


async def unpaid_id_of_cart(session: AsyncSession, cart_id: int) -> int | None:
    """Return the id of a cart's order that waits for its payment."""
    found: int | None = await session.scalar(
        select(Order.id).where(
            Order.cart_id == cart_id,
            Order.status.in_((OrderStatus.PENDING, OrderStatus.AWAITING_PAYMENT)),
        )
    )
    return found


async def change_cart(session: AsyncSession, cart_id: int, to_id: int) -> None:
    """Let the orders of a cart, those that ended too, be those of another one."""
    await session.execute(update(Order).where(Order.cart_id == cart_id).values(cart_id=to_id))


async def has_paid(session: AsyncSession, user_id: int | None, email: str) -> bool:
    """Tell whether somebody, by account or by address, ever paid an order that was no trial."""
    mine = [Order.email == email] if email else []
    if user_id is not None:
        mine.append(Order.user_id == user_id)
    if not mine:
        return False
    return bool(
        await session.scalar(
            select(exists().where(or_(*mine), Order.paid_at.is_not(None), Order.is_test.is_(False)))
        )
    )


async def count_by_status(session: AsyncSession, most: int) -> dict[OrderStatus, int]:
    """Return how many orders stand where, none counted beyond `most` a status."""
    found = await session.execute(union_all(*(_counted(status, most) for status in OrderStatus)))
    return {OrderStatus(row.status): int(row.counted) for row in found}


def _counted(status: OrderStatus, most: int) -> Select[str, int]:
    # The values stand in the statement itself: PostgreSQL then knows which of them are rare, and
    # looks into the index for those alone.
    value = literal_column(f"'{status.value}'", String)
    few = select(Order.id).where(Order.status == value).limit(literal_column(str(most))).subquery()
    return select(value.label("status"), func.count().label("counted")).select_from(few)


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


async def notes_of(session: AsyncSession, order_id: int) -> Sequence[OrderNote]:
    """Return the notes about an order, oldest first."""
    found = await session.scalars(
        select(OrderNote).where(OrderNote.order_id == order_id).order_by(OrderNote.id)
    )
    return found.all()


async def put_filter(session: AsyncSession, fields: dict[str, Any]) -> int:
    """Store a view, or replace the owner's one of the same name; return its id."""
    changed = {name: fields[name] for name in ("wanted", "columns", "is_shared")}
    found: int | None = await session.scalar(
        insert(SavedFilter)
        .values(**fields)
        .on_conflict_do_update(
            index_elements=[SavedFilter.owner_user_id, SavedFilter.name], set_=changed
        )
        .returning(SavedFilter.id)
    )
    if found is None:
        raise RuntimeError("the view was not stored")
    return found


async def filters_for(session: AsyncSession, user_id: int) -> Sequence[SavedFilter]:
    """Return a person's views and those that others share."""
    found = await session.scalars(
        select(SavedFilter)
        .where(or_(SavedFilter.owner_user_id == user_id, SavedFilter.is_shared))
        .order_by(SavedFilter.id)
        .limit(100)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def claim(session: AsyncSession, user_id: int, email: str) -> Sequence[tuple[int, str]]:
    """Give a member the guests' orders of an address, their rows locked in id order.

    Returns id and number of each.
    """
    mine = (
        select(Order.id, Order.number)
        .where(Order.user_id.is_(None), Order.email == email)
        .order_by(Order.id)
        .with_for_update()
    )
    found = [(row.id, row.number) for row in await session.execute(mine)]
    ids = [order_id for order_id, _number in found]
    await session.execute(update(Order).where(Order.id.in_(ids)).values(user_id=user_id))
    return found
