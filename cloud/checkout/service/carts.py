"""Checking a cart out: one unpaid order a cart, however often the button is pressed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.kinds import AddressKind
from cloud.carts import repository as cart_rows
from cloud.carts import service as carts
from cloud.carts.owners import CartOwner
from cloud.checkout.errors import AddressMissing, EmailMissing
from cloud.checkout.schemas import CheckoutForm
from cloud.checkout.service.holding import holder_of
from cloud.checkout.service.placing import (
    Buyer,
    Purchase,
    PurchaseLine,
    place_order,
    quote_purchase,
)
from cloud.foundation.identity import SignedIn
from cloud.inventory import service as inventory
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments


async def check_out(
    session: AsyncSession,
    owner: CartOwner,
    user: SignedIn | None,
    form: CheckoutForm,
    *,
    language: str,
    now: datetime,
) -> Order:
    """Return the order of a cart, placed now, or earlier with the very same content.

    A cart that changed since replaces its unpaid order. Raises AddressMissing, EmailMissing, and
    what `place_order` raises. The cart keeps its bottles until they are paid.
    """
    buyer = _buyer(user, form, language)
    address = await _address(session, user, form)
    cart_id = await cart_rows.open_cart(session, owner, now)
    lines = [
        PurchaseLine(line.variant_id, line.quantity)
        for line in await carts.lines(session, owner, now)
    ]
    actor = Actor(ActorKind.CUSTOMER, buyer.user_id)
    standing = await orders.find_unpaid_order_of_cart(session, cart_id)
    if standing is not None:
        if await _is_same(session, standing, lines, address, form, now):
            return standing
        await _replace(session, standing, actor, now)
    purchase = Purchase(
        buyer=buyer,
        lines=lines,
        shipping_address=address,
        billing_address=form.billing_address,
        method=form.shipping_method,
        note=form.note,
        seen_total_minor=form.seen_total_minor,
        cart_id=cart_id,
    )
    return await place_order(session, purchase, actor=actor, now=now)


def _buyer(user: SignedIn | None, form: CheckoutForm, language: str) -> Buyer:
    if user is not None:
        return Buyer(user.user_id, user.email, user.language or language)
    if form.email is None:
        raise EmailMissing
    return Buyer(None, form.email, language)


async def _address(
    session: AsyncSession, user: SignedIn | None, form: CheckoutForm
) -> PostalAddress:
    if form.shipping_address is not None:
        return form.shipping_address
    if user is None:
        raise AddressMissing
    if form.address_id is not None:
        found = await accounts.find_address(session, user.user_id, form.address_id)
    else:
        found = await accounts.find_default_address(session, user.user_id, AddressKind.SHIPPING)
    if found is None:
        raise AddressMissing
    return PostalAddress.model_validate(found, from_attributes=True)


async def _is_same(
    session: AsyncSession,
    standing: Order,
    lines: list[PurchaseLine],
    address: PostalAddress,
    form: CheckoutForm,
    now: datetime,
) -> bool:
    ordered = {(item.variant_id, item.quantity) for item in standing.items}
    if ordered != {(line.variant_id, line.quantity) for line in lines}:
        return False
    if standing.shipping_address != address.model_dump() or standing.pay_until <= now:
        return False
    quote = await quote_purchase(session, lines, address.country, now, method=form.shipping_method)
    has_same_way = quote.shipping_method.code == standing.shipping_method
    return has_same_way and quote.total.minor == standing.total_minor == form.seen_total_minor


async def _replace(session: AsyncSession, standing: Order, actor: Actor, now: datetime) -> None:
    await orders.move(
        session,
        standing,
        OrderStatus.CANCELLED,
        actor=actor,
        now=now,
        comment="replaced by a newer order of the same cart",
    )
    await payments.void_pending(session, standing.id, now)
    await inventory.release(session, holder_of(standing.id))


async def empty_cart(session: AsyncSession, order_id: int) -> None:
    """Take what an order bought out of the cart it was made from; what was added since stays.

    Once an order: the order forgets its cart by it.
    """
    order = await orders.lock(session, order_id)
    if order.cart_id is None:
        return
    held = await cart_rows.read_quantities(session, order.cart_id)
    for item in await orders.order_items(session, order_id):
        left = held.get(item.variant_id, 0) - item.quantity
        if left > 0:
            await cart_rows.set_quantity(session, order.cart_id, item.variant_id, left)
        else:
            await cart_rows.take_out(session, order.cart_id, item.variant_id)
    order.cart_id = None
