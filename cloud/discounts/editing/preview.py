"""What one promotion would do to a sample cart, whoever buys and however often it was used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.discounts.errors import PromotionNotFound
from cloud.discounts.refusals import Refusal
from cloud.discounts.repository.candidates import find_one
from cloud.discounts.rules import reduction_of, refuse
from cloud.discounts.terms import Basket, Shopper
from cloud.pricing.quotes import Quote, price
from cloud.pricing.service import Wanted, offered
from cloud.site.service import read_site


@dataclass(frozen=True, slots=True)
class Preview:
    """A sample cart without and with a promotion; `refusal` says why it would not count."""

    before: Quote
    after: Quote
    refusal: Refusal | None


async def preview(
    session: AsyncSession, promotion_id: int, lines: Sequence[Wanted], country: str, now: datetime
) -> Preview:
    """Return what a promotion alone would do; raises PromotionNotFound and what pricing raises."""
    site = await read_site(session)
    basket = Basket(await offered(session, lines, now), country, site.currency)
    found = await find_one(session, basket, promotion_id)
    if found is None:
        raise PromotionNotFound
    anyone = replace(found.terms, emails=frozenset(), is_first_order=False, uses=0, uses_by_buyer=0)
    candidate = replace(found, terms=anyone)
    refusal = refuse(candidate, basket, Shopper(), now)
    before = price(basket.wanted, site, country)
    if refusal is not None:
        return Preview(before, before, refusal)
    after = price(basket.wanted, site, country, reductions=[reduction_of(candidate)])
    return Preview(before, after, None)
