"""What every way to pay has in common: the waiting order, its bottles, the attempt that stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.checkout.errors import NotPayable
from cloud.checkout.service.holding import HOLD_FOR, holder_of, stock_lines
from cloud.checkout.service.settling import settle_free
from cloud.discounts import service as discounts
from cloud.foundation.database import Database
from cloud.foundation.money import Money
from cloud.inventory import service as inventory
from cloud.inventory.errors import ReservationLapsed
from cloud.orders import service as orders
from cloud.orders.models import Order, OrderItem
from cloud.orders.status import OrderStatus
from cloud.payments import service as payments
from cloud.payments.errors import PaymentUnderWay
from cloud.payments.models import Payment, PaymentKind
from cloud.payments.ports import PaymentGateway
from cloud.payments.service import Bill

# An attempt must be asked for with at least this much of its life before it.
_SHORTEST_LIFE = timedelta(minutes=30, seconds=30)
# So a request whose answer was lost can be repeated for some minutes.
LIFE = timedelta(minutes=35)
# The order outlives its attempt by this, so that a payment at the last second still finds it.
_GRACE = timedelta(minutes=5)
# An attempt that ends sooner than this is not worth sending anybody to.
_USEFUL = timedelta(minutes=2)


# Tells whether the attempt that stands for an order with these lines is the one wanted now.
IsWanted = Callable[[Order, Sequence[OrderItem], Payment], bool]


@dataclass(frozen=True, slots=True)
class Ready:
    """A locked order that waits for its money, its bottles set aside.

    `standing` is the attempt of the wanted kind that is still good; None: begin one that ends at
    `expires_at`.
    """

    order: Order
    items: Sequence[OrderItem]
    standing: Payment | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays a waiting order. `customer_id` None: a guest. `is_paid`: nothing was due."""

    number: str
    user_id: int | None
    customer_id: str | None = None
    is_paid: bool = False


async def find_payer(
    database: Database, gateway: PaymentGateway, order_id: int, now: datetime
) -> Payer:
    """Return who pays a waiting order; one of which nothing is due is paid by it at once.

    Raises NotPayable, OutOfStock, GatewayUnavailable.
    """
    async with database.unit_of_work() as session:
        order = await orders.lock(session, order_id)
        require_waiting(order)
        if order.due_minor == 0:
            await settle_free(session, order, now)
            return Payer(order.number, order.user_id, is_paid=True)
        user = await accounts.find_user(session, order.user_id) if order.user_id else None
        if user is None:
            return Payer(order.number, order.user_id)
        email, name = user.email, user.name
    customer_id = await payments.ensure_customer(database, gateway, user.id, email, name)
    return Payer(order.number, user.id, customer_id)


async def make_ready(
    session: AsyncSession, order_id: int, kind: PaymentKind, now: datetime, is_wanted: IsWanted
) -> Ready:
    """Lock a waiting order, end an attempt that is not wanted, and set the bottles aside.

    One of another kind is not, nor one that `is_wanted` denies: a card to be kept or not, another
    saved card. Raises NotPayable, PaymentUnderWay (the saved card is being charged), OutOfStock.
    """
    order = await orders.lock(session, order_id)
    require_waiting(order)
    items = await orders.order_items(session, order_id)
    pending = await payments.pending_payment(session, order_id)
    expires_at = now + LIFE
    if pending is not None:
        if pending.kind is PaymentKind.CHARGE:
            raise PaymentUnderWay
        is_such = pending.kind is kind and is_wanted(order, items, pending)
        if is_such and _is_good(pending, now):
            return Ready(order, items, pending, expires_at)
        await _end(session, pending, now, is_over=is_such)
    if order.has_parcels:
        await _hold(session, order, items, now)
    order.pay_until = max(order.pay_until, expires_at + _GRACE)
    if order.gift_card_minor:
        await discounts.keep_holding(session, order_id, order.pay_until)
    return Ready(order, items, None, expires_at)


async def _end(session: AsyncSession, pending: Payment, now: datetime, *, is_over: bool) -> None:
    if not is_over:
        await payments.replace_pending(session, pending, now)
        return
    payments.note_given_up(pending, "page_expired", "The payment page expired.", now)
    await session.flush()


async def _hold(
    session: AsyncSession, order: Order, items: Sequence[OrderItem], now: datetime
) -> None:
    """Set the bottles aside: prolonged at the first attempt, at later ones only made anew.

    So nobody keeps bottles from others for longer than twice the time by asking again and again.
    """
    holder = holder_of(order.id)
    is_first = await payments.latest_payment(session, order.id) is None
    try:
        await inventory.extend(session, holder, HOLD_FOR if is_first else timedelta(0), now)
    except ReservationLapsed:
        await inventory.reserve(session, holder, stock_lines(items), HOLD_FOR, now)


def require_waiting(order: Order) -> None:
    """Raise NotPayable unless an order waits for its money."""
    if order.status is not OrderStatus.AWAITING_PAYMENT:
        raise NotPayable(order.number, order.status)


def _is_good(pending: Payment, now: datetime) -> bool:
    ends = pending.page_expires_at
    is_open = pending.page_url is not None or pending.provider_intent_id is not None
    needed = _USEFUL if is_open else _SHORTEST_LIFE
    return ends is not None and ends - now > needed


def bill_of(order: Order, key_stem: str, facts: Mapping[str, str] | None = None) -> Bill:
    """Return what is to be paid for an order; the attempt's number ends the key."""
    return Bill(
        order_id=order.id,
        order_number=order.number,
        key_stem=key_stem,
        amount=Money(order.due_minor, order.currency),
        email=order.email,
        user_id=order.user_id,
        facts=facts or {},
    )
