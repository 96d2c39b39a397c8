"""Placing an order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.orders.actors import Actor
from cloud.orders.models import NUMBERS, Order, OrderItem
from cloud.orders.schemas import NewItem, NewOrder
from cloud.orders.service.transition import append_step, move
from cloud.orders.status import OrderStatus

_PREFIX = "SC-"


async def place(session: AsyncSession, new: NewOrder, *, actor: Actor, now: datetime) -> Order:
    """Store an order that awaits its payment and return it, its row locked by being new.

    The number comes from a sequence, so numbers may have gaps. A second order for one reorder
    breaks a unique constraint. Stock is the caller's care: reserve it in the same transaction.
    """
    order = Order(
        number=await _next_number(session),
        status=OrderStatus.PENDING,
        placed_at=now,
        arrives_on=(now + timedelta(days=new.p50_days)).date(),
        **_columns(new),
    )
    session.add(order)
    await session.flush()
    session.add_all(_items(order.id, new.items))
    append_step(session, order, None, actor=actor, now=now, comment="")
    await move(session, order, OrderStatus.AWAITING_PAYMENT, actor=actor, now=now)
    return order


async def _next_number(session: AsyncSession) -> str:
    return f"{_PREFIX}{await session.scalar(NUMBERS)}"


def _columns(new: NewOrder) -> dict[str, object]:
    billing = new.billing_address
    return {
        "user_id": new.user_id,
        "email": new.email,
        "language": new.language,
        "source": new.source,
        "reorder_id": new.reorder_id,
        "cart_id": new.cart_id,
        "currency": new.total.currency,
        "subtotal_minor": new.subtotal.minor,
        "shipping_minor": new.shipping.minor,
        "discount_minor": new.discount.minor,
        "tax_minor": new.tax.minor,
        "tax_added_minor": new.tax_added.minor,
        "total_minor": new.total.minor,
        "shipping_method": new.shipping_method,
        "p50_days": new.p50_days,
        "p90_days": new.p90_days,
        "shipping_address": new.shipping_address.model_dump(),
        "billing_address": None if billing is None else billing.model_dump(),
        "note": new.note,
        "is_test": new.is_test,
        "pay_until": new.pay_until,
    }


def _items(order_id: int, items: Sequence[NewItem]) -> list[OrderItem]:
    return [
        OrderItem(
            order_id=order_id,
            variant_id=item.variant_id,
            sku=item.sku,
            product_name=item.product_name,
            variant_name=item.variant_name,
            quantity=item.quantity,
            unit_price_minor=item.unit_price_minor,
            subtotal_minor=item.unit_price_minor * item.quantity,
            tax_minor=item.tax_minor,
            image_url=item.image_url,
            snapshot=dict(item.snapshot),
        )
        for item in items
    ]
