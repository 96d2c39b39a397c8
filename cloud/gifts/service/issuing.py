"""From a line of a placed order to a card of the ledger, once the order is paid."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts.models import CartGift
from cloud.discounts import service as discounts
from cloud.foundation.money import Money
from cloud.foundation.sealing import Sealer
from cloud.gifts import repository
from cloud.gifts.models import SoldGift
from cloud.gifts.service.sending import send
from cloud.orders import service as orders
from cloud.orders.models import Order, OrderItem
from cloud.site.service import read_site

SKU = "GIFT-CARD"
# When nobody is woken by a present.
_MORNING = time(9)


def bought_from(item: OrderItem) -> int:
    """Return the id that a gift card's line had in its cart."""
    return int(item.snapshot["cart_gift_id"])


def due_at(deliver_on: date | None, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when a card paid now goes out: at once, or at nine on its day in the shop's zone."""
    if deliver_on is None:
        return now
    return max(now, datetime.combine(deliver_on, _MORNING, zone).astimezone(now.tzinfo))


async def put_down(session: AsyncSession, order_id: int, gifts: Sequence[CartGift]) -> None:
    """Store whom the gift cards of a new order are for; its lines name them (`bought_from`)."""
    items = await orders.order_items(session, order_id)
    lines = {bought_from(item): item.id for item in items if item.is_gift_card}
    session.add_all(
        SoldGift(
            order_id=order_id,
            order_item_id=lines[gift.id],
            recipient_name=gift.recipient_name,
            recipient_email=gift.recipient_email,
            sender_name=gift.sender_name,
            message=gift.message,
            deliver_on=gift.deliver_on,
            is_for_self=gift.is_for_self,
        )
        for gift in gifts
    )
    await session.flush()


async def issue(session: AsyncSession, sealer: Sealer, order: Order, now: datetime) -> None:
    """Issue the cards of a locked order that was paid, and send those that are due.

    Repeating it issues nothing more. The cards never expire.
    """
    items = {item.id: item for item in await orders.order_items(session, order.id)}
    zone = (await read_site(session)).zone
    for gift in await repository.list_of_order(session, order.id, locked=True):
        if gift.gift_card_id is not None:
            continue
        price = Money(items[gift.order_item_id].unit_price_minor, order.currency)
        issued = await discounts.issue(session, price, now, issued_by=None, note=order.number)
        gift.gift_card_id = issued.card.id
        gift.sealed_code = sealer.seal(issued.code)
        gift.due_at = due_at(gift.deliver_on, now, zone)
        await session.flush()
        if gift.due_at <= now:
            await send(session, gift, order, price, now)
