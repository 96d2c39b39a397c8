"""Orders as pages and the API show them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cloud.orders import repository
from cloud.orders.actors import ActorKind
from cloud.orders.carriers import tracking_url
from cloud.orders.errors import OrderNotFound
from cloud.orders.models import Order, OrderItem, OrderStep, Shipment
from cloud.orders.schemas import (
    BillingAddress,
    HistoryView,
    ItemView,
    OrderFilter,
    OrderPage,
    OrderSummary,
    OrderView,
    PostalAddress,
    ShipmentView,
)
from cloud.orders.standing import Packed, fulfilment_standing, payment_standing
from cloud.orders.status import CANCELLABLE, REFUNDABLE, SHIPPABLE, OrderStatus

# Nobody reads a longer number in a heading, and counting it costs.
COUNTED_TO = 1_000


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


async def order_views(session: AsyncSession, order_ids: Collection[int]) -> dict[int, OrderView]:
    """Return whole orders by id, read together; those that are not there are left out."""
    found = await repository.fetch_many(session, order_ids)
    return {order.id: _view(order) for order in found}


async def view_by_number(
    session: AsyncSession, number: str, *, user_id: int | None = None
) -> OrderView:
    """Return a whole order by its number; with `user_id`, only if it is that person's."""
    order = await repository.fetch_whole(session, Order.number == number)
    if order is None or (user_id is not None and order.user_id != user_id):
        raise OrderNotFound(number)
    return _view(order)


async def packed_with(session: AsyncSession, order_id: int) -> list[str]:
    """Return the numbers of the orders that an order adds to or that add to it, oldest first."""
    other = aliased(Order)
    found = await session.scalars(
        select(other.number)
        .join(Order, or_(other.id == Order.adds_to_order_id, other.adds_to_order_id == Order.id))
        .where(Order.id == order_id)
        .order_by(other.id)
    )
    return list(found)


async def find_order_for_reorder(session: AsyncSession, reorder_id: int) -> Order | None:
    """Return the order that fulfils a reorder, if there is one."""
    order: Order | None = await session.scalar(select(Order).where(Order.reorder_id == reorder_id))
    return order


async def find_unpaid_order_of_cart(session: AsyncSession, cart_id: int) -> Order | None:
    """Return the cart's order that waits for its payment, locked, its lines loaded."""
    return await repository.unpaid_of_cart(session, cart_id)


async def find_unpaid_order_id(session: AsyncSession, cart_id: int) -> int | None:
    """Return the id of the cart's order that waits for its payment, without locking it."""
    return await repository.unpaid_id_of_cart(session, cart_id)


async def change_cart(session: AsyncSession, cart_id: int, to_id: int) -> None:
    """Let the orders of a cart be those of another one."""
    await repository.change_cart(session, cart_id, to_id)


async def has_paid_order(session: AsyncSession, user_id: int | None, email: str) -> bool:
    """Tell whether somebody ever paid an order; nobody without account and address did."""
    return await repository.has_paid(session, user_id, email)


async def order_items(session: AsyncSession, order_id: int) -> Sequence[OrderItem]:
    """Return the lines of an order."""
    return await repository.items_of(session, order_id)


async def unpaid_since(session: AsyncSession, moment: datetime, limit: int = 200) -> Sequence[int]:
    """Return ids of orders whose time to be paid was over at a moment, the oldest first."""
    return await repository.unpaid_since(session, moment, limit)


async def count_orders_by_status(session: AsyncSession) -> dict[OrderStatus, int]:
    """Return how many orders stand where, for the queue's headings; COUNTED_TO stands for more."""
    return await repository.count_by_status(session, COUNTED_TO)


def _summary(order: Order) -> dict[str, object]:
    first = order.items[0] if order.items else None
    return {
        "id": order.id,
        "number": order.number,
        "status": order.status,
        "source": order.source,
        "email": order.email,
        "customer_name": (order.shipping_address or {}).get("recipient", ""),
        "total_minor": order.total_minor,
        "currency": order.currency,
        "item_count": sum(item.quantity for item in order.items),
        "first_item": f"{first.product_name} {first.variant_name}".strip() if first else "",
        "tags": order.tags,
        "payment_status": payment_standing(
            order.status,
            order.total_minor,
            order.refunded_minor,
            is_paid=order.paid_at is not None,
            objection=order.objection,
        ),
        "fulfilment_status": fulfilment_standing(
            order.status, sum(_parcelled(item) for item in order.items), _packed(order)
        ),
        "is_test": order.is_test,
        "placed_at": order.placed_at,
        "arrives_on": order.arrives_on,
    }


def _packed(order: Order) -> list[Packed]:
    return [
        Packed(packed.quantity, shipment.delivered_at is not None)
        for shipment in order.shipments
        for packed in shipment.items
    ]


def _parcelled(item: OrderItem) -> int:
    """Return how many of a line go into parcels."""
    return 0 if item.is_gift_card else item.quantity - item.taken_out


def _view(order: Order) -> OrderView:
    billing, address = order.billing_address, order.shipping_address
    shipped = _shipped(order.shipments)
    left = any(_parcelled(item) > shipped.get(item.id, 0) for item in order.items)
    return OrderView(
        **_summary(order),
        subtotal_minor=order.subtotal_minor,
        shipping_minor=order.shipping_minor,
        discount_minor=order.discount_minor,
        shipping_discount_minor=order.shipping_discount_minor,
        gift_card_minor=order.gift_card_minor,
        sold_cards_minor=order.sold_cards_minor,
        discounts=order.discounts,
        tax_minor=order.tax_minor,
        tax_added_minor=order.tax_added_minor,
        refunded_minor=order.refunded_minor,
        shipping_method=order.shipping_method,
        shipping_address=None if address is None else PostalAddress.model_validate(address),
        billing_address=None if billing is None else BillingAddress.model_validate(billing),
        note=order.note,
        company=order.company,
        vat_number=order.vat_number,
        vat_confirmed_at=order.vat_confirmed_at,
        is_reverse_charge=order.is_reverse_charge,
        language=order.language,
        user_id=order.user_id,
        reorder_id=order.reorder_id,
        version=order.version,
        subscription_cycle_id=order.subscription_cycle_id,
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
        is_gift_card=item.is_gift_card,
        sku=item.sku,
        product_name=item.product_name,
        variant_name=item.variant_name,
        quantity=item.quantity,
        shipped_quantity=shipped,
        taken_out=item.taken_out,
        unit_price_minor=item.unit_price_minor,
        subtotal_minor=item.subtotal_minor,
        discount_minor=item.discount_minor,
        tax_minor=item.tax_minor,
        tax_basis_points=item.tax_basis_points,
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
        tracking_url=tracking_url(shipment.carrier, shipment.tracking),
        shipped_at=shipment.shipped_at,
        arrives_on=shipment.arrives_on,
        delivered_at=shipment.delivered_at,
        item_quantities={packed.order_item_id: packed.quantity for packed in shipment.items},
    )
