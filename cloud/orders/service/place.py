"""Placing an order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.money import Money
from cloud.orders.actors import Actor
from cloud.orders.models import Order, OrderItem
from cloud.orders.schemas import NewItem, NewOrder
from cloud.orders.service.transition import begin
from cloud.orders.status import OrderStatus


async def place(session: AsyncSession, new: NewOrder, *, actor: Actor, now: datetime) -> Order:
    """Store an order that awaits its payment; return it with `.items`, its row locked by being new.

    The number comes from a sequence, so numbers may have gaps. A second order for one reorder,
    parcel or form breaks a unique constraint. Stock is the caller's care: reserve it in the same
    transaction.
    """
    order = Order(
        status=OrderStatus.AWAITING_PAYMENT,
        placed_at=now,
        items=_items(new.items),
        arrives_on=(now + timedelta(days=new.p50_days)).date(),
        **_columns(new),
    )
    session.add(order)
    await begin(session, order, actor=actor, now=now)
    return order


def _columns(new: NewOrder) -> dict[str, object]:
    billing = new.billing_address
    return {
        "user_id": new.user_id,
        "email": new.email,
        "language": new.language,
        "source": new.source,
        "reorder_id": new.reorder_id,
        "subscription_cycle_id": new.subscription_cycle_id,
        "cart_id": new.cart_id,
        "currency": new.total.currency,
        "subtotal_minor": new.subtotal.minor,
        "shipping_minor": new.shipping.minor,
        "discount_minor": new.discount.minor,
        "tax_minor": new.tax.minor,
        "tax_added_minor": new.tax_added.minor,
        "total_minor": new.total.minor,
        "shipping_discount_minor": _minor(new.shipping_discount),
        "shipping_tax_minor": _minor(new.shipping_tax),
        "gift_card_minor": _minor(new.gift_card),
        "sold_cards_minor": _minor(new.sold_cards),
        "discounts": [dict(one) for one in new.discounts],
        "shipping_method": new.shipping_method,
        "p50_days": new.p50_days,
        "p90_days": new.p90_days,
        "shipping_address": new.shipping_address and new.shipping_address.model_dump(),
        "billing_address": None if billing is None else billing.model_dump(),
        "note": new.note,
        "company": new.company,
        "vat_number": new.vat_number,
        "vat_confirmed_at": new.vat_confirmed_at,
        "is_reverse_charge": new.is_reverse_charge,
        "is_test": new.is_test,
        "adds_to_order_id": new.adds_to_order_id,
        "form_key": new.form_key,
        "pay_until": new.pay_until,
    }


def _minor(amount: Money | None) -> int:
    return 0 if amount is None else amount.minor


def _items(items: Sequence[NewItem]) -> list[OrderItem]:
    return [
        OrderItem(
            variant_id=item.variant_id,
            is_gift_card=item.is_gift_card,
            sku=item.sku,
            product_name=item.product_name,
            variant_name=item.variant_name,
            quantity=item.quantity,
            unit_price_minor=item.unit_price_minor,
            subtotal_minor=item.unit_price_minor * item.quantity,
            discount_minor=item.discount_minor,
            tax_minor=item.tax_minor,
            tax_basis_points=item.tax_basis_points,
            image_url=item.image_url,
            snapshot=dict(item.snapshot),
        )
        for item in items
    ]
