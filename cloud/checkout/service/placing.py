"""From lines and an address to an order that waits for its payment, its bottles set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.gifts import amounts
from cloud.carts.models import CartGift
from cloud.checkout.errors import TotalChanged
from cloud.checkout.service.companies import NO_COMPANY, Company
from cloud.checkout.service.holding import HOLD_FOR, holder_of
from cloud.discounts import service as discounts
from cloud.discounts.service import NOTHING_ENTERED, Entered
from cloud.discounts.terms import ANYBODY, Shopper
from cloud.foundation.words import say
from cloud.gifts import service as gifts
from cloud.inventory import service as inventory
from cloud.inventory.service import StockLine
from cloud.orders import service as orders
from cloud.orders.actors import Actor
from cloud.orders.models import Order
from cloud.orders.schemas import NewItem, NewOrder, PostalAddress
from cloud.orders.status import OrderSource
from cloud.pricing.quotes import Discount, PricedLine, Quote
from cloud.pricing.reductions import Reduction

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

    `entered` are the codes the buyer typed. A reorder or a subscription's parcel takes only
    promotions that are everybody's, so that the price that was agreed to does not depend on who
    happens to pay.
    `seen_total_minor` and `seen_due_minor` (what gift cards leave of it) are what the buyer was
    shown, None when nobody looks. `hold_for` is how long the bottles are set aside, `pay_within`
    when an unpaid order is given up. `gifts` are gift cards to be bought; an order of nothing else
    needs no `shipping_address`. `currency` is one on offer, None the shop's own; the order
    keeps it. `adds_to_order_id` is an order that it is packed with, `form_key` the form of staff
    that makes it, `granted` what staff take off it.
    """

    buyer: Buyer
    lines: Sequence[PurchaseLine]
    shipping_address: PostalAddress | None
    billing_address: PostalAddress | None = None
    gifts: Sequence[CartGift] = ()
    method: str | None = None
    entered: Entered = NOTHING_ENTERED
    note: str = ""
    seen_total_minor: int | None = None
    seen_due_minor: int | None = None
    hold_for: timedelta = HOLD_FOR
    pay_within: timedelta = PAY_WITHIN
    source: OrderSource = OrderSource.SHOP
    reorder_id: int | None = None
    subscription_cycle_id: int | None = None
    cart_id: int | None = None
    is_test: bool = False
    currency: str | None = None
    company: Company = NO_COMPANY
    adds_to_order_id: int | None = None
    form_key: str | None = None
    granted: Sequence[Reduction] = ()

    @property
    def is_standing(self) -> bool:
        """Tell whether it was agreed to earlier, and nobody is there to type a code."""
        return self.reorder_id is not None or self.subscription_cycle_id is not None


async def shopper_of(session: AsyncSession, buyer: Buyer) -> Shopper:
    """Return a buyer as promotions see them; "" is an address that is not known yet."""
    has_ordered = await orders.has_paid_order(session, buyer.user_id, buyer.email)
    return Shopper(buyer.user_id, buyer.email, has_ordered, buyer.language)


async def place_order(
    session: AsyncSession, purchase: Purchase, *, actor: Actor, now: datetime
) -> Order:
    """Place an order at today's prices and set its bottles aside; both or neither.

    Raises TotalChanged when it would cost something else than the buyer saw, DiscountGone when a
    promotion or card was used up at this very moment, OutOfStock, and what pricing raises. A
    second order of one reorder, parcel or form breaks a unique constraint.
    """
    buyer = await shopper_of(session, purchase.buyer)
    address = purchase.shipping_address
    quoted = await discounts.quote(
        session,
        purchase.lines,
        address.country if address else "",
        now,
        method=purchase.method,
        shopper=ANYBODY if purchase.is_standing else buyer,
        entered=purchase.entered,
        postcode=address.postcode if address else "",
        currency=purchase.currency,
        sold_cards=amounts(purchase.gifts),
        vat_country=purchase.company.vat_country,
        granted=purchase.granted,
    )
    quote = quoted.quote
    seen = purchase.seen_total_minor
    if seen is not None and seen != quote.total.minor:
        raise TotalChanged(seen, quote.total)
    seen = purchase.seen_due_minor
    if seen is not None and seen != quote.due.minor:
        raise TotalChanged(seen, quote.due)
    order = await orders.place(session, _new_order(purchase, quote, now), actor=actor, now=now)
    if not purchase.is_test:
        until = order.pay_until
        await discounts.redeem(session, order.id, quoted, buyer, now, hold_until=until)
        lines = [StockLine(line.variant_id, line.quantity) for line in purchase.lines]
        if lines:
            await inventory.reserve(session, holder_of(order.id), lines, purchase.hold_for, now)
    if purchase.gifts:
        await gifts.put_down(session, order.id, purchase.gifts)
    return order


def _new_order(purchase: Purchase, quote: Quote, now: datetime) -> NewOrder:
    buyer = purchase.buyer
    return NewOrder(
        user_id=buyer.user_id,
        email=buyer.email,
        language=buyer.language,
        items=[*map(_item, quote.lines), *(_card(gift, buyer) for gift in purchase.gifts)],
        subtotal=quote.subtotal,
        shipping=quote.shipping,
        discount=quote.discount,
        shipping_discount=quote.shipping_discount,
        shipping_tax=quote.shipping_tax,
        gift_card=quote.gift_card,
        sold_cards=quote.sold,
        discounts=[named(one) for one in quote.discounts],
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
        subscription_cycle_id=purchase.subscription_cycle_id,
        cart_id=purchase.cart_id,
        is_test=purchase.is_test,
        adds_to_order_id=purchase.adds_to_order_id,
        form_key=purchase.form_key,
        company=purchase.company.name,
        vat_number=purchase.company.vat_number,
        vat_confirmed_at=purchase.company.confirmed_at,
        is_reverse_charge=quote.is_reverse_charge,
    )


def named(discount: Discount) -> dict[str, object]:
    """Return a discount as orders keep it."""
    return {
        "promotion_id": discount.promotion_id,
        "code": discount.code,
        "name": discount.name,
        "amount_minor": discount.amount.minor,
    }


def _item(line: PricedLine) -> NewItem:
    offer = line.offer
    return NewItem(
        variant_id=offer.variant_id,
        sku=offer.sku,
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        quantity=line.quantity,
        unit_price_minor=offer.price.minor,
        discount_minor=line.discount.minor,
        tax_minor=line.tax.minor,
        tax_basis_points=line.tax_basis_points,
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


def _card(gift: CartGift, buyer: Buyer) -> NewItem:
    return NewItem(
        variant_id=None,
        is_gift_card=True,
        sku=gifts.SKU,
        product_name=say(buyer.language, "Gift card"),
        variant_name="",
        quantity=1,
        unit_price_minor=gift.amount_minor,
        snapshot={"cart_gift_id": gift.id},
    )
