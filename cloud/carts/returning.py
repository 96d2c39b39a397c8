"""Coming back to a cart that was left, by the link of its mail, on any device.

The link opens no account: what was left is put into the cart of whoever follows it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import repository
from cloud.carts.left_models import LeftCart
from cloud.carts.limits import MOST_OF_ONE
from cloud.carts.owners import CartOwner
from cloud.carts.service import CartLine
from cloud.catalogue.service import offers
from cloud.foundation.conversion import Conversion
from cloud.foundation.money import Money
from cloud.inventory.service import availability


async def find_left(session: AsyncSession, left_cart_id: int, now: datetime) -> LeftCart | None:
    """Return a cart that was left; None once its link has run out."""
    left: LeftCart | None = await session.scalar(
        select(LeftCart).where(LeftCart.id == left_cart_id, LeftCart.link_ends_at > now)
    )
    return left


async def look_back(
    session: AsyncSession,
    left: LeftCart,
    now: datetime,
    conversion: Conversion | None,
    *,
    user_id: int | None,
) -> Sequence[CartLine]:
    """Return what was left, seen with today's eyes; what does not exist any more is missing.

    `seen_price` is the price that the mail told. `user_id` is who looks, None a guest.
    """
    ids = [int(line["variant_id"]) for line in left.lines]
    offered = await offers(session, ids, now, conversion, user_id=user_id)
    free = await availability(session, ids, now)
    return [
        CartLine(
            variant_id=line["variant_id"],
            quantity=line["quantity"],
            seen_price=Money(line["price_minor"], line["currency"]),
            offer=offered[line["variant_id"]],
            available=free[line["variant_id"]],
        )
        for line in left.lines
        if line["variant_id"] in offered
    ]


async def is_there(session: AsyncSession, left: LeftCart, owner: CartOwner, now: datetime) -> bool:
    """Tell whether the very cart that was left is the owner's, with bottles in it; note it."""
    cart_id = await repository.find_cart_id(session, owner)
    if cart_id is None or cart_id != left.cart_id:
        return False
    if not await repository.read_quantities(session, cart_id):
        return False
    await _note_return(session, left, cart_id, now)
    return True


async def put_back(
    session: AsyncSession,
    left: LeftCart,
    owner: CartOwner,
    now: datetime,
    conversion: Conversion | None = None,
) -> bool:
    """Make an owner's cart hold what was left, as far as it can; True when it holds all of it.

    Bottles that it holds already count, so that twice puts nothing twice. The price of the mail
    is the one seen, so that another one today is told.
    """
    cart_id = await repository.open_cart(session, owner, now)
    before = await repository.read_quantities(session, cart_id)
    known = await look_back(session, left, now, conversion, user_id=owner.user_id)
    for line in known:
        wanted = min(line.quantity, line.available, MOST_OF_ONE)
        more = wanted - before.get(line.variant_id, 0)
        if more > 0:
            await repository.put_more(
                session, cart_id, line.variant_id, more, now, conversion, user_id=owner.user_id
            )
    held = await repository.read_quantities(session, cart_id)
    await repository.see_prices(session, cart_id, _seen(known, before, held))
    await _note_return(session, left, cart_id, now)
    return all(held.get(line["variant_id"], 0) >= line["quantity"] for line in left.lines)


async def note_mailed(session: AsyncSession, left_cart_id: int, now: datetime) -> None:
    """Note that the mail server took the mail of a cart; the first time counts."""
    await session.execute(
        update(LeftCart)
        .where(LeftCart.id == left_cart_id, LeftCart.mailed_at.is_(None))
        .values(mailed_at=now)
    )


async def note_bought(
    session: AsyncSession, cart_id: int, placed_at: datetime, paid_at: datetime
) -> None:
    """Note that an order of a cart was paid; it counts while the mail's link is good."""
    await session.execute(
        update(LeftCart)
        .where(
            or_(LeftCart.cart_id == cart_id, LeftCart.returned_cart_id == cart_id),
            LeftCart.told_at <= placed_at,
            LeftCart.link_ends_at > placed_at,
            LeftCart.ordered_at.is_(None),
        )
        .values(
            ordered_at=paid_at,
            returned_at=func.coalesce(LeftCart.returned_at, placed_at),
        )
    )


async def _note_return(session: AsyncSession, left: LeftCart, cart_id: int, now: datetime) -> None:
    await session.execute(
        update(LeftCart)
        .where(LeftCart.id == left.id)
        .values(
            returned_cart_id=cart_id,
            returned_at=func.coalesce(LeftCart.returned_at, now),
        )
    )


def _seen(
    known: Sequence[CartLine], before: Mapping[int, int], held: Mapping[int, int]
) -> dict[int, Money]:
    """Return the prices of the mail, for lines that are new here and in the currency shown."""
    return {
        line.variant_id: line.seen_price
        for line in known
        if line.variant_id in held
        and line.variant_id not in before
        and line.seen_price.currency == line.offer.price.currency
    }
