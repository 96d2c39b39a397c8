"""Queries of stock. Every writer begins with `lock_levels`, in id order: so none can deadlock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Row,
    and_,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.kinds import MovementKind
from cloud.inventory.models import (
    USUAL_LIMIT,
    StockLevel,
    StockLocation,
    StockMovement,
    StockReservation,
    VariantPart,
)

# For the shop's hot reads: how many bottles of the variant `v.id` can be bought at `:now`; of a
# set, as many as its scarcest part allows.
AVAILABLE_UNITS = """(coalesce(
    (SELECT min(stock_free(part.part_id, :now) / part.quantity)
     FROM variant_parts part WHERE part.set_id = v.id),
    (SELECT sum(greatest(0, level.on_hand
        - coalesce((SELECT sum(held.quantity) FROM stock_reservations held
                    WHERE held.variant_id = v.id AND held.location_id = level.location_id
                        AND held.expires_at > :now), 0)))
     FROM stock_levels level
     JOIN stock_locations place ON place.id = level.location_id AND place.is_active
     WHERE level.variant_id = v.id),
    0)::bigint)"""

_AVAILABLE = text(
    f"SELECT v.id, {AVAILABLE_UNITS} AS units FROM variants v WHERE v.id = ANY(:ids)"
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger())), bindparam("now", type_=DateTime(timezone=True))
)

# Where a bottle is: (variant id, location id).
Spot = tuple[int, int]


async def read_available(
    session: AsyncSession, variant_ids: Collection[int], now: datetime
) -> dict[int, int]:
    """Return how many bottles can be bought at a moment, by the ids of variants that exist."""
    rows = await session.execute(_AVAILABLE, {"ids": list(variant_ids), "now": now})
    return {row.id: row.units for row in rows}


async def list_parts(session: AsyncSession, set_ids: Collection[int]) -> list[VariantPart]:
    """Return what those of the variants that are sets are made of."""
    rows = await session.scalars(select(VariantPart).where(VariantPart.set_id.in_(set_ids)))
    return list(rows)


async def replace_parts(session: AsyncSession, set_id: int, quantities: Mapping[int, int]) -> None:
    """Make a set be of exactly these quantities by variant id; nothing makes it no set."""
    await session.execute(delete(VariantPart).where(VariantPart.set_id == set_id))
    session.add_all(
        VariantPart(set_id=set_id, part_id=part_id, quantity=quantity)
        for part_id, quantity in sorted(quantities.items())
    )
    await session.flush()


async def list_places(session: AsyncSession) -> list[int]:
    """Return the ids of the active places, the preferred first."""
    rows = await session.scalars(
        select(StockLocation.id)
        .where(StockLocation.is_active)
        .order_by(StockLocation.priority, StockLocation.id)
    )
    return list(rows)


async def list_locations(session: AsyncSession) -> list[StockLocation]:
    """Return every place, the preferred first."""
    rows = await session.scalars(
        select(StockLocation).order_by(StockLocation.priority, StockLocation.id)
    )
    return list(rows)


async def find_location(session: AsyncSession, location_id: int) -> StockLocation | None:
    """Return a place, locked until the transaction ends; bottles in it can be booked meanwhile.

    Every booking points to its place. Whoever sells has locked the bottles by then: held up here by
    somebody who waits for those bottles, both would wait for each other.
    """
    return await session.get(StockLocation, location_id, with_for_update={"key_share": True})


async def read_levels(session: AsyncSession, variant_ids: Collection[int]) -> dict[int, int]:
    """Return the bottles on hand, in all places, by variant id; never stocked ones are left out."""
    rows = await session.execute(
        select(StockLevel.variant_id, func.sum(StockLevel.on_hand).label("on_hand"))
        .where(StockLevel.variant_id.in_(variant_ids))
        .group_by(StockLevel.variant_id)
    )
    return {row.variant_id: int(row.on_hand) for row in rows}


async def lock_levels(session: AsyncSession, variant_ids: Collection[int]) -> dict[Spot, int]:
    """Return the bottles on hand by variant and place, locked until the transaction ends.

    What was never stocked is not in the answer, and not locked.
    """
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.location_id, StockLevel.on_hand)
        .where(StockLevel.variant_id.in_(variant_ids))
        .order_by(StockLevel.variant_id, StockLevel.location_id)
        .with_for_update(key_share=True)
    )
    return {(row.variant_id, row.location_id): row.on_hand for row in rows}


async def sum_reserved(
    session: AsyncSession,
    variant_ids: Collection[int],
    now: datetime,
    *,
    except_for: str | None = None,
) -> dict[Spot, int]:
    """Return the bottles promised at a moment by variant and place, leaving one holder out."""
    held = StockReservation
    total = func.sum(held.quantity)
    statement = (
        select(held.variant_id, held.location_id, total.label("promised"))
        .where(held.variant_id.in_(variant_ids), held.expires_at > now)
        .group_by(held.variant_id, held.location_id)
    )
    if except_for is not None:
        statement = statement.where(held.holder != except_for)
    rows = await session.execute(statement)
    return {(row.variant_id, row.location_id): int(row.promised) for row in rows}


async def delete_expired(session: AsyncSession, before: datetime) -> int:
    """Forget reservations that ended before a moment; return how many."""
    gone = await session.execute(
        delete(StockReservation)
        .where(StockReservation.expires_at < before)
        .returning(StockReservation.id)
    )
    return len(gone.all())


async def ensure_level(session: AsyncSession, variant_id: int, location_id: int) -> None:
    """Make sure that a variant has a row to lock in a place; a new one warns as the others do."""
    limit = (
        select(func.coalesce(func.max(StockLevel.low_stock_at), USUAL_LIMIT))
        .where(StockLevel.variant_id == variant_id)
        .scalar_subquery()
    )
    await session.execute(
        insert(StockLevel)
        .values(variant_id=variant_id, location_id=location_id, on_hand=0, low_stock_at=limit)
        .on_conflict_do_nothing()
    )


async def move(
    session: AsyncSession,
    spot: Spot,
    delta: int,
    kind: MovementKind,
    *,
    note: str,
    order_id: int | None = None,
) -> int:
    """Change the bottles on hand in a place and write why; return the new level."""
    variant_id, location_id = spot
    on_hand = (
        await session.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant_id, StockLevel.location_id == location_id)
            .values(on_hand=StockLevel.on_hand + delta)
            .returning(StockLevel.on_hand)
        )
    ).scalar_one()
    session.add(
        StockMovement(
            variant_id=variant_id,
            location_id=location_id,
            delta=delta,
            on_hand_after=on_hand,
            kind=kind,
            order_id=order_id,
            note=note,
        )
    )
    await session.flush()
    return on_hand


async def sum_of_order(session: AsyncSession, order_id: int) -> dict[Spot, int]:
    """Return by variant and place how many bottles an order took and did not give back."""
    rows = await session.execute(
        select(
            StockMovement.variant_id,
            StockMovement.location_id,
            func.sum(-StockMovement.delta).label("outside"),
        )
        .where(StockMovement.order_id == order_id)
        .group_by(StockMovement.variant_id, StockMovement.location_id)
    )
    return {(row.variant_id, row.location_id): int(row.outside) for row in rows}


async def list_movements(
    session: AsyncSession, variant_id: int, before: int | None, limit: int
) -> Sequence[StockMovement]:
    """Return changes of a variant's stock, newest first, older than one if told."""
    query = select(StockMovement).where(StockMovement.variant_id == variant_id)
    if before is not None:
        query = query.where(StockMovement.id < before)
    rows = await session.scalars(query.order_by(StockMovement.id.desc()).limit(limit))
    return rows.all()


