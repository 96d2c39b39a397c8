"""What people bought, what belongs together, and whose suggestions are to be worked out."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.kinds import NeighbourKind
from cloud.recommendations.models import ProductNeighbour, Suggestion, SuggestionTurn
from cloud.recommendations.together import Tie
from cloud.recommendations.variety import Ranked

_WRITTEN_AT_ONCE = 5_000
_USERS = bindparam("user_ids", type_=ARRAY(BigInteger()))
_SINCE = bindparam("since", type_=DateTime(timezone=True))
_BOUGHT = """
    FROM orders o JOIN order_items i ON i.order_id = o.id JOIN variants v ON v.id = i.variant_id
    WHERE o.paid_at IS NOT NULL AND NOT o.is_test
        AND o.status NOT IN ('CANCELLED', 'FAILED', 'REFUNDED')
"""
_BASKETS = text(f"""
    SELECT array_agg(DISTINCT v.product_id) AS products {_BOUGHT} AND o.paid_at > :since
    GROUP BY coalesce(o.user_id::text, o.email)
""").bindparams(_SINCE)
_BUYERS = text(f"""
    SELECT v.product_id, count(DISTINCT coalesce(o.user_id::text, o.email)) AS buyers
    {_BOUGHT} AND o.paid_at > :since GROUP BY v.product_id
""").bindparams(_SINCE)
_BOUGHT_BY = text(f"""
    SELECT o.user_id, v.product_id, max(o.paid_at) AS at {_BOUGHT}
        AND o.user_id = ANY(:user_ids) GROUP BY o.user_id, v.product_id
""").bindparams(_USERS)
# Whoever has told us something.
_ASK_ALL = text(f"""
    INSERT INTO suggestion_turns AS t (user_id, asked_at)
    SELECT user_id, :now FROM (
        SELECT DISTINCT o.user_id {_BOUGHT} AND o.user_id IS NOT NULL
        UNION SELECT user_id FROM quiz_runs
            WHERE user_id IS NOT NULL AND first_completed_at IS NOT NULL
        UNION SELECT user_id FROM use_consents
    ) AS known JOIN users u ON u.id = known.user_id AND u.erased_at IS NULL ORDER BY user_id
    ON CONFLICT (user_id) DO UPDATE SET asked_at = excluded.asked_at WHERE t.asked_at IS NULL
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


async def baskets(session: AsyncSession, since: datetime) -> AsyncIterator[list[int]]:
    """Yield what each buyer bought after a moment, product ids, one list a person."""
    async for row in await session.stream(_BASKETS, {"since": since}):
        yield row.products


async def count_buyers(session: AsyncSession, since: datetime) -> dict[int, int]:
    """Return how many people bought each product after a moment."""
    rows = await session.execute(_BUYERS, {"since": since})
    return {row.product_id: row.buyers for row in rows}


async def bought_by(
    session: AsyncSession, user_ids: Collection[int]
) -> dict[int, dict[int, datetime]]:
    """Return what members bought and when last, by user and product."""
    found: dict[int, dict[int, datetime]] = {}
    for row in await session.execute(_BOUGHT_BY, {"user_ids": list(user_ids)}):
        found.setdefault(row.user_id, {})[row.product_id] = row.at
    return found


async def neighbours_of(
    session: AsyncSession, product_ids: Collection[int], kind: NeighbourKind
) -> dict[int, list[Tie]]:
    """Return the neighbours of products, by product, the nearest first."""
    found: dict[int, list[Tie]] = {}
    rows = await session.execute(
        select(
            ProductNeighbour.product_id,
            ProductNeighbour.other_id,
            ProductNeighbour.score,
            ProductNeighbour.homes,
        )
        .where(ProductNeighbour.product_id.in_(product_ids), ProductNeighbour.kind == kind)
        .order_by(ProductNeighbour.product_id, ProductNeighbour.place)
    )
    for row in rows:
        found.setdefault(row.product_id, []).append(Tie(row.other_id, row.score, row.homes))
    return found


