"""The queries of what is set aside: read in one statement, written in one, for checkouts are many.

Every writer has locked the levels before (`lock_held_levels`, `repository.lock_levels`), in id
order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Text,
    bindparam,
    delete,
    func,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.models import StockReservation
from cloud.inventory.repository import Spot

_REPLACE_HELD = text("""
    WITH wanted AS (
        SELECT * FROM unnest(:variants, :places, :quantities)
            AS w (variant_id, location_id, quantity)
    ), gone AS (
        DELETE FROM stock_reservations WHERE holder = :holder AND NOT EXISTS (
            SELECT FROM wanted WHERE wanted.variant_id = stock_reservations.variant_id
                AND wanted.location_id = stock_reservations.location_id)
    )
    INSERT INTO stock_reservations AS held (holder, variant_id, location_id, quantity, expires_at)
    SELECT :holder, variant_id, location_id, quantity, :until FROM wanted
    ON CONFLICT (holder, variant_id, location_id)
        DO UPDATE SET quantity = excluded.quantity, expires_at = excluded.expires_at
""").bindparams(
    *(bindparam(name, type_=ARRAY(BigInteger())) for name in ("variants", "places", "quantities")),
    bindparam("holder", type_=Text()),
    bindparam("until", type_=DateTime(timezone=True)),
)


async def replace_held(
    session: AsyncSession, holder: str, quantities: Mapping[Spot, int], expires_at: datetime
) -> None:
    """Make a holder's reservations be exactly these quantities by variant and place."""
    values = {
        "holder": holder,
        "variants": [variant_id for variant_id, _ in quantities],
        "places": [location_id for _, location_id in quantities],
        "quantities": list(quantities.values()),
        "until": expires_at,
    }
    await session.execute(_REPLACE_HELD, values)


@dataclass(frozen=True, slots=True)
class Plan:
    """What reserving begins with: the parts of sets, the places, what the holder had."""

    parts: Sequence[tuple[int, int, int]]
    places: Sequence[int]
    held_variants: Sequence[int]


_PLAN = text("""
    SELECT (SELECT coalesce(json_agg(json_build_array(set_id, part_id, quantity)), '[]')
            FROM variant_parts WHERE set_id = ANY(:variants)) AS parts,
        (SELECT coalesce(json_agg(id ORDER BY priority, id), '[]')
         FROM stock_locations WHERE is_active) AS places,
        (SELECT coalesce(json_agg(DISTINCT variant_id), '[]')
         FROM stock_reservations WHERE holder = :holder) AS held
""").bindparams(bindparam("variants", type_=ARRAY(BigInteger())), bindparam("holder", type_=Text()))


async def read_plan(session: AsyncSession, holder: str, variant_ids: Collection[int]) -> Plan:
    """Return what reserving begins with: (set, part, quantity) triples, places, held variants."""
    found = await session.execute(_PLAN, {"variants": list(variant_ids), "holder": holder})
    row = found.one()
    return Plan([(one[0], one[1], one[2]) for one in row.parts], row.places, row.held)


_LOCK_HELD_LEVELS = text("""
    SELECT variant_id, location_id, on_hand FROM stock_levels
    WHERE variant_id IN (SELECT variant_id FROM stock_reservations WHERE holder = :holder)
    ORDER BY variant_id, location_id FOR NO KEY UPDATE OF stock_levels
""").bindparams(bindparam("holder", type_=Text()))


async def lock_held_levels(session: AsyncSession, holder: str) -> dict[Spot, int]:
    """Lock the levels of what a holder reserved, as `repository.lock_levels` does."""
    rows = await session.execute(_LOCK_HELD_LEVELS, {"holder": holder})
    return {(row.variant_id, row.location_id): row.on_hand for row in rows}


@dataclass(frozen=True, slots=True)
class Sale:
    """What selling must know: whether the order took its bottles before, and of each reservation
    of the holder its spot, quantity, whether it is live, and what is promised to others there.
    """

    is_done: bool
    held: Sequence[tuple[Spot, int, bool, int]]


_SALE = text("""
    SELECT EXISTS (SELECT FROM stock_movements WHERE order_id = :order_id) AS is_done,
        (SELECT coalesce(json_agg(json_build_array(h.variant_id, h.location_id, h.quantity,
                h.expires_at > :now,
                (SELECT coalesce(sum(o.quantity), 0) FROM stock_reservations o
                 WHERE o.variant_id = h.variant_id AND o.location_id = h.location_id
                    AND o.holder <> :holder AND o.expires_at > :now))
            ORDER BY h.variant_id, h.location_id), '[]')
         FROM stock_reservations h WHERE h.holder = :holder) AS held
""").bindparams(
    bindparam("order_id", type_=BigInteger()),
    bindparam("holder", type_=Text()),
    bindparam("now", type_=DateTime(timezone=True)),
)


async def read_sale(session: AsyncSession, holder: str, order_id: int, now: datetime) -> Sale:
    """Return what selling must know; read it under the locks."""
    found = await session.execute(_SALE, {"holder": holder, "order_id": order_id, "now": now})
    row = found.one()
    return Sale(row.is_done, [((one[0], one[1]), one[2], one[3], one[4]) for one in row.held])


_SELL_HELD = text("""
    WITH held AS (
        DELETE FROM stock_reservations WHERE holder = :holder
        RETURNING variant_id, location_id, quantity
    ), moved AS (
        UPDATE stock_levels AS level SET on_hand = level.on_hand - held.quantity FROM held
        WHERE level.variant_id = held.variant_id AND level.location_id = held.location_id
        RETURNING level.variant_id, level.location_id, level.on_hand, held.quantity
    )
    INSERT INTO stock_movements
        (variant_id, location_id, delta, on_hand_after, kind, order_id, note)
    SELECT variant_id, location_id, -quantity, on_hand, 'SOLD', :order_id, '' FROM moved
    ORDER BY variant_id, location_id
""").bindparams(bindparam("holder", type_=Text()), bindparam("order_id", type_=BigInteger()))


async def sell_held(session: AsyncSession, holder: str, order_id: int) -> None:
    """Turn a holder's reservations into bottles that an order took."""
    await session.execute(_SELL_HELD, {"holder": holder, "order_id": order_id})


async def prolong_held(session: AsyncSession, holder: str, until: datetime, now: datetime) -> int:
    """Move the expiry of a holder's live reservations forward; return how many there are."""
    touched = await session.execute(
        update(StockReservation)
        .where(StockReservation.holder == holder, StockReservation.expires_at > now)
        .values(expires_at=func.greatest(StockReservation.expires_at, until))
        .returning(StockReservation.id)
    )
    return len(touched.all())


async def delete_held(session: AsyncSession, holder: str) -> None:
    """Forget what a holder reserved."""
    await session.execute(delete(StockReservation).where(StockReservation.holder == holder))