async def list_levels_of(session: AsyncSession, variant_id: int) -> Sequence[StockLevel]:
    """Return a variant's levels, by place."""
    rows = await session.scalars(
        select(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .order_by(StockLevel.location_id)
    )
    return rows.all()


async def set_limit(session: AsyncSession, variant_id: int, low_stock_at: int) -> None:
    """Set the number of bottles at which a variant counts as running low."""
    await session.execute(
        update(StockLevel)
        .where(StockLevel.variant_id == variant_id)
        .values(low_stock_at=low_stock_at)
    )


_LOW = text("""
    SELECT * FROM (
        SELECT level.variant_id, stock_free(level.variant_id, :now) AS free,
            max(level.low_stock_at) AS low_stock_at
        FROM stock_levels level GROUP BY level.variant_id
    ) AS counted
    WHERE free <= low_stock_at ORDER BY free, variant_id LIMIT :limit
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


async def list_low(
    session: AsyncSession, now: datetime, limit: int
) -> Sequence[Row[int, int, int]]:
    """Return variant_id, free and low_stock_at where few bottles are free, scarcest first."""
    return (await session.execute(_LOW, {"now": now, "limit": limit})).all()


async def list_differences(session: AsyncSession) -> list[tuple[int, int, int]]:
    """Return (variant id, on hand, sum of movements) wherever the ledger does not explain it."""
    booked = func.coalesce(func.sum(StockMovement.delta), 0)
    is_there = and_(
        StockMovement.variant_id == StockLevel.variant_id,
        StockMovement.location_id == StockLevel.location_id,
    )
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.on_hand, booked.label("booked"))
        .outerjoin(StockMovement, is_there)
        .group_by(StockLevel.variant_id, StockLevel.location_id)
        .having(booked != StockLevel.on_hand)
        .order_by(StockLevel.variant_id, StockLevel.location_id)
    )
    return [(row.variant_id, row.on_hand, int(row.booked)) for row in rows]


_CHANGES = text("""
    WITH counted AS (
        SELECT level.variant_id, stock_free(level.variant_id, :now) AS free,
            max(level.low_stock_at) AS low_stock_at
        FROM stock_levels level GROUP BY level.variant_id
    ), changed AS (
        INSERT INTO stock_states AS known (variant_id, is_low, is_out)
        SELECT variant_id, free <= low_stock_at, free = 0 FROM counted ORDER BY variant_id
        ON CONFLICT (variant_id) DO UPDATE
            SET is_low = excluded.is_low, is_out = excluded.is_out,
                was_low = known.is_low, was_out = known.is_out
            WHERE (known.is_low, known.is_out) <> (excluded.is_low, excluded.is_out)
        RETURNING variant_id, is_low, is_out, was_low, was_out
    )
    SELECT changed.*, counted.free, counted.low_stock_at
    FROM changed JOIN counted USING (variant_id) ORDER BY variant_id
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


async def note_changes(session: AsyncSession, now: datetime) -> Sequence[Row[Any]]:
    """Note of which variants few, none or enough can be bought now; return those that changed."""
    return (await session.execute(_CHANGES, {"now": now})).all()