async def put_neighbours(
    session: AsyncSession, kind: NeighbourKind, found: Mapping[int, Sequence[Tie]]
) -> int:
    """Make these all neighbours of a kind, and return of how many products they changed.

    Only what changed is written: in a night that is a small part of a large shop.
    """
    kept: dict[int, list[Tie]] = {}
    rows = await session.execute(
        select(
            ProductNeighbour.product_id,
            ProductNeighbour.other_id,
            ProductNeighbour.score,
            ProductNeighbour.homes,
        )
        .where(ProductNeighbour.kind == kind)
        .order_by(ProductNeighbour.product_id, ProductNeighbour.place)
    )
    for row in rows:
        kept.setdefault(row.product_id, []).append(Tie(row.other_id, row.score, row.homes))
    changed = [one for one in sorted({*kept, *found}) if kept.get(one) != found.get(one)]
    for first in range(0, len(changed), _WRITTEN_AT_ONCE):
        part = changed[first : first + _WRITTEN_AT_ONCE]
        await session.execute(
            delete(ProductNeighbour).where(
                ProductNeighbour.kind == kind, ProductNeighbour.product_id.in_(part)
            )
        )
        new = [
            {
                "product_id": product_id,
                "kind": kind,
                "place": place,
                "other_id": tie.product_id,
                "score": tie.score,
                "homes": tie.homes,
            }
            for product_id in part
            for place, tie in enumerate(found.get(product_id, ()))
        ]
        if new:
            await session.execute(insert(ProductNeighbour), new)
    return len(changed)


async def ask(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Have a member's suggestions worked out soon; asking again changes nothing."""
    statement = insert(SuggestionTurn).values(user_id=user_id, asked_at=now)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id"], set_={"asked_at": statement.excluded.asked_at}
        )
    )


async def ask_all(session: AsyncSession, now: datetime) -> None:
    """Have the suggestions of everybody who told us something worked out."""
    await session.execute(_ASK_ALL, {"now": now})


async def asked(session: AsyncSession, most: int) -> dict[int, datetime]:
    """Return who waits longest for suggestions, with when they were asked for."""
    rows = await session.execute(
        select(SuggestionTurn.user_id, SuggestionTurn.asked_at)
        .where(SuggestionTurn.asked_at.is_not(None))
        .order_by(SuggestionTurn.asked_at, SuggestionTurn.user_id)
        .limit(most)
    )
    return {row.user_id: row.asked_at for row in rows if row.asked_at is not None}


async def put_suggestions(
    session: AsyncSession, user_id: int, ranked: Sequence[Ranked], asked_at: datetime, now: datetime
) -> None:
    """Make a list a member's suggestions; a question that came meanwhile stands."""
    await drop_suggestions(session, user_id)
    new: list[dict[str, Any]] = [
        {
            "user_id": user_id,
            "place": place,
            "product_id": one.scent.product_id,
            "score": one.score,
            "reasons": [reason.as_json() for reason in one.reasons],
        }
        for place, one in enumerate(ranked)
    ]
    if new:
        await session.execute(insert(Suggestion), new)
    await session.execute(
        update(SuggestionTurn)
        .where(SuggestionTurn.user_id == user_id, SuggestionTurn.asked_at == asked_at)
        .values(asked_at=None, made_at=now)
    )


async def drop_suggestions(session: AsyncSession, user_id: int) -> None:
    """Forget a member's suggestions."""
    await session.execute(delete(Suggestion).where(Suggestion.user_id == user_id))


async def suggestions_of(session: AsyncSession, user_id: int) -> Sequence[Suggestion]:
    """Return a member's suggestions, the best first."""
    return (
        await session.scalars(
            select(Suggestion).where(Suggestion.user_id == user_id).order_by(Suggestion.place)
        )
    ).all()
