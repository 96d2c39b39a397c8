"""Starting a payment for an order that waits for one: over a page, or with a saved card."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout.service.attempting import (
    LIFE,
    bill_of,
    find_payer,
    make_ready,
    require_waiting,
)
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable
from cloud.foundation.money import Money
from cloud.foundation.words import N_, say
from cloud.orders import service as orders
from cloud.orders.links import OrderLinks
from cloud.orders.models import Order, OrderItem
from cloud.payments import service as payments
from cloud.payments.errors import GatewayUnavailable, PaymentUnderWay
from cloud.payments.models import Payment, PaymentKind, SavedCard
from cloud.payments.ports import PageLine, PaymentGateway
from cloud.payments.service import Bill, PageDetails


class PageNotOpened(Unavailable):
    """The payment page ended while it was being opened."""

    code = "payment_page_ended"

    def __init__(self) -> None:
        super().__init__("This payment page has just ended.", hint="Start the payment again.")


async def pay_by_page(
    database: Database,
    gateway: PaymentGateway,
    clock: Clock,
    links: OrderLinks,
    order_id: int,
    *,
    save_card: bool = False,
    begun: Payment | None = None,
) -> str:
    """Return the address of a page on which a waiting order can be paid; sets its bottles aside.

    Calling it again returns the same page while that is good and asks for the same. An order of
    which nothing is due (gift cards pay it all) is paid at once, and the address is its own page.
    `begun` is what `begin_first_page` gave. Raises NotPayable, PaymentUnderWay (the saved card is
    being charged), OutOfStock, GatewayUnavailable.
    """
    if begun is not None:
        return _opened(await payments.open_begun_page(database, gateway, begun))
    payer = await find_payer(database, gateway, order_id, clock.now())
    if payer.is_paid:
        return links.order(payer.number, is_guest=payer.user_id is None)
    async with database.unit_of_work() as session:
        payment_id = await _attempt(
            session, gateway, clock.now(), links, order_id, payer.customer_id, save_card=save_card
        )
    return _opened(await payments.open_pending_page(database, gateway, payment_id, clock))


def _opened(url: str | None) -> str:
    if url is None:
        raise PageNotOpened
    return url


async def begin_first_page(
    session: AsyncSession,
    gateway: PaymentGateway,
    links: OrderLinks,
    order: Order,
    now: datetime,
    *,
    save_card: bool,
) -> Payment | None:
    """Begin the page of an order that this transaction placed; None: leave it to `pay_by_page`.

    The new row is locked, its bottles were set aside this moment for as long as a first attempt
    may hold them, and no other attempt can be: there is nothing to look up. Not for an order of
    which nothing is due, nor for a member of whom the provider has never heard.
    """
    if order.due_minor == 0:
        return None
    customer_id = None
    if order.user_id is not None:
        customer_id = await payments.known_customer(session, order.user_id)
        if customer_id is None:
            return None
    details = _details(links, customer_id, order, order.items, now + LIFE, save_card=save_card)
    return await payments.begin_first_page(session, gateway, _bill(order), details, now)


async def _attempt(
    session: AsyncSession,
    gateway: PaymentGateway,
    now: datetime,
    links: OrderLinks,
    order_id: int,
    customer_id: str | None,
    *,
    save_card: bool,
) -> int:
    def is_wanted(order: Order, items: Sequence[OrderItem], standing: Payment) -> bool:
        wanted = _details(links, customer_id, order, items, now, save_card=save_card)
        return payments.is_such_page(standing, gateway, _bill(order), wanted)

    ready = await make_ready(session, order_id, PaymentKind.PAGE, now, is_wanted)
    if ready.standing is not None:
        return ready.standing.id
    wanted = _details(
        links, customer_id, ready.order, ready.items, ready.expires_at, save_card=save_card
    )
    return (await payments.begin_page(session, gateway, _bill(ready.order), wanted)).id


def _details(
    links: OrderLinks,
    customer_id: str | None,
    order: Order,
    items: Sequence[OrderItem],
    expires_at: datetime,
    *,
    save_card: bool,
) -> PageDetails:
    return PageDetails(
        lines=_page_lines(order, items),
        customer_id=customer_id,
        save_card=save_card,
        success_url=links.payment_return(),
        cancel_url=links.order(order.number, is_guest=order.user_id is None),
        expires_at=expires_at,
        language=order.language,
    )


def _bill(order: Order) -> Bill:
    return bill_of(order, f"order:{order.id}")


def _page_lines(order: Order, items: Sequence[OrderItem]) -> list[PageLine]:
    """Return what the page shows; always adds up to what is due of the order."""
    if order.discount_minor > 0 or order.gift_card_minor > 0:
        # A page takes no negative lines.
        name = say(order.language, "Order %(number)s", number=order.number)
        return [PageLine(name, Money(order.due_minor, order.currency))]
    lines = [
        PageLine(
            item.product_name,
            Money(item.unit_price_minor, order.currency),
            item.quantity,
            item.variant_name,
        )
        for item in items
    ]
    for name, minor in (
        (N_("Delivery"), order.shipping_minor),
        (N_("Tax"), order.tax_added_minor),
    ):
        if minor > 0:
            lines.append(PageLine(say(order.language, name), Money(minor, order.currency)))
    return lines


async def charge_card(
    session: AsyncSession,
    gateway: PaymentGateway,
    order: Order,
    card: SavedCard,
    *,
    key_stem: str,
    facts: Mapping[str, str],
) -> int:
    """Store the charge of a saved card for a locked order, with its job; return the payment's id.

    `key_stem` begins the idempotency key; the attempt's number ends it.
    """
    require_waiting(order)
    payment = await payments.begin_charge(session, gateway, bill_of(order, key_stem, facts), card)
    return payment.id


async def charge_again(
    session: AsyncSession,
    gateway: PaymentGateway,
    order_id: int,
    card: SavedCard,
    *,
    key_stem: str,
    facts: Mapping[str, str],
    now: datetime,
) -> None:
    """Store another charge for an order whose last one was refused, its bottles set aside anew.

    Raises NotPayable, OutOfStock, and PaymentUnderWay while any attempt, a page too, is open.
    """
    order = await orders.lock(session, order_id)
    require_waiting(order)
    if await payments.pending_payment(session, order_id) is not None:
        raise PaymentUnderWay
    ready = await make_ready(session, order_id, PaymentKind.CHARGE, now, _never)
    await charge_card(session, gateway, ready.order, card, key_stem=key_stem, facts=facts)


def _never(_order: Order, _items: Sequence[OrderItem], _standing: Payment) -> bool:
    return False


async def settle_return(
    database: Database, gateway: PaymentGateway, clock: Clock, session_id: str
) -> tuple[str, bool] | None:
    """Apply what a payment page says when its buyer comes back, without waiting for the webhook.

    Returns the order's number and whether it is a guest's; None for a page that is not ours.
    """
    attempt = await payments.find_by_page(database, session_id)
    if attempt is None:
        return None
    try:
        page = await gateway.fetch_page(session_id)
    except GatewayUnavailable:
        # The webhook will tell; the buyer need not wait for it here.
        page = None
    async with database.unit_of_work() as session:
        if page is not None:
            await payments.hear_page(session, attempt, page, clock.now())
        order = await orders.lock(session, attempt.order_id)
        return order.number, order.user_id is None
