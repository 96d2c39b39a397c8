"""Checking a cart out: one unpaid order a cart, however often the button is pressed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.kinds import AddressKind
from cloud.accounts.postcodes import clean_postcode
from cloud.carts import code_rows, codes, consents, gift_rows
from cloud.carts import repository as cart_rows
from cloud.carts.gifts import amounts
from cloud.carts.models import CartGift
from cloud.carts.owners import CartOwner
from cloud.carts.returning import note_bought
from cloud.checkout.errors import AddressMissing, EmailMissing
from cloud.checkout.schemas import CheckoutForm
from cloud.checkout.service.companies import NO_COMPANY, Company
from cloud.checkout.service.holding import holder_of
from cloud.checkout.service.placing import (
    Buyer,
    Purchase,
    PurchaseLine,
    named,
    place_order,
    shopper_of,
)
from cloud.discounts import service as discounts
from cloud.discounts.service import Entered
from cloud.foundation.identity import SignedIn
from cloud.gifts.service import bought_from
from cloud.inventory import service as inventory
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.models import Order
from cloud.orders.schemas import PostalAddress
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """The order of a cart; `is_new` when this transaction placed it, its `.items` there."""

    order: Order
    is_new: bool


async def check_out(
    session: AsyncSession,
    owner: CartOwner,
    user: SignedIn | None,
    form: CheckoutForm,
    *,
    language: str,
    now: datetime,
    currency: str | None = None,
    company: Company = NO_COMPANY,
) -> CheckedOut:
    """Return the order of a cart, placed now, or earlier with the very same content.

    `currency` is the one that the buyer chose, None the shop's own; `company` the firm it is for.

    A cart that changed since replaces its unpaid order. Raises AddressMissing, PostcodeWrong,
    EmailMissing, and what `place_order` raises. The cart keeps its bottles until they are paid.
    """
    buyer = _buyer(user, form, language)
    cart_id, has_gifts = await cart_rows.open_cart_for_checkout(session, owner, now)
    lines = [
        PurchaseLine(line.variant_id, line.quantity)
        for line in await cart_rows.list_items(session, owner)
    ]
    gifts = await gift_rows.list_gifts(session, cart_id) if has_gifts else []
    address = await _address(session, user, form) if lines or not gifts else None
    actor = Actor(ActorKind.CUSTOMER, buyer.user_id)
    entered = codes.entered(await codes.list_codes(session, owner))
    standing = await orders.find_unpaid_order_of_cart(session, cart_id)
    if standing is not None:
        chosen = _Choice(lines, gifts, address, form, buyer, entered, currency, company)
        if await _is_same(session, standing, chosen, now):
            return CheckedOut(standing, is_new=False)
        await _replace(session, standing, actor, now)
    purchase = Purchase(
        buyer=buyer,
        lines=lines,
        gifts=gifts,
        shipping_address=address,
        billing_address=form.billing_address,
        method=form.shipping_method,
        entered=entered,
        note=form.note,
        seen_total_minor=form.seen_total_minor,
        seen_due_minor=form.seen_due_minor,
        cart_id=cart_id,
        currency=currency,
        company=company,
    )
    order = await place_order(session, purchase, actor=actor, now=now)
    return CheckedOut(order, is_new=True)


async def standing_order(session: AsyncSession, owner: CartOwner) -> int | None:
    """Return the id of the unpaid order that the next one of a cart would replace."""
    cart_id = await cart_rows.find_cart_id(session, owner)
    return None if cart_id is None else await orders.find_unpaid_order_id(session, cart_id)


def _buyer(user: SignedIn | None, form: CheckoutForm, language: str) -> Buyer:
    if user is not None:
        return Buyer(user.user_id, user.email, user.language or language)
    if form.email is None:
        raise EmailMissing
    return Buyer(None, form.email, language)


async def _address(
    session: AsyncSession, user: SignedIn | None, form: CheckoutForm
) -> PostalAddress:
    written = form.shipping_address
    if written is not None:
        # As for an address of the address book: what no postman can read is said at once.
        postcode = clean_postcode(written.country, written.postcode)
        return written.model_copy(update={"postcode": postcode})
    if user is None:
        raise AddressMissing
    if form.address_id is not None:
        found = await accounts.find_address(session, user.user_id, form.address_id)
    else:
        found = await accounts.find_default_address(session, user.user_id, AddressKind.SHIPPING)
    if found is None:
        raise AddressMissing
    return PostalAddress.model_validate(found, from_attributes=True)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What a buyer wants now, to be compared with an order that waits for its payment."""

    lines: list[PurchaseLine]
    gifts: Sequence[CartGift]
    address: PostalAddress | None
    form: CheckoutForm
    buyer: Buyer
    entered: Entered
    currency: str | None
    company: Company


