"""Quotes at today's prices and settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.offers import Offer
from cloud.catalogue.service import offers
from cloud.pricing.errors import NotSellable
from cloud.pricing.quotes import Quote, price
from cloud.site.service import read_site


class Wanted(Protocol):
    """Some bottles, 1 or more, of a variant: a line of a cart, of an order, of a reservation."""

    @property
    def variant_id(self) -> int:
        """Return the variant."""

    @property
    def quantity(self) -> int:
        """Return how many bottles."""


async def quote(
    session: AsyncSession,
    lines: Sequence[Wanted],
    country: str,
    now: datetime,
    *,
    method: str | None = None,
) -> Quote:
    """Return what the lines cost at a moment, delivered to a country (ISO 3166 alpha-2).

    `method` is the code of a way of delivery; None takes the cheapest. Lines stay in order, and
    stock does not count. Raises NothingToPrice, NotSellable, NotDelivered, TooHeavy,
    UnknownShippingMethod or MixedCurrency.
    """
    wanted = await _offered(session, lines, now)
    return price(wanted, await read_site(session), country, method)


async def _offered(
    session: AsyncSession, lines: Sequence[Wanted], now: datetime
) -> list[tuple[Offer, int]]:
    found = await offers(session, {line.variant_id for line in lines}, now)
    if unknown := {line.variant_id for line in lines} - set(found):
        raise NotSellable(unknown)
    return [(found[line.variant_id], line.quantity) for line in lines]
