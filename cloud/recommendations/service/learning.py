"""Learning which products belong together, every night."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.kinds import NeighbourKind
from cloud.recommendations.likeness import Likeness
from cloud.recommendations.repository import learning, shelf
from cloud.recommendations.scents import Scent
from cloud.recommendations.together import Buying, Tie

MOST_NEIGHBOURS = 12
"""Kept of each product and kind: pages show four, and suggestions look at all."""
_BOUGHT_WITHIN = timedelta(days=730)


async def learn(session: AsyncSession, now: datetime) -> None:
    """Learn anew which products are alike and which are bought by the same people.

    Then everybody who told us something is given a turn. What is learnt comes from purchases and
    from the products themselves; what diffusers ran is nobody's but its member's.
    """
    buying = Buying()
    async for basket in learning.baskets(session, now - _BOUGHT_WITHIN):
        buying.add(basket)
    # Minutes of arithmetic in a large shop, away from the loop that keeps the worker alive.
    along = await asyncio.to_thread(buying.ties, MOST_NEIGHBOURS)
    alike = await asyncio.to_thread(alike_of, await shelf.all_scents(session, now))
    await learning.put_neighbours(session, NeighbourKind.WITH, along)
    await learning.put_neighbours(session, NeighbourKind.ALIKE, alike)
    await learning.ask_all(session, now)


def alike_of(scents: Iterable[Scent]) -> dict[int, list[Tie]]:
    """Return the products most like each of some, the nearest first."""
    known = list(scents)
    likeness = Likeness(known)
    found = {
        scent.product_id: [
            Tie(other, score, 0)
            for other, score in likeness.nearest(scent.product_id, MOST_NEIGHBOURS)
        ]
        for scent in known
    }
    return {product_id: ties for product_id, ties in found.items() if ties}
