"""Gift cards that an owner wants to buy: each a line of its own, with whom it is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import gift_rows, repository
from cloud.carts.errors import (
    GiftAmountNotSold,
    GiftDayWrong,
    GiftNotInCart,
    GiftsNotSold,
    RecipientMissing,
    TooManyGifts,
)
from cloud.carts.limits import MOST_GIFTS
from cloud.carts.models import CartGift
from cloud.carts.owners import CartOwner
from cloud.foundation.money import Money
from cloud.site.schemas import Site


@dataclass(frozen=True, slots=True)
class GiftWish:
    """A gift card as its buyer describes it; texts are trimmed and of one line but the message.

    `deliver_on` None: as soon as it is paid; else that day, in the shop's zone.
    """

    amount: Money
    recipient_name: str = ""
    recipient_email: str = ""
    sender_name: str = ""
    message: str = ""
    deliver_on: date | None = None
    is_for_self: bool = False


def last_day(today: date) -> date:
    """Return the last day on which a gift card bought today can go out: a year ahead."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        # The 29th of February.
        return date(today.year + 1, 2, 28)


def check_wish(wish: GiftWish, site: Site, now: datetime) -> None:
    """Refuse a gift card that is not sold so.

    Raises GiftsNotSold, GiftAmountNotSold, RecipientMissing, GiftDayWrong.
    """
    offers = site.gift_cards
    if not offers.is_on_sale:
        raise GiftsNotSold
    if wish.amount.currency != site.currency or not offers.sells(wish.amount.minor):
        least = Money(offers.least_minor, site.currency)
        raise GiftAmountNotSold(least, Money(offers.most_minor, site.currency))
    if not wish.is_for_self:
        if not wish.recipient_name:
            raise RecipientMissing("recipient_name")
        if not wish.recipient_email:
            raise RecipientMissing("recipient_email")
    today = now.astimezone(site.zone).date()
    if wish.deliver_on is not None and not today <= wish.deliver_on <= last_day(today):
        raise GiftDayWrong(today, last_day(today))


async def add_gift(
    session: AsyncSession, owner: CartOwner, wish: GiftWish, site: Site, now: datetime
) -> int:
    """Put a gift card into a cart and return its id there; as `check_wish`, and TooManyGifts."""
    check_wish(wish, site, now)
    cart_id = await repository.open_cart(session, owner, now)
    if await gift_rows.count_gifts(session, cart_id) >= MOST_GIFTS:
        raise TooManyGifts
    gift = CartGift(
        cart_id=cart_id,
        amount_minor=wish.amount.minor,
        currency=wish.amount.currency,
        recipient_name="" if wish.is_for_self else wish.recipient_name,
        recipient_email="" if wish.is_for_self else wish.recipient_email,
        sender_name=wish.sender_name,
        message=wish.message,
        deliver_on=wish.deliver_on,
        is_for_self=wish.is_for_self,
        added_at=now,
    )
    session.add(gift)
    await session.flush()
    return gift.id


async def remove_gift(session: AsyncSession, owner: CartOwner, gift_id: int, now: datetime) -> None:
    """Take a gift card out of a cart; raises GiftNotInCart."""
    cart_id = await repository.open_cart(session, owner, now)
    if not await gift_rows.remove_gifts(session, cart_id, [gift_id]):
        raise GiftNotInCart


async def list_gifts(session: AsyncSession, owner: CartOwner) -> Sequence[CartGift]:
    """Return the gift cards in an owner's cart, first put in first."""
    cart_id = await repository.find_cart_id(session, owner)
    return [] if cart_id is None else await gift_rows.list_gifts(session, cart_id)


def amounts(gifts: Sequence[CartGift]) -> list[Money]:
    """Return what gift cards in a cart cost, as a quote takes it."""
    return [Money(gift.amount_minor, gift.currency) for gift in gifts]
