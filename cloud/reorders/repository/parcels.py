"""Parcels of subscriptions that would come while their bottles are full."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Integer, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.models import Slot
from cloud.reorders.models import ReorderPushBack
from cloud.reorders.stages import PushBackState

# Every bottle of the scent in the home is full and outlasts the parcel, and nobody has been asked.
_FULL = text("""
    SELECT DISTINCT ON (p.id) s.household_id, s.id AS slot_id, p.id AS subscription_id
    FROM subscriptions AS p
    JOIN variants AS v ON v.id = p.variant_id
    JOIN slots AS s ON s.household_id = p.household_id AND s.scent_sku = v.sku
    JOIN hubs AS h ON h.household_id = s.household_id AND h.id = s.hub_id
        AND h.revoked_at IS NULL
    WHERE p.status = 'ACTIVE' AND p.question IS NULL AND p.may_push_back_days > 0
      AND p.next_billing_on > CAST(:now AT TIME ZONE p.time_zone AS date)
      AND p.next_billing_on <= CAST(:now AT TIME ZONE p.time_zone AS date) + :days
      AND s.remaining_ul * 100 >= s.capacity_ul * :percent
      AND CAST(s.runs_out_at AT TIME ZONE p.time_zone AS date) > p.next_billing_on
      AND NOT EXISTS (
        SELECT 1 FROM slots AS o WHERE o.household_id = s.household_id
          AND o.scent_sku = v.sku AND o.remaining_ul * 100 < o.capacity_ul * :percent)
      AND NOT EXISTS (
        SELECT 1 FROM reorder_push_backs AS b WHERE b.household_id = s.household_id
          AND b.cartridge_install_id = s.cartridge_install_id)
    ORDER BY p.id, s.runs_out_at, s.id
    LIMIT 500
""").bindparams(bindparam("now", type_=DateTime(timezone=True)), bindparam("days", type_=Integer))


async def full_before_parcel(
    session: AsyncSession, now: datetime, days: int, percent: int
) -> list[tuple[int, int, int]]:
    """Return (household, slot, subscription) where a parcel is due within days and not needed.

    Days are those of the subscription.
    """
    rows = await session.execute(_FULL, {"now": now, "days": days, "percent": percent})
    return [(row.household_id, row.slot_id, row.subscription_id) for row in rows]


async def insert_push_back(session: AsyncSession, fields: dict[str, Any]) -> ReorderPushBack | None:
    """Store a question; None when one was asked for this cartridge before."""
    made: ReorderPushBack | None = await session.scalar(
        insert(ReorderPushBack).values(**fields).on_conflict_do_nothing().returning(ReorderPushBack)
    )
    return made


async def open_push_backs(
    session: AsyncSession, household_ids: Sequence[int]
) -> list[tuple[ReorderPushBack, Slot]]:
    """Return the questions that wait for an answer, with their slots, newest first."""
    rows = await session.execute(
        select(ReorderPushBack, Slot)
        .join(
            Slot,
            (Slot.household_id == ReorderPushBack.household_id)
            & (Slot.id == ReorderPushBack.slot_id),
        )
        .where(
            ReorderPushBack.household_id.in_(household_ids),
            ReorderPushBack.state == PushBackState.ASKED,
            Slot.cartridge_install_id == ReorderPushBack.cartridge_install_id,
        )
        .order_by(ReorderPushBack.id.desc())
    )
    return [(row[0], row[1]) for row in rows]
