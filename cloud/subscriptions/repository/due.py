"""What time makes due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.subscriptions.terms import LOOK_EVERY, REMIND_DAYS

# While the shop's pause lasts only two things go on: parcels are passed by, pauses end.
_DUE = text("""
    WITH served AS NOT MATERIALIZED (
        SELECT s.* FROM subscriptions AS s
        WHERE NOT EXISTS (
            SELECT FROM users AS u WHERE u.id = s.user_id AND u.blocked_at IS NOT NULL))
    SELECT id FROM subscriptions
    WHERE status = 'ACTIVE' AND question IS NULL AND next_billing_at <= :now
    UNION
    SELECT id FROM served
    WHERE resume_on <= CAST(:now AT TIME ZONE time_zone AS date)
    UNION
    SELECT id FROM served
    WHERE NOT :paused AND status = 'ACTIVE' AND question IS NULL
        AND next_billing_at <= :remind_to AND told_on IS DISTINCT FROM next_billing_on
    UNION
    SELECT id FROM served
    WHERE NOT :paused AND status = 'ACTIVE' AND question IS NOT NULL AND asked_at <= :looked_before
    UNION
    SELECT id FROM served
    WHERE NOT :paused AND resume_told_at IS NULL
        AND resume_on <= CAST(:now AT TIME ZONE time_zone AS date) + :remind_days
    UNION
    SELECT c.subscription_id FROM subscription_cycles AS c
    JOIN served AS s ON s.id = c.subscription_id AND s.status = 'PENDING_PAYMENT'
    WHERE NOT :paused AND c.next_try_at <= :now
    UNION
    -- Whoever is to be forgotten waits for the unpaid order of theirs: it is called off.
    SELECT s.id FROM subscriptions AS s JOIN erasures AS e ON e.user_id = s.user_id
    WHERE s.status = 'PENDING_PAYMENT' AND e.done_at IS NULL
    ORDER BY 1 LIMIT :limit
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("remind_days", type_=Integer),
)
_HELD_DUE = text("""
    SELECT o.id FROM orders AS o
    JOIN subscription_cycles AS c ON c.id = o.subscription_cycle_id
    JOIN subscriptions AS s ON s.id = c.subscription_id
    WHERE o.status = 'ON_HOLD' AND c.status = 'PAID' AND c.is_held AND o.objection IS NULL
        AND c.ships_on <= CAST(:now AT TIME ZONE s.time_zone AS date)
    ORDER BY o.id LIMIT :limit
""")


async def due_ids(
    session: AsyncSession, now: datetime, *, is_shop_paused: bool, limit: int
) -> Sequence[int]:
    """Return which subscriptions have something due: a charge, a reminder, a retry, a look."""
    found = await session.scalars(
        _DUE,
        {
            "now": now,
            "paused": is_shop_paused,
            "remind_to": now + timedelta(days=REMIND_DAYS),
            "remind_days": REMIND_DAYS,
            "looked_before": now - LOOK_EVERY,
            "limit": limit,
        },
    )
    return found.all()


async def held_orders_due(session: AsyncSession, now: datetime, limit: int) -> Sequence[int]:
    """Return which paid orders were held back for a day that has come."""
    return (await session.scalars(_HELD_DUE, {"now": now, "limit": limit})).all()
