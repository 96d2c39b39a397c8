"""Coupons and gift cards that an owner entered in their cart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.carts import code_rows, repository
from cloud.carts.owners import CartOwner
from cloud.discounts.errors import TooManyCodes
from cloud.discounts.rules import MOST_CODES
from cloud.discounts.service import Entered, recognise
from cloud.foundation.rate_limits import Rate, RateLimiter

# Enough for the clumsiest reader of a card; a machine would need ages for one of 50 bits.
_BY_VISITOR = Rate(times=10, per=timedelta(minutes=10))
_BY_ADDRESS = Rate(times=30, per=timedelta(minutes=10))


@dataclass(frozen=True, slots=True)
class EnteredCode:
    """A code in a cart. `shown` is a coupon's code, or a gift card's last four characters."""

    id: int
    coupon_id: int | None
    gift_card_id: int | None
    shown: str

    @property
    def is_gift_card(self) -> bool:
        """Tell whether it pays; a coupon makes cheaper."""
        return self.gift_card_id is not None


async def count_guess(limiter: RateLimiter, address: str, owner: CartOwner) -> None:
    """Count one code that somebody tries; TooManyRequests for one too many.

    Counted for the visitor and for the network address, known codes too: so nobody can guess
    for long, whatever cookies they drop.
    """
    who = f"user:{owner.user_id}" if owner.token_digest is None else owner.token_digest.hex()
    await limiter.count(f"code:address:{address}", _BY_ADDRESS)
    await limiter.count(f"code:visitor:{who}", _BY_VISITOR)


async def count_look(limiter: RateLimiter, address: str) -> None:
    """Count one look at a gift card's balance; TooManyRequests for one too many.

    It counts as a guess of the network address, whoever asks: a look tells as much.
    """
    await limiter.count(f"code:address:{address}", _BY_ADDRESS)


async def enter_code(session: AsyncSession, owner: CartOwner, typed: str, now: datetime) -> None:
    """Put a code into a cart, whether it counts there or not; twice is once.

    Raises CodeUnknown, TooManyCodes. Count the guess first.
    """
    known = await recognise(session, typed)
    cart_id = await repository.open_cart(session, owner, now)
    await code_rows.add_code(session, cart_id, known.coupon_id, known.gift_card_id)
    if await code_rows.count_codes(session, cart_id) > MOST_CODES:
        raise TooManyCodes(MOST_CODES)


async def remove_code(session: AsyncSession, owner: CartOwner, code_id: int, now: datetime) -> None:
    """Take a code out of a cart; harmless when it is not there."""
    cart_id = await repository.open_cart(session, owner, now)
    await code_rows.remove_code(session, cart_id, code_id)


async def list_codes(session: AsyncSession, owner: CartOwner) -> list[EnteredCode]:
    """Return the codes in a cart, first entered first."""
    return [EnteredCode(*row) for row in await code_rows.list_codes(session, owner)]


def entered(codes: Sequence[EnteredCode]) -> Entered:
    """Return codes as a quote takes them."""
    return Entered(
        coupon_ids=[one.coupon_id for one in codes if one.coupon_id is not None],
        gift_card_ids=[one.gift_card_id for one in codes if one.gift_card_id is not None],
    )
