"""A bottle's past in the ledger: what was sold on which day, and what came in when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.kinds import MovementKind
from cloud.inventory.models import FIRST_LOCATION, StockLevel, StockMovement
from cloud.inventory.repository import ensure_level

_NOON = time(12, tzinfo=UTC)


async def live_through(
    session: AsyncSession,
    variant_id: int,
    changes: Sequence[int],
    ends_before: date,
    *,
    first_order: int = 1,
) -> None:
    """Write a change of stock at noon of each day up to one: below 0 sold, above 0 come in.

    Each day's sale is an order of its own, numbered from `first_order`. What the shelf held before
    stays on top of it.
    """
    await ensure_level(session, variant_id, FIRST_LOCATION)
    level = StockLevel.variant_id == variant_id, StockLevel.location_id == FIRST_LOCATION
    there = 0
    for place, delta in enumerate(changes):
        day = ends_before - timedelta(days=len(changes) - place)
        if not delta:
            continue
        there += delta
        session.add(
            StockMovement(
                variant_id=variant_id,
                location_id=FIRST_LOCATION,
                delta=delta,
                on_hand_after=there,
                kind=MovementKind.SOLD if delta < 0 else MovementKind.RECEIVED,
                order_id=first_order + place if delta < 0 else None,
                note="",
                created_at=datetime.combine(day, _NOON),
            )
        )
    await session.flush()
    held = await session.scalar(select(StockLevel.on_hand).where(*level)) or 0
    await session.execute(update(StockLevel).where(*level).values(on_hand=held + there))
