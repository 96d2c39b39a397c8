"""Carts that were left: found when they have rested, and told of, each once.

All of it happens in one transaction: the row that says it, the event, and the mail that listens.
One worker at a time tells; a cart that somebody has in hand this moment is locked, and passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import service
from cloud.carts.consents import CONSENT_KEPT
from cloud.carts.events import CartLeft, LeftLine
from cloud.carts.left_models import LeftCart
from cloud.carts.left_sql import TELL, Statements, statements
from cloud.carts.models import Cart
from cloud.carts.owners import CartOwner
from cloud.carts.service import CartLine
from cloud.foundation.conversion import Conversion
from cloud.foundation.events import emit
from cloud.site.errors import CurrencyNotOffered
from cloud.site.schemas import Site
from cloud.site.service import read_site

# Nobody is told of a second cart sooner.
APART = timedelta(days=30)
# What rested longer is no news: mails must not begin with carts of last year.
_LOOKED_BACK = timedelta(days=7)
LINK_KEPT = timedelta(days=14)
BATCH = 50
_ONE_TELLER = text("SELECT pg_try_advisory_xact_lock(hashtext('carts.left'))")


@dataclass(frozen=True, slots=True)
class LeftCarts:
    """Tells of carts that were left. The two conditions come from features above (`left_sql`):

    `members` is a query of the ids of members who want to hear, `has_bought` a condition that is
    true of a `person` who bought since, or is about to pay.
    """

    members: str
    has_bought: str

    async def tell_batch(self, session: AsyncSession, now: datetime, after: int) -> int | None:
        """Tell the owners of carts that rest, by id above `after`; return where to go on.

        None: there are no more, or somebody else is at it, or the shop is closed.
        """
        site = await read_site(session)
        if not _may_write(site) or not await session.scalar(_ONE_TELLER):
            return None
        bounds = {
            **_kept(now),
            "rested_since": now - timedelta(hours=site.left_carts.after_hours),
            "oldest": now - timedelta(hours=site.left_carts.after_hours) - _LOOKED_BACK,
        }
        resting = await session.execute(
            self._statements.find, {**bounds, "after": after, "limit": BATCH}
        )
        found = [row.cart_id for row in resting]
        locked = await _lock(session, found)
        # Looked at again: an order may have been placed before the lock was ours.
        rows = await session.execute(self._statements.read, {**bounds, "ids": locked})
        for row in rows.all():
            await _tell(session, site, row, now)
        return found[-1] if len(found) == BATCH else None

    async def is_left(self, session: AsyncSession, left_cart_id: int, now: datetime) -> bool:
        """Tell whether a cart still lies there as it was left, and its owner may be written to."""
        if not _may_write(await read_site(session)):
            return False
        values = {"consented_after": now - CONSENT_KEPT, "left_cart_id": left_cart_id}
        return bool(await session.scalar(self._statements.is_left, values))

    @property
    def _statements(self) -> Statements:
        return statements(self.members, self.has_bought)


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget who was told of what once it holds no second mail back: only the count stays.

    Rows that nobody was mailed of count for nothing, and go.
    """
    old = LeftCart.told_at < now - APART
    await session.execute(delete(LeftCart).where(old, LeftCart.mailed_at.is_(None)))
    blank: dict[str, object] = {"email": None, "user_id": None, "lines": []}
    await session.execute(update(LeftCart).where(old, LeftCart.email.is_not(None)).values(**blank))


async def _lock(session: AsyncSession, cart_ids: Sequence[int]) -> Sequence[int]:
    locked = await session.scalars(
        select(Cart.id)
        .where(Cart.id.in_(cart_ids))
        .order_by(Cart.id)
        .with_for_update(skip_locked=True)
    )
    return locked.all()


async def _tell(session: AsyncSession, site: Site, row: Row[Any], now: datetime) -> None:
    owner = await _owner(session, row.cart_id)
    held = await service.lines(session, owner, now)
    if not held or not all(line.can_be_bought for line in held):
        return
    conversion = _conversion(site, held[0].seen_price.currency)
    if conversion is not None:
        held = await service.lines(session, owner, now, conversion)
    left_cart_id = await session.scalar(
        TELL,
        {
            "cart_id": row.cart_id,
            "user_id": row.user_id,
            "email": row.email,
            "lines": [_kept_line(line) for line in held],
            "left_at": row.left_at,
            "now": now,
            "link_ends_at": now + LINK_KEPT,
            "told_after": now - APART,
        },
    )
    if left_cart_id is None:
        return
    lines = tuple(map(_told_line, held))
    language = row.language or site.language
    await emit(session, CartLeft(left_cart_id, row.user_id, row.email, language, lines, now))


async def _owner(session: AsyncSession, cart_id: int) -> CartOwner:
    cart = (
        await session.execute(select(Cart.user_id, Cart.token_digest).where(Cart.id == cart_id))
    ).one()
    return CartOwner(cart.user_id, cart.token_digest)


def _conversion(site: Site, currency: str) -> Conversion | None:
    """Return how prices become those that the owner saw, while the shop still has such."""
    try:
        return site.conversion_to(currency)
    except CurrencyNotOffered:
        return None


def _may_write(site: Site) -> bool:
    return site.left_carts.is_on and not site.is_closed


def _kept(now: datetime) -> dict[str, datetime]:
    return {"consented_after": now - CONSENT_KEPT, "told_after": now - APART}


def _kept_line(line: CartLine) -> dict[str, object]:
    price = line.offer.price
    return {
        "variant_id": line.variant_id,
        "quantity": line.quantity,
        "price_minor": price.minor,
        "currency": price.currency,
    }


def _told_line(line: CartLine) -> LeftLine:
    offer = line.offer
    return LeftLine(
        product_name=offer.product_name,
        variant_name=offer.variant_name,
        quantity=line.quantity,
        price_minor=offer.price.minor,
        currency=offer.price.currency,
    )
