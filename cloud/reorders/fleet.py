"""What homes hold of the shop's bottles, for the forecast of stock: no other shop can know it.

Fulfils the port `cloud.inventory.forecast.fleet.Refills`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ARRAY, BigInteger, DateTime, Row, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.forecast.fleet import ORDERED_AHEAD, ComingRefill, VariantFleet
from cloud.reorders.cases import Mode
from cloud.reorders.stages import OPEN_STAGES

# How often a home buys its next bottle here, until the past tells better: it agreed to automatic
# refills, it wants to be asked, it agreed to nothing.
ODDS_AUTOMATIC, ODDS_ASKED, ODDS_NEITHER = 0.9, 0.5, 0.2
# A hub that said nothing for so long says nothing about next week.
_SILENT = timedelta(days=45)
# A forecast without a band is off by a seventh of the time that was left.
_USUAL_ERROR = 1 / 7
_SHORTEST, _LONGEST = timedelta(days=3), timedelta(days=730)

_IDS = bindparam("ids", type_=ARRAY(BigInteger()))
_COMING = text("""
    SELECT v.id AS variant_id, s.runs_out_at, s.runs_out_from, s.runs_out_until, s.level_at,
        s.capacity_ul, s.remaining_ul, s.days_left, c.mode AS agreed, w.mode AS wished,
        CASE WHEN c.variant_id = v.id THEN c.quantity ELSE 1 END AS quantity,
        coalesce(w.bottles_on_hand, 0) + (
            SELECT coalesce(sum(r.quantity), 0) FROM reorders r
            WHERE r.slot_id = s.id AND r.stage = ANY(:open) AND NOT r.is_test
        ) AS there,
        greatest(w.snoozed_until, home.paused_until) AS waits_until
    FROM slots s
    JOIN hubs h ON h.household_id = s.household_id AND h.id = s.hub_id AND h.revoked_at IS NULL
    LEFT JOIN reorder_consents c ON c.household_id = s.household_id AND c.slot_id = s.id
        AND c.revoked_at IS NULL
    JOIN variants v ON v.sku = s.scent_sku OR (s.scent_sku IS NULL AND v.id = c.variant_id)
    LEFT JOIN reorder_slots w ON w.household_id = s.household_id AND w.slot_id = s.id
    LEFT JOIN reorder_households home ON home.household_id = s.household_id
    WHERE v.id = ANY(:ids) AND s.runs_out_at IS NOT NULL AND s.level_at >= :heard_since
        AND NOT coalesce(w.is_test, false)
""").bindparams(
    _IDS,
    bindparam("open", type_=ARRAY(Text())),
    bindparam("heard_since", type_=DateTime(timezone=True)),
)
_REFILLED = text("""
    SELECT i.variant_id, (o.paid_at AT TIME ZONE :zone)::date AS day, sum(i.quantity) AS units
    FROM order_items i JOIN orders o ON o.id = i.order_id
    WHERE i.variant_id = ANY(:ids) AND o.paid_at >= :since AND NOT o.is_test
        AND o.status NOT IN ('CANCELLED', 'REFUNDED')
        AND (o.source = 'reorder' OR EXISTS (
            SELECT FROM household_members m
            JOIN slots s ON s.household_id = m.household_id
            JOIN variants v ON v.sku = s.scent_sku
            WHERE m.user_id = o.user_id AND v.id = i.variant_id))
    GROUP BY 1, 2
""").bindparams(
    _IDS,
    bindparam("zone", type_=Text()),
    bindparam("since", type_=DateTime(timezone=True)),
)


@dataclass(slots=True)
class _Found:
    coming: list[ComingRefill]
    refilled: dict[date, int]


class FleetReader:
    """Reads the fleet out of what hubs told and what homes agreed to."""

    async def fleet(
        self,
        session: AsyncSession,
        variant_ids: Sequence[int],
        since: datetime,
        now: datetime,
        zone: str,
    ) -> dict[int, VariantFleet]:
        """Return the fleet by variant id; days are those of the zone, from `since` on.

        Left out are test slots, hubs that were revoked or silent for weeks, and cartridges that
        last for more than a year. Bottles in the cupboard and refills under way come first.
        """
        found: dict[int, _Found] = {one: _Found([], {}) for one in variant_ids}
        rows = await session.execute(
            _COMING,
            {
                "ids": list(variant_ids),
                "open": [stage.value for stage in OPEN_STAGES],
                "heard_since": now - _SILENT,
            },
        )
        for row in rows:
            refill = _refill(row)
            if refill is not None:
                found[row.variant_id].coming.append(refill)
        sold = {"ids": list(variant_ids), "since": since, "zone": zone}
        for row in await session.execute(_REFILLED, sold):
            found[row.variant_id].refilled[row.day] = int(row.units)
        return {
            variant_id: VariantFleet(one.coming, one.refilled)
            for variant_id, one in found.items()
            if one.coming or one.refilled
        }


def _refill(row: Row[tuple[object, ...]]) -> ComingRefill | None:
    """Return what a slot will ask for; None when bottles are there and nobody knows how long."""
    cycle = _cycle(row)
    if row.there and cycle is None:
        return None
    left = max(row.runs_out_at - row.level_at, timedelta())
    begins = row.runs_out_from or row.runs_out_at - left * _USUAL_ERROR
    ends = row.runs_out_until or row.runs_out_at + left * _USUAL_ERROR
    later = int(row.there) * (cycle or timedelta())
    if row.waits_until is not None:
        later = max(later, row.waits_until + ORDERED_AHEAD - row.runs_out_at)
    return ComingRefill(
        quantity=row.quantity,
        odds=_odds(row),
        empty_at=row.runs_out_at + later,
        empty_from=min(begins, row.runs_out_at) + later,
        empty_until=max(ends, row.runs_out_at) + later,
        cycle=cycle,
    )


def _odds(row: Row[tuple[object, ...]]) -> float:
    if row.agreed is None or row.wished == Mode.OFF:
        return ODDS_NEITHER
    return ODDS_AUTOMATIC if row.agreed == Mode.AUTOMATIC else ODDS_ASKED


def _cycle(row: Row[tuple[object, ...]]) -> timedelta | None:
    """Return how long a full cartridge lasts as fast as this one is used up."""
    if not row.days_left or not row.remaining_ul:
        return None
    whole = timedelta(days=row.days_left * row.capacity_ul / row.remaining_ul)
    return whole if _SHORTEST <= whole <= _LONGEST else None
