"""What lines are offered at, at a moment: what a quote is made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.offers import Offer
from cloud.catalogue.service import offers
from cloud.foundation.conversion import Conversion
from cloud.pricing.errors import NotSellable


class Wanted(Protocol):
    """Some bottles, 1 or more, of a variant: a line of a cart, of an order, of a reservation."""

    @property
    def variant_id(self) -> int:
        """Return the variant."""

    @property
    def quantity(self) -> int:
        """Return how many bottles."""


async def offered(
    session: AsyncSession,
    lines: Sequence[Wanted],
    now: datetime,
    conversion: Conversion | None = None,
    *,
    user_id: int | None = None,
) -> list[tuple[Offer, int]]:
    """Return what is offered for each line at a moment, in order, with its quantity.

    `conversion` gives the prices in another currency than the shop's own, `user_id` who asks, for
    what they may buy before it is out. Raises NotSellable for variants that do not exist.
    """
    ids = {line.variant_id for line in lines}
    found = await offers(session, ids, now, conversion, user_id=user_id)
    if unknown := ids - set(found):
        raise NotSellable(unknown)
    return [(found[line.variant_id], line.quantity) for line in lines]
