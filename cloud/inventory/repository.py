"""Queries of stock. Every writer begins with `lock_levels`, in id order: so none can deadlock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.models import MovementKind, StockLevel, StockMovement, StockReservation

# For the shop's hot reads: how many bottles of the variant `v.id` can be bought at `:now`.
AVAILABLE_UNITS = """greatest(0,
    coalesce((SELECT level.on_hand FROM stock_levels level WHERE level.variant_id = v.id), 0)
    - coalesce((SELECT sum(held.quantity) FROM stock_reservations held
                WHERE held.variant_id = v.id AND held.expires_at > :now), 0))"""


async def read_levels(session: AsyncSession, variant_ids: Collection[int]) -> dict[int, int]:
    """Return the bottles on hand by variant id; one that was never stocked is not in it."""
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.on_hand).where(
            StockLevel.variant_id.in_(variant_ids)
        )
    )
    return {row.variant_id: row.on_hand for row in rows}


async def lock_levels(session: AsyncSession, variant_ids: Collection[int]) -> dict[int, int]:
    """Return the bottles on hand by variant id, locked until the transaction ends.

    A variant that was never stocked is not in the answer, and not locked.
    """
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.on_hand)
        .where(StockLevel.variant_id.in_(variant_ids))
        .order_by(StockLevel.variant_id)
        .with_for_update(key_share=True)
    )
    return {row.variant_id: row.on_hand for row in rows}


async def sum_reserved(
    session: AsyncSession,
    variant_ids: Collection[int],
    now: datetime,
    *,
    except_for: str | None = None,
) -> dict[int, int]:
    """Return the bottles promised at a moment by variant id, leaving one holder out."""
    total = func.sum(StockReservation.quantity)
    statement = (
        select(StockReservation.variant_id, total.label("promised"))
        .where(StockReservation.variant_id.in_(variant_ids), StockReservation.expires_at > now)
        .group_by(StockReservation.variant_id)
    )
    if except_for is not None:
        statement = statement.where(StockReservation.holder != except_for)
    rows = await session.execute(statement)
    return {row.variant_id: int(row.promised) for row in rows}


async def list_held(session: AsyncSession, holder: str) -> dict[int, tuple[int, datetime]]:
    """Return quantity and expiry by variant id of what a holder reserved, expired or not."""
    rows = await session.execute(
        select(
            StockReservation.variant_id, StockReservation.quantity, StockReservation.expires_at
        ).where(StockReservation.holder == holder)
    )
    return {row.variant_id: (row.quantity, row.expires_at) for row in rows}


async def replace_held(
    session: AsyncSession, holder: str, quantities: Mapping[int, int], expires_at: datetime
) -> None:
    """Make a holder's reservations be exactly these quantities by variant id."""
    await session.execute(
        delete(StockReservation).where(
            StockReservation.holder == holder,
            StockReservation.variant_id.not_in(list(quantities)),
        )
    )
    statement = insert(StockReservation)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["holder", "variant_id"],
            set_={
                "quantity": statement.excluded.quantity,
                "expires_at": statement.excluded.expires_at,
            },
        ),
        [
            {
                "holder": holder,
                "variant_id": variant_id,
                "quantity": quantity,
                "expires_at": expires_at,
            }
            for variant_id, quantity in quantities.items()
        ],
    )


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


async def delete_expired(session: AsyncSession, before: datetime) -> int:
    """Forget reservations that ended before a moment; return how many."""
    gone = await session.execute(
        delete(StockReservation)
        .where(StockReservation.expires_at < before)
        .returning(StockReservation.id)
    )
    return len(gone.all())


async def ensure_level(session: AsyncSession, variant_id: int) -> None:
    """Make sure that a variant has a row to lock."""
    await session.execute(
        insert(StockLevel).values(variant_id=variant_id, on_hand=0).on_conflict_do_nothing()
    )


async def move(
    session: AsyncSession,
    variant_id: int,
    delta: int,
    kind: MovementKind,
    *,
    note: str,
    order_id: int | None = None,
) -> int:
    """Change the bottles on hand and write why; return the new level."""
    on_hand = (
        await session.execute(
            update(StockLevel)
            .where(StockLevel.variant_id == variant_id)
            .values(on_hand=StockLevel.on_hand + delta)
            .returning(StockLevel.on_hand)
        )
    ).scalar_one()
    session.add(
        StockMovement(
            variant_id=variant_id,
            delta=delta,
            on_hand_after=on_hand,
            kind=kind,
            order_id=order_id,
            note=note,
        )
    )
    await session.flush()
    return on_hand


async def sum_of_order(session: AsyncSession, order_id: int) -> dict[int, int]:
    """Return by variant id how many bottles an order took and did not give back."""
    rows = await session.execute(
        select(StockMovement.variant_id, func.sum(-StockMovement.delta).label("outside"))
        .where(StockMovement.order_id == order_id)
        .group_by(StockMovement.variant_id)
    )
    return {row.variant_id: int(row.outside) for row in rows}


async def list_low(
    session: AsyncSession, now: datetime, limit: int
) -> Sequence[Row[int, int, int]]:
    """Return variant_id, free and low_stock_at where few bottles are free, scarcest first."""
    promised = (
        select(func.coalesce(func.sum(StockReservation.quantity), 0))
        .where(
            StockReservation.variant_id == StockLevel.variant_id,
            StockReservation.expires_at > now,
        )
        .scalar_subquery()
    )
    free = (StockLevel.on_hand - promised).label("free")
    rows = await session.execute(
        select(StockLevel.variant_id, free, StockLevel.low_stock_at)
        .where(free <= StockLevel.low_stock_at)
        .order_by(free, StockLevel.variant_id)
        .limit(limit)
    )
    return rows.all()


async def list_differences(session: AsyncSession) -> list[tuple[int, int, int]]:
    """Return (variant id, on hand, sum of movements) wherever the ledger does not explain it."""
    booked = func.coalesce(func.sum(StockMovement.delta), 0)
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.on_hand, booked.label("booked"))
        .outerjoin(StockMovement, StockMovement.variant_id == StockLevel.variant_id)
        .group_by(StockLevel.variant_id)
        .having(booked != StockLevel.on_hand)
        .order_by(StockLevel.variant_id)
    )
    return [(row.variant_id, row.on_hand, int(row.booked)) for row in rows]