def _is_written_so(standing: Order, chosen: _Choice) -> bool:
    """Tell whether an order says what the buyer has written now: who, what, and where to."""
    ordered = {(item.variant_id, item.quantity) for item in standing.items if not item.is_gift_card}
    cards = {bought_from(item) for item in standing.items if item.is_gift_card}
    billing = chosen.form.billing_address
    return (
        ordered == {(line.variant_id, line.quantity) for line in chosen.lines}
        # A gift card in a cart never changes: another one has another id.
        and cards == {gift.id for gift in chosen.gifts}
        and (standing.user_id, standing.email) == (chosen.buyer.user_id, chosen.buyer.email)
        and standing.shipping_address == (chosen.address.model_dump() if chosen.address else None)
        and standing.billing_address == (billing.model_dump() if billing else None)
        and standing.note == chosen.form.note
        and standing.company == chosen.company.name
        and standing.vat_number == chosen.company.vat_number
    )


async def _is_same(session: AsyncSession, standing: Order, chosen: _Choice, now: datetime) -> bool:
    if standing.pay_until <= now or not _is_written_so(standing, chosen):
        return False
    quoted = await discounts.quote(
        session,
        chosen.lines,
        chosen.address.country if chosen.address else "",
        now,
        method=chosen.form.shipping_method,
        shopper=await shopper_of(session, chosen.buyer),
        entered=chosen.entered,
        instead_of=standing.id,
        postcode=chosen.address.postcode if chosen.address else "",
        currency=chosen.currency,
        sold_cards=amounts(chosen.gifts),
        vat_country=chosen.company.vat_country,
    )
    quote = quoted.quote
    if quote.currency != standing.currency:
        return False
    if quote.shipping_method.code != standing.shipping_method or (
        [named(one) for one in quote.discounts] != standing.discounts
    ):
        return False
    has_same_due = quote.due.minor == standing.due_minor
    return (
        has_same_due and quote.total.minor == standing.total_minor == chosen.form.seen_total_minor
    )


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


async def follow_cart(
    session: AsyncSession, guest_cart_id: int, member_cart_id: int, now: datetime
) -> None:
    """Let the orders of a guest's cart be those of the member's it is poured into.

    So the next checkout replaces an unpaid one instead of setting its bottles aside twice, and
    what a paid one bought leaves the member's cart too. When both carts have an unpaid order the
    guest's, which is left behind, ends.
    """
    unpaid = await orders.find_unpaid_order_of_cart(session, guest_cart_id)
    if unpaid is not None and await orders.find_unpaid_order_id(session, member_cart_id):
        await _replace(session, unpaid, SYSTEM, now)
    await orders.change_cart(session, guest_cart_id, member_cart_id)


async def empty_cart(session: AsyncSession, order_id: int) -> None:
    """Take what an order bought, and every code, out of the cart it was made from.

    What was added since stays. Who agreed to be told of the cart is forgotten with it. Once an
    order: the order forgets its cart by it.
    """
    order = await orders.lock(session, order_id)
    if order.cart_id is None:
        return
    held = await cart_rows.read_quantities(session, order.cart_id)
    for item in await orders.order_items(session, order_id):
        if item.variant_id is None:
            await gift_rows.remove_gifts(session, order.cart_id, [bought_from(item)])
            continue
        left = held.get(item.variant_id, 0) - item.quantity
        if left > 0:
            await cart_rows.set_quantity(session, order.cart_id, item.variant_id, left)
        else:
            await cart_rows.take_out(session, order.cart_id, item.variant_id)
    await code_rows.remove_all(session, order.cart_id)
    await consents.forget(session, order.cart_id)
    if order.paid_at is not None:
        await note_bought(session, order.cart_id, order.placed_at, order.paid_at)
    order.cart_id = None
