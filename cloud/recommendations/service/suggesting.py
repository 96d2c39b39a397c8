"""Working out what is suggested to members, in turns."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.blend import WEIGHTS, Person, Shop, Ties, rank
from cloud.recommendations.kinds import NeighbourKind
from cloud.recommendations.likeness import Likeness
from cloud.recommendations.repository import learning, runs, shelf, use
from cloud.recommendations.scents import Scent
from cloud.recommendations.service.results import MOST_PICKS, loved_share, tastes_of
from cloud.recommendations.variety import varied

RAN_WITHIN = timedelta(days=180)
"""What ran longer ago says nothing about today's taste."""
_HALF_FORGOTTEN = timedelta(days=365)
_MOST_FITTING = 100
_MOST_LOVED = 50


async def suggest(session: AsyncSession, now: datetime, *, most: int) -> int:
    """Work out the suggestions of those who wait longest, `most` at once; return how many.

    Whoever takes their consent back meanwhile waits for this, and then has all of it forgotten.
    """
    waiting = await learning.asked(session, most)
    if not waiting:
        return 0
    people = await people_of(session, list(waiting), now)
    market = await _market(session, people, now)
    for user_id, asked_at in sorted(waiting.items()):
        person = people[user_id]
        scents = await _candidates(session, person, market, now)
        ranked = rank(person, scents, market.shop, WEIGHTS)
        likeness = Likeness(scents)
        picked = varied(ranked, likeness.between, MOST_PICKS)
        await learning.put_suggestions(session, user_id, picked, asked_at, now)
    return len(waiting)


async def people_of(
    session: AsyncSession, user_ids: Collection[int], now: datetime
) -> dict[int, Person]:
    """Return what is known of members, by user; of use only what they consent to."""
    consenting = await use.hold_consents(session, user_ids)
    ran = await use.ran_by(session, consenting, now - RAN_WITHIN)
    bought = await learning.bought_by(session, user_ids)
    taken = await runs.finished_runs(session, user_ids)
    tastes = await tastes_of(session, list(taken.values()))
    return {
        user_id: Person(
            bought={
                product_id: 0.5 ** ((now - at) / _HALF_FORGOTTEN)
                for product_id, at in bought.get(user_id, {}).items()
            },
            ran=_shares(ran.get(user_id, {})),
            taste=tastes[taken[user_id].id] if user_id in taken else None,
        )
        for user_id in user_ids
    }


@dataclass(frozen=True, slots=True)
class _Market:
    """What is the same for all people of a turn."""

    shop: Shop
    loved: tuple[Scent, ...]


async def _market(session: AsyncSession, people: Mapping[int, Person], now: datetime) -> _Market:
    held = {product_id for person in people.values() for product_id in person.known}
    share = await loved_share(session, now)
    shop = Shop(
        along=await _ties(session, held, NeighbourKind.WITH),
        alike=await _ties(session, held, NeighbourKind.ALIKE),
        loved=share,
    )
    top = sorted(share, key=lambda product_id: (-share[product_id], product_id))[:_MOST_LOVED]
    return _Market(shop, tuple((await shelf.sold_scents(session, top, now)).values()))


async def _ties(session: AsyncSession, held: Collection[int], kind: NeighbourKind) -> Ties:
    found = await learning.neighbours_of(session, held, kind)
    return {
        product_id: {tie.product_id: tie.score for tie in ties}
        for product_id, ties in found.items()
    }


async def _candidates(
    session: AsyncSession, person: Person, market: _Market, now: datetime
) -> list[Scent]:
    """Return what can be suggested at all: neighbours, what fits, and what is loved."""
    near = {
        other
        for product_id in person.known
        for ties in (market.shop.along, market.shop.alike)
        for other in ties.get(product_id, {})
    }
    found = await shelf.sold_scents(session, near, now) if near else {}
    fitting = (
        await shelf.fitting_scents(session, person.taste, now, _MOST_FITTING)
        if person.taste
        else []
    )
    return list(
        {scent.product_id: scent for scent in (*found.values(), *fitting, *market.loved)}.values()
    )


def _shares(ran: Mapping[int, int]) -> dict[int, float]:
    total = sum(ran.values())
    return {product_id: ran_ul / total for product_id, ran_ul in ran.items()}
