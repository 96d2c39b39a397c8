"""Orders as pages and the API show them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders import repository
from cloud.orders.actors import ActorKind
from cloud.orders.errors import OrderNotFound
from cloud.orders.models import Order, OrderItem, OrderStep, Shipment
from cloud.orders.schemas import (
    HistoryView,
    ItemView,
    OrderFilter,
    OrderPage,
    OrderSummary,
    OrderView,
    PostalAddress,
    ShipmentView,
)
from cloud.orders.status import CANCELLABLE, REFUNDABLE, SHIPPABLE, OrderStatus


async def list_orders(
    session: AsyncSession, wanted: OrderFilter, after: int | None = None, limit: int = 50
) -> OrderPage:
    """Return one page of orders, newest first; `after` is the `next` of the page before."""
    found = await repository.page_of(session, wanted, after=after, limit=limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return OrderPage(orders=[OrderSummary(**_summary(order)) for order in shown], next=more)


async def get_order_view(session: AsyncSession, order_id: int) -> OrderView:
    """Return a whole order; OrderNotFound when there is none."""
    order = await repository.fetch_whole(session, Order.id == order_id)
    if order is None:
        raise OrderNotFound(f"with id {order_id}")
    return _view(order)


async def view_by_number(
    session: AsyncSession, number: str, *, user_id: int | None = None
) -> OrderView:
    """Return a whole order by its number; with `user_id`, only if it is that person's."""
    order = await repository.fetch_whole(session, Order.number == number)
    if order is None or (user_id is not None and order.user_id != user_id):
        raise OrderNotFound(number)
    return _view(order)


async def find_order_for_reorder(session: AsyncSession, reorder_id: int) -> Order | None:
    """Return the order that fulfils a reorder, if there is one."""
    order: Order | None = await session.scalar(select(Order).where(Order.reorder_id == reorder_id))
    return order


async def find_unpaid_order_of_cart(session: AsyncSession, cart_id: int) -> Order | None:
    """Return the cart's order that waits for its payment, locked, its lines loaded."""
    return await repository.unpaid_of_cart(session, cart_id)


async def order_items(session: AsyncSession, order_id: int) -> Sequence[OrderItem]:
    """Return the lines of an order."""
    return await repository.items_of(session, order_id)


async def unpaid_since(session: AsyncSession, moment: datetime, limit: int = 200) -> Sequence[int]:
    """Return ids of orders whose time to be paid was over at a moment, the oldest first."""
    return await repository.unpaid_since(session, moment, limit)


async def count_orders_by_status(session: AsyncSession) -> dict[OrderStatus, int]:
    """Return how many orders stand where, for the queue's headings."""
    return await repository.count_by_status(session)


def _summary(order: Order) -> dict[str, object]:
    first = order.items[0] if order.items else None
    return {
        "id": order.id,
        "number": order.number,
        "status": order.status,
        "source": order.source,
        "email": order.email,
        "customer_name": order.shipping_address["recipient"],
        "total_minor": order.total_minor,
        "currency": order.currency,
        "item_count": sum(item.quantity for item in order.items),
        "first_item": f"{first.product_name} {first.variant_name}".strip() if first else "",
        "is_test": order.is_test,
        "placed_at": order.placed_at,
        "arrives_on": order.arrives_on,
    }


def _view(order: Order) -> OrderView:
    billing = order.billing_address
    shipped = _shipped(order.shipments)
    left = any(item.quantity > shipped.get(item.id, 0) for item in order.items)
    return OrderView(
        **_summary(order),
        subtotal_minor=order.subtotal_minor,
        shipping_minor=order.shipping_minor,
        discount_minor=order.discount_minor,
        tax_minor=order.tax_minor,
        tax_added_minor=order.tax_added_minor,
        refunded_minor=order.refunded_minor,
        shipping_method=order.shipping_method,
        shipping_address=PostalAddress.model_validate(order.shipping_address),
        billing_address=None if billing is None else PostalAddress.model_validate(billing),
        note=order.note,
        language=order.language,
        user_id=order.user_id,
        reorder_id=order.reorder_id,
        paid_at=order.paid_at,
        delivered_at=order.delivered_at,
        cancel_reason=order.cancel_reason,
        pay_until=order.pay_until,
        items=[_item(item, shipped.get(item.id, 0)) for item in order.items],
        history=[_step(step) for step in order.history],
        shipments=[_shipment(shipment) for shipment in order.shipments],
        can_cancel=order.status in CANCELLABLE and not order.shipments,
        can_ship=order.status in SHIPPABLE and left,
        can_refund=order.status in REFUNDABLE and order.refunded_minor < order.total_minor,
    )


def _shipped(shipments: list[Shipment]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for shipment in shipments:
        for packed in shipment.items:
            counted[packed.order_item_id] = counted.get(packed.order_item_id, 0) + packed.quantity
    return counted


def _item(item: OrderItem, shipped: int) -> ItemView:
    return ItemView(
        id=item.id,
        variant_id=item.variant_id,
        sku=item.sku,
        product_name=item.product_name,
        variant_name=item.variant_name,
        quantity=item.quantity,
        shipped_quantity=shipped,
        unit_price_minor=item.unit_price_minor,
        subtotal_minor=item.subtotal_minor,
        image_url=item.image_url,
    )


def _step(step: OrderStep) -> HistoryView:
    actor = step.actor_name if step.actor_kind is ActorKind.STAFF else step.actor_kind.value
    return HistoryView(status=step.status, comment=step.comment, actor=actor or "staff", at=step.at)


def _shipment(shipment: Shipment) -> ShipmentView:
    return ShipmentView(
        id=shipment.id,
        carrier=shipment.carrier,
        tracking=shipment.tracking,
        shipped_at=shipment.shipped_at,
        arrives_on=shipment.arrives_on,
        delivered_at=shipment.delivered_at,
        item_quantities={packed.order_item_id: packed.quantity for packed in shipment.items},
    )
