"""Starting a payment for an order that waits for one: over a page, or with a saved card."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.checkout.errors import NotPayable
from cloud.checkout.service.holding import HOLD_FOR, holder_of, stock_lines
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable
from cloud.foundation.money import Money
from cloud.inventory import service as inventory
from cloud.orders import service as orders
from cloud.orders.links import OrderLinks
from cloud.orders.models import Order, OrderItem
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.errors import GatewayUnavailable, PaymentUnderWay
from cloud.payments.models import Payment, PaymentKind, SavedCard
from cloud.payments.ports import PageLine, PaymentGateway
from cloud.payments.service import Bill, PageDetails

# A page must be asked for with at least this much of its life before it.
_SHORTEST_LIFE = timedelta(minutes=30, seconds=30)
# So a request whose answer was lost can be repeated for some minutes.
_PAGE_LIFE = timedelta(minutes=35)
# The order outlives its page by this, so that a payment at the last second still finds it.
_GRACE = timedelta(minutes=5)
# A page that ends sooner than this is not worth sending anybody to.
_USEFUL = timedelta(minutes=2)


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
) -> str:
    """Return the address of a page on which a waiting order can be paid; sets its bottles aside.

    Calling it again returns the same page while that is good. Raises NotPayable, PaymentUnderWay
    (the saved card is being charged), OutOfStock, GatewayUnavailable.
    """
    customer_id = await _customer(database, gateway, order_id)
    async with database.unit_of_work() as session:
        payment_id = await _attempt(
            session, gateway, clock, links, order_id, customer_id, save_card=save_card
        )
    url = await payments.open_pending_page(database, gateway, payment_id, clock)
    if url is None:
        raise PageNotOpened
    return url


async def _customer(database: Database, gateway: PaymentGateway, order_id: int) -> str | None:
    async with database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        _require_waiting(order)
        if order.user_id is None:
            return None
        user = await accounts.find_user(session, order.user_id)
        if user is None:
            return None
        email, name = user.email, user.name
    return await payments.ensure_customer(database, gateway, user.id, email, name)


async def _attempt(
    session: AsyncSession,
    gateway: PaymentGateway,
    clock: Clock,
    links: OrderLinks,
    order_id: int,
    customer_id: str | None,
    *,
    save_card: bool,
) -> int:
    now = clock.now()
    order = await orders.lock(session, order_id)
    _require_waiting(order)
    pending = await payments.pending_payment(session, order_id)
    if pending is not None and pending.kind is PaymentKind.CHARGE:
        raise PaymentUnderWay
    if pending is not None and _is_good(pending, clock):
        return pending.id
    if pending is not None:
        payments.note_given_up(pending, "page_expired", "The payment page expired.", now)
        await session.flush()
    items = await orders.order_items(session, order_id)
    await inventory.reserve(session, holder_of(order_id), stock_lines(items), HOLD_FOR, now)
    expires_at = now + _PAGE_LIFE
    order.pay_until = max(order.pay_until, expires_at + _GRACE)
    page = links.order(order.number, is_guest=order.user_id is None)
    payment = await payments.begin_page(
        session,
        gateway,
        _bill(order, f"order:{order.id}"),
        PageDetails(
            lines=_page_lines(order, items),
            customer_id=customer_id,
            save_card=save_card,
            success_url=links.payment_return(),
            cancel_url=page,
            expires_at=expires_at,
            language=order.language,
        ),
    )
    return payment.id


def _require_waiting(order: Order) -> None:
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        raise NotPayable(order.number, order.status.value)


def _is_good(pending: Payment, clock: Clock) -> bool:
    ends = pending.page_expires_at
    needed = _USEFUL if pending.page_url is not None else _SHORTEST_LIFE
    return ends is not None and ends - clock.now() > needed


def _bill(order: Order, key_stem: str, facts: Mapping[str, str] | None = None) -> Bill:
    return Bill(
        order_id=order.id,
        order_number=order.number,
        key_stem=key_stem,
        amount=Money(order.total_minor, order.currency),
        email=order.email,
        user_id=order.user_id,
        facts=facts or {},
    )


def _page_lines(order: Order, items: Sequence[OrderItem]) -> list[PageLine]:
    """Return what the page shows; always adds up to the order's total."""
    if order.discount_minor > 0:
        # A page takes no negative lines.
        return [PageLine(f"Order {order.number}", Money(order.total_minor, order.currency))]
    lines = [
        PageLine(
            item.product_name,
            Money(item.unit_price_minor, order.currency),
            item.quantity,
            item.variant_name,
        )
        for item in items
    ]
    for name, minor in (("Delivery", order.shipping_minor), ("Tax", order.tax_added_minor)):
        if minor > 0:
            lines.append(PageLine(name, Money(minor, order.currency)))
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
    _require_waiting(order)
    payment = await payments.begin_charge(session, gateway, _bill(order, key_stem, facts), card)
    return payment.id


async def settle_return(
    database: Database, gateway: PaymentGateway, clock: Clock, session_id: str
) -> tuple[str, bool] | None:
    """Apply what a payment page says when its buyer comes back, without waiting for the webhook.

    Returns the order's number and whether it is a guest's; None for a page that is not ours.
    """
    async with database.unit_of_work() as session:
        payment = await payments.find_by_page(session, session_id)
    if payment is None:
        return None
    try:
        page = await gateway.fetch_page(session_id)
    except GatewayUnavailable:
        # The webhook will tell; the buyer need not wait for it here.
        page = None
    async with database.unit_of_work() as session:
        if page is not None:
            await payments.hear_page(session, payment, page, clock.now())
        order = await orders.lock(session, payment.order_id)
        return order.number, order.user_id is None
