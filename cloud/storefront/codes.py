"""Coupons and gift cards as the cart's page and checkout show and take them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request

from cloud.carts.codes import EnteredCode, count_guess, enter_code, remove_code
from cloud.carts.visitor import Visit, visit
from cloud.discounts.service import Quoted
from cloud.foundation.identity import SignedIn
from cloud.foundation.money import Money
from cloud.foundation.rate_limits import RateLimiter
from cloud.storefront.front_desk import FrontDesk

# Shorter than the first number that is no 64-bit id.
_LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code with what it takes off or pays; `why` says why it does neither, "" when it does."""

    id: int
    shown: str
    is_gift_card: bool
    amount: Money | None
    why: str


def shown_codes(
    codes: Sequence[EnteredCode], quoted: Quoted | None, language: str
) -> list[ShownCode]:
    """Return codes in the order in which they were entered; without a quote, only their names."""
    return [_shown(code, quoted, language) for code in codes]


def _shown(code: EnteredCode, quoted: Quoted | None, language: str) -> ShownCode:
    if quoted is None:
        return ShownCode(code.id, code.shown, code.is_gift_card, None, "")
    refusal = next((one for one in quoted.refusals if one.code == code.shown), None)
    return ShownCode(
        id=code.id,
        shown=code.shown,
        is_gift_card=code.is_gift_card,
        amount=_amount(code, quoted),
        why=refusal.words(language) if refusal else "",
    )


def _amount(code: EnteredCode, quoted: Quoted) -> Money | None:
    quote = quoted.quote
    if code.is_gift_card:
        cards = (one.amount for one in quote.gift_cards if one.card_id == code.gift_card_id)
        return next(cards, None)
    return next((one.amount for one in quote.discounts if one.code == code.shown), None)


async def change_codes(
    desk: FrontDesk,
    request: Request,
    limiter: RateLimiter,
    user: SignedIn | None,
    act: str,
    typed: str,
) -> Visit:
    """Do what a button beside the codes says: "remove-7" takes one out, anything else enters.

    Raises CodeUnknown, TooManyCodes, TooManyRequests.
    """
    now = desk.clock.now()
    removed = act.removeprefix("remove-")
    async with desk.database.unit_of_work() as session:
        seen = await visit(session, request, user, now)
        if act != removed:
            if removed.isascii() and removed.isdigit() and len(removed) < _LONGEST_ID:
                await remove_code(session, seen.owner, int(removed), now)
        elif typed.strip():
            address = request.client.host if request.client else "unknown"
            await count_guess(limiter, address, seen.owner)
            await enter_code(session, seen.owner, typed, now)
    return seen
