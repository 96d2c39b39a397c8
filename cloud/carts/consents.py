"""A guest's yes to one mail, should they leave their cart: said at the checkout, by a box.

It counts for that cart alone, and goes with it, with its order, or after `CONSENT_KEPT`.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import repository
from cloud.carts.left_models import CartConsent
from cloud.carts.owners import CartOwner
from cloud.foundation.words import N_

# As long as a guest's cart that nobody touches.
CONSENT_KEPT = timedelta(days=30)
# The edition of the words below, kept with every yes: other words, or a translation that means
# something else, are another edition.
EDITION = "2026-11"
QUESTION = N_("Write to me once if I leave this unfinished")
PROMISE = N_(
    "One mail to the address above, %(hours)s hours later, with the way back to this cart. "
    "We keep this for %(days)s days, or until you order."
)
_ADDRESS = re.compile(r"[^@\s\x00]+@[^@\s\x00]+")
_LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a guest said: the address that may be written to."""

    email: str


async def agree(
    session: AsyncSession, owner: CartOwner, email: str, language: str, now: datetime
) -> bool:
    """Note a guest's yes for their cart; False where there is no cart, or no address yet.

    The same yes again keeps its time; another address is another yes.
    """
    address = email.strip()
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        return False
    cart_id = await repository.find_cart(session, owner)
    if cart_id is None:
        return False
    said = {"email": address, "language": language, "words": EDITION, "agreed_at": now}
    statement = insert(CartConsent).values(cart_id=cart_id, **said)
    fresh = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["cart_id"],
            set_=said,
            where=or_(CartConsent.email != fresh.email, CartConsent.words != fresh.words),
        )
    )
    return True


async def withdraw(session: AsyncSession, owner: CartOwner) -> None:
    """Forget a guest's yes; nothing is written any more. Harmless when they said none."""
    cart_id = await repository.find_cart_id(session, owner)
    if cart_id is not None:
        await forget(session, cart_id)


async def agreed(session: AsyncSession, owner: CartOwner) -> Agreed | None:
    """Return what a guest said for their cart."""
    cart_id = await repository.find_cart_id(session, owner)
    if cart_id is None:
        return None
    email = await session.scalar(select(CartConsent.email).where(CartConsent.cart_id == cart_id))
    return None if email is None else Agreed(email)


async def forget(session: AsyncSession, cart_id: int) -> None:
    """Forget the yes for a cart, as when its order is paid."""
    await session.execute(delete(CartConsent).where(CartConsent.cart_id == cart_id))


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget every yes that was said `CONSENT_KEPT` ago."""
    await session.execute(delete(CartConsent).where(CartConsent.agreed_at < now - CONSENT_KEPT))
