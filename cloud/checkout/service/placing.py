"""From lines and an address to an order that waits for its payment, its bottles set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout.errors import TotalChanged
from cloud.checkout.service.holding import HOLD_FOR, holder_of
from cloud.foundation.money import Money
from cloud.inventory import service as inventory
from cloud.inventory.service import StockLine
from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.models import Order
from cloud.orders.schemas import NewItem, NewOrder, PostalAddress
from cloud.orders.status import OrderSource
from cloud.pricing import service as pricing
from cloud.pricing.quotes import PricedLine, Quote

# An order that nobody pays is given up after this; the payment page lives half an hour.
PAY_WITHIN = timedelta(minutes=50)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys. `user_id` None: a guest."""

    user_id: int | None
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """Some bottles, 1..99, of one variant."""

    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """Everything an order is made from. `method` None takes the cheapest way of delivery.

    `seen_total_minor` is what the buyer was shown, None when nobody looks. `hold_for` is how long
    the bottles are set aside, `pay_within` when an unpaid order is given up.
    """

    buyer: Buyer
    lines: Sequence[PurchaseLine]
    shipping_address: PostalAddress
    billing_address: PostalAddress | None = None
    method: str | None = None
    note: str = ""
    seen_total_minor: int | None = None
    hold_for: timedelta = HOLD_FOR
    pay_within: timedelta = PAY_WITHIN
    source: OrderSource = OrderSource.SHOP
    reorder_id: int | None = None
    cart_id: int | None = None
    is_test: bool = False


async def quote_purchase(
    session: AsyncSession,
    lines: Sequence[PurchaseLine],
    country: str,
    now: datetime,
    *,
    method: str | None = None,
) -> Quote:
    """Return what the lines cost when delivered to a country; raises as pricing does."""
    return await pricing.quote(session, lines, country, now, method=method)


async def place_order(
    session: AsyncSession, purchase: Purchase, *, actor: Actor, now: datetime
) -> Order:
    """Place an order at today's prices and set its bottles aside; both or neither.

    Raises TotalChanged when it would cost something else than the buyer saw, OutOfStock, and
    what pricing raises. A second order of one reorder breaks a unique constraint.
    """
    quote = await quote_purchase(
        session,
        purchase.lines,
        purchase.shipping_address.country,
        now,
        method=purchase.method,
    )
    seen = purchase.seen_total_minor
    if seen is not None and seen != quote.total.minor:
        raise TotalChanged(seen, quote.total)
    order = await orders.place(session, _new_order(purchase, quote, now), actor=actor, now=now)
    if not purchase.is_test:
        lines = [StockLine(line.variant_id, line.quantity) for line in purchase.lines]
        await inventory.reserve(session, holder_of(order.id), lines, purchase.hold_for, now)
    return order


def _new_order(purchase: Purchase, quote: Quote, now: datetime) -> NewOrder:
    return NewOrder(
        user_id=purchase.buyer.user_id,
        email=purchase.buyer.email,
        language=purchase.buyer.language,
        items=[_item(line) for line in quote.lines],
        subtotal=quote.subtotal,
        shipping=quote.shipping,
        discount=Money.zero(quote.currency),
        tax=quote.tax,
        tax_added=quote.tax_added,
        total=quote.total,
        shipping_method=quote.shipping_method.code,
        shipping_address=purchase.shipping_address,
        billing_address=purchase.billing_address,
        pay_until=now + purchase.pay_within,
        p50_days=quote.delivery.p50_days,
        p90_days=quote.delivery.p90_days,
        note=purchase.note,
        source=purchase.source,
        reorder_id=purchase.reorder_id,
        cart_id=purchase.cart_id,
        is_test=purchase.is_test,
    )


def _item(line: PricedLine) -> NewItem:
    offer = line.offer
    return NewItem(
        variant_id=offer.variant_id,
        sku=offer.sku,
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        quantity=line.quantity,
        unit_price_minor=offer.price.minor,
        tax_minor=line.tax.minor,
        image_url=offer.image_url,
        snapshot={
            "product_id": offer.product_id,
            "slug": offer.slug,
            "image_alt": offer.image_alt,
            "colour": offer.colour,
            "capacity_ul": offer.capacity_ul,
            "weight_g": offer.weight_g,
            "regular_price_minor": offer.regular_price.minor,
        },
    )
