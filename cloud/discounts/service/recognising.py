"""Finding out what a typed code is."""

import re
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.errors import CodeUnknown
from cloud.discounts.gift_codes import plain_code
from cloud.discounts.repository import gift_cards, redemptions
from cloud.foundation.secrets import digest

# What a code of ours can be; anything else need not trouble the database.
_CODE = re.compile(r"[A-Z0-9-]{3,40}")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A coupon or a gift card, by id; exactly one of the two."""

    coupon_id: int | None = None
    gift_card_id: int | None = None


async def recognise(session: AsyncSession, typed: str) -> Recognised:
    """Return what a code is, in whatever case and spacing; raises CodeUnknown.

    Whether it counts on a purchase is another question. Limit how often somebody may ask.
    """
    code = "".join(typed.split()).upper()
    if not _CODE.fullmatch(code):
        raise CodeUnknown
    coupon = await redemptions.find_coupon(session, code)
    if coupon is not None:
        return Recognised(coupon_id=coupon.id)
    plain = plain_code(code)
    card = await gift_cards.find_by_digest(session, digest(plain)) if plain else None
    if card is None:
        raise CodeUnknown
    return Recognised(gift_card_id=card.id)
