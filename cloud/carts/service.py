"""Putting bottles into carts, and looking at what lies in them with today's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import repository
from cloud.carts.errors import CartFull, NotForSale, NotInCart, TooManyOfOne
from cloud.carts.events import CartsMerged
from cloud.carts.limits import MOST_LINES, MOST_OF_ONE
from cloud.carts.owners import CartOwner
from cloud.catalogue.offers import Offer
from cloud.catalogue.service import offers
from cloud.foundation.conversion import Conversion
from cloud.foundation.events import emit
from cloud.foundation.money import Money
from cloud.inventory.errors import OutOfStock, Shortage
from cloud.inventory.service import availability

GUEST_CART_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CartLine:
    """Some bottles of a variant in a cart, and what is true of them now.

    `seen_price` is the price of one bottle that the owner last saw, `available` how many can be
    bought now. A line can be bought when it `is_sellable` and enough bottles are there.
    """

    variant_id: int
    quantity: int
    seen_price: Money
    offer: Offer
    available: int

    @property
    def total(self) -> Money:
        """Return today's price of the line."""
        return self.offer.price * self.quantity

    @property
    def has_new_price(self) -> bool:
        """Tell whether one bottle costs something else than the owner saw."""
        return self.offer.price != self.seen_price

    @property
    def can_be_bought(self) -> bool:
        """Tell whether the line could be ordered as it is."""
        return self.offer.is_sellable and self.quantity <= self.available


async def lines(
    session: AsyncSession,
    owner: CartOwner,
    now: datetime,
    conversion: Conversion | None = None,
) -> Sequence[CartLine]:
    """Return what lies in a cart, first put in first; nothing for an owner without a cart.

    Here and below, `conversion` is to the currency that the owner sees; None: the shop's own.
    """
    items = await repository.list_items(session, owner)
    ids = [item.variant_id for item in items]
    offered = await offers(session, ids, now, conversion, user_id=owner.user_id)
    free = await availability(session, ids, now)
    return [
        CartLine(
            variant_id=item.variant_id,
            quantity=item.quantity,
            seen_price=Money(item.seen_price_minor, item.seen_currency),
            offer=offered[item.variant_id],
            available=free[item.variant_id],
        )
        for item in items
    ]


async def add(
    session: AsyncSession,
    owner: CartOwner,
    variant_id: int,
    quantity: int,
    now: datetime,
    conversion: Conversion | None = None,
) -> int:
    """Put more bottles, 1 or more, into a cart; return how many of the variant it then holds.

    Opens the cart if need be. Raises NotForSale, TooManyOfOne, CartFull, or OutOfStock when fewer
    are there; nothing is set aside by this.
    """
    cart_id = await repository.open_cart(session, owner, now)
    return await _put_more(session, owner, cart_id, variant_id, quantity, now, conversion)


async def set_quantity(
    session: AsyncSession,
    owner: CartOwner,
    variant_id: int,
    quantity: int,
    now: datetime,
    conversion: Conversion | None = None,
) -> None:
    """Make a cart hold exactly so many bottles of a variant; 0 takes it out.

    Fewer bottles than before are always accepted, so that a cart can be mended. Raises NotInCart,
    and for more bottles what `add` raises.
    """
    cart_id = await repository.open_cart(session, owner, now)
    held = await repository.read_quantities(session, cart_id)
    if variant_id not in held:
        raise NotInCart(variant_id)
    if quantity == 0:
        await repository.take_out(session, cart_id, variant_id)
    elif quantity <= held[variant_id]:
        await repository.set_quantity(session, cart_id, variant_id, quantity)
    else:
        more = quantity - held[variant_id]
        await _put_more(session, owner, cart_id, variant_id, more, now, conversion)


async def accept_prices(
    session: AsyncSession,
    owner: CartOwner,
    now: datetime,
    conversion: Conversion | None = None,
) -> None:
    """Note that the owner has seen today's prices, and agrees to them by going on."""
    cart_id = await repository.open_cart(session, owner, now)
    held = await repository.read_quantities(session, cart_id)
    offered = await offers(session, list(held), now, conversion)
    prices = {variant_id: offer.price for variant_id, offer in offered.items()}
    await repository.see_prices(session, cart_id, prices)


async def empty(session: AsyncSession, owner: CartOwner) -> None:
    """Take everything out of a cart, as after an order; harmless when it is empty."""
    await repository.empty_cart(session, owner)


async def merge(session: AsyncSession, token: str, user_id: int, now: datetime) -> None:
    """Pour a guest's cart into the member's the guest turned out to be; repeatable.

    Bottles of one variant add up, 99 at most. The price last seen stays the one told from. A guest
    without a cart changes nothing. Two devices at once add up too.
    """
    guest_id = await repository.find_cart(session, CartOwner.guest(token))
    if guest_id is None:
        return
    member_id = await repository.open_cart(session, CartOwner.member(user_id), now)
    await emit(session, CartsMerged(guest_id, member_id, now))
    await repository.pour(session, guest_id, member_id)


async def has_cart(session: AsyncSession, owner: CartOwner) -> bool:
    """Tell whether an owner has a cart, empty or not."""
    return await repository.has_cart(session, owner)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget the carts of guests that nobody changed for 30 days."""
    await repository.delete_forgotten(session, now - GUEST_CART_KEPT)


async def _put_more(
    session: AsyncSession,
    owner: CartOwner,
    cart_id: int,
    variant_id: int,
    more: int,
    now: datetime,
    conversion: Conversion | None,
) -> int:
    put = await repository.put_more(
        session, cart_id, variant_id, more, now, conversion, user_id=owner.user_id
    )
    if put.holds is not None:
        return put.holds
    wanted = put.held + more
    if put.free is None:
        raise NotForSale(variant_id)
    if wanted > MOST_OF_ONE:
        raise TooManyOfOne
    if put.held == 0 and put.lines >= MOST_LINES:
        raise CartFull
    raise OutOfStock([Shortage(variant_id, wanted, put.free)])
