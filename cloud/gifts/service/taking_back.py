"""When the price of a bought card goes back, or its payment is disputed.

Every function is called under the order's lock. Locks are taken in this order: the sold cards,
then the cards of the ledger, each by id; stock comes after.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts import service as discounts
from cloud.foundation.money import Money
from cloud.gifts import repository
from cloud.gifts.errors import GiftCardSpent
from cloud.gifts.models import SoldGift
from cloud.orders.models import Order


async def left_of(session: AsyncSession, order: Order, now: datetime) -> dict[int, int]:
    """Return by line how much of each card can still go back, and lock all that says so.

    What is spent, and what unpaid orders hold, cannot.
    """
    gifts = await _issued(session, order)
    free = await discounts.free_of(session, list(gifts), now)
    return {gift.order_item_id: free[card_id][1] for card_id, gift in gifts.items()}


async def take_back(
    session: AsyncSession, order: Order, amounts: Mapping[int, int], now: datetime
) -> None:
    """Take amounts (by line, minor units) off an order's cards; an emptied card is disabled.

    Raises GiftCardSpent for more than is left on one; nothing is taken then.
    """
    gifts = await _issued(session, order)
    free = await discounts.free_of(session, list(gifts), now)
    for card_id, gift in gifts.items():
        ending, left_minor = free[card_id]
        if amounts.get(gift.order_item_id, 0) > left_minor:
            left = Money(max(0, left_minor), order.currency)
            raise GiftCardSpent(ending, left, gift.order_item_id)
    for card_id, gift in gifts.items():
        wanted = amounts.get(gift.order_item_id, 0)
        if wanted and await discounts.take_back(session, card_id, wanted, now, note=order.number):
            gift.withdrawn_at = now
    await session.flush()


async def restore(
    session: AsyncSession, order: Order, amounts: Mapping[int, int], now: datetime
) -> None:
    """Put back what `take_back` took, because the refund was turned down."""
    for card_id, gift in (await _issued(session, order)).items():
        wanted = amounts.get(gift.order_item_id, 0)
        if wanted:
            await discounts.restore(session, card_id, wanted, now, note=order.number)
            gift.withdrawn_at = None
    await session.flush()


async def freeze(session: AsyncSession, order: Order, now: datetime) -> None:
    """Disable an order's cards while its payment is disputed; they are not sent either."""
    for card_id, gift in (await _issued(session, order)).items():
        await discounts.set_blocked(session, card_id, now, blocked=True)
        gift.withdrawn_at = gift.withdrawn_at or now
    await session.flush()


async def thaw(session: AsyncSession, order: Order, now: datetime) -> None:
    """Let an order's cards be good again; one that was taken back stays disabled."""
    for card_id, gift in (await _issued(session, order)).items():
        card = await discounts.get_card(session, card_id)
        if card.balance_minor > 0:
            await discounts.set_blocked(session, card_id, now, blocked=False)
            gift.withdrawn_at = None
    await session.flush()


async def forfeit(session: AsyncSession, order: Order, now: datetime) -> None:
    """Take back all that is left on an order's cards, and disable them; for lost disputes."""
    gifts = await _issued(session, order)
    free = await discounts.free_of(session, list(gifts), now)
    for card_id, gift in gifts.items():
        left = free[card_id][1]
        if left > 0:
            await discounts.take_back(session, card_id, left, now, note=order.number)
        await discounts.set_blocked(session, card_id, now, blocked=True)
        gift.withdrawn_at = gift.withdrawn_at or now
    await session.flush()


async def _issued(session: AsyncSession, order: Order) -> dict[int, SoldGift]:
    """Return the sold cards of an order, locked, by the card's id and in its order."""
    found = await repository.list_of_order(session, order.id, locked=True)
    issued = {gift.gift_card_id: gift for gift in found if gift.gift_card_id is not None}
    return dict(sorted(issued.items()))
