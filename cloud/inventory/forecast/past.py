"""What a variant's ledger says of its past: what was sold on which day, and what was there.

The ledger is the truth of stock, so it is of sales too: sets are in it as their parts, and what
was given back is taken off the day it was bought on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory.forecast.planning import OnTheWay
from cloud.inventory.forecast.series import DAYS, Week

MOST_WEEKS = 156
_YEAR_DAYS = 365
_IDS = bindparam("ids", type_=ARRAY(BigInteger()))
_ZONE = bindparam("zone", type_=Text())
_FIRST = bindparam("first_day", type_=Date())
_NOW = bindparam("now", type_=DateTime(timezone=True))

_SHELF = text("""
    SELECT variant_id, day, max(after) AS most,
        (array_agg(after ORDER BY at DESC, id DESC))[1] AS last
    FROM (
        SELECT variant_id, id, created_at AS at, (created_at AT TIME ZONE :zone)::date AS day,
            sum(delta) OVER (PARTITION BY variant_id ORDER BY created_at, id) AS after
        FROM stock_movements WHERE variant_id = ANY(:ids)
    ) AS counted
    WHERE day < :first_day GROUP BY variant_id, day ORDER BY variant_id, day
""").bindparams(_IDS, _ZONE, _FIRST)
_SOLD = text("""
    SELECT variant_id, (at AT TIME ZONE :zone)::date AS day, sum(units) AS units
    FROM (
        SELECT variant_id, min(created_at) AS at, -sum(delta) AS units FROM stock_movements
        WHERE variant_id = ANY(:ids) AND kind IN ('SOLD', 'RETURNED')
        GROUP BY variant_id, order_id
    ) AS bought
    GROUP BY 1, 2
""").bindparams(_IDS, _ZONE)
_STANDING = text("""
    SELECT v.id, v.lead_time_days, v.safety_stock, stock_free(v.id, :now) AS free
    FROM variants v WHERE v.id = ANY(:ids)
""").bindparams(_IDS, _NOW)
_ON_ORDER = text("""
    SELECT line.variant_id, o.state = 'DRAFT' AS is_draft, o.expected_at,
        greatest(0, line.ordered - line.received) AS units
    FROM purchase_lines line JOIN purchase_orders o ON o.id = line.purchase_order_id
    WHERE line.variant_id = ANY(:ids)
        AND o.state IN ('DRAFT', 'PENDING', 'CONFIRMED', 'SHIPPED', 'PARTIALLY_RECEIVED')
""").bindparams(_IDS)


@dataclass(frozen=True, slots=True)
class Past:
    """A variant's past up to the day before `first_day`; `since` is its first day in the ledger.

    `sold` and `levels` (bottles there at the day's end) are by day; `open_days` are those on which
    there were any.
    """

    since: date
    first_day: date
    sold: Mapping[date, int]
    levels: Mapping[date, int]
    open_days: frozenset[date]

    def weeks(self) -> list[Week]:
        """Return the weeks that end before `first_day`, oldest first, 156 at most."""
        age = (self.first_day - self.since).days
        count = min(MOST_WEEKS, -(-age // DAYS))
        return [self._week(self.first_day - timedelta(days=DAYS * n)) for n in range(count, 0, -1)]

    def last_year(self) -> tuple[int, int, int]:
        """Return bottles sold, the sum of the bottles there each evening, and days, of a year."""
        days = [self.first_day - timedelta(days=n) for n in range(1, _YEAR_DAYS + 1)]
        known = [day for day in days if day >= self.since]
        return (
            sum(self.sold.get(day, 0) for day in known),
            sum(self.levels.get(day, 0) for day in known),
            len(known),
        )

    def _week(self, begins: date) -> Week:
        days = [begins + timedelta(days=n) for n in range(DAYS)]
        sold = sum(self.sold.get(day, 0) for day in days)
        return Week(sold, sum(day in self.open_days for day in days))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a variant stands now: `free` bottles, those on order, and what the product says.

    `draft_units` are in drafts: they are as good as ordered, but nothing is on its way yet.
    """

    free: int
    lead_time_days: int | None
    safety_stock: int | None
    draft_units: int = 0
    coming: tuple[tuple[datetime | None, int], ...] = ()

    @property
    def on_order(self) -> int:
        """Return the bottles of all open purchase orders."""
        return self.draft_units + sum(units for _, units in self.coming)

    def on_the_way(self, lead_days: int, first_day: date, zone: str) -> list[OnTheWay]:
        """Return what was sent to suppliers, by day of a zone; without one it takes the usual."""
        usual = first_day + timedelta(days=lead_days)
        here = ZoneInfo(zone)
        return [
            OnTheWay(at.astimezone(here).date() if at else usual, units)
            for at, units in self.coming
        ]


@dataclass(slots=True)
class _Shelf:
    since: date
    levels: dict[date, int] = field(default_factory=dict)
    open_days: set[date] = field(default_factory=set)


async def read_pasts(
    session: AsyncSession, variant_ids: Collection[int], first_day: date, zone: str
) -> dict[int, Past]:
    """Return the pasts, in days of a zone, by variant id; without any before, it is left out."""
    values = {"ids": list(variant_ids), "zone": zone}
    rows = await session.execute(_SHELF, {**values, "first_day": first_day})
    seen: dict[int, list[tuple[date, int, int]]] = {}
    for row in rows:
        seen.setdefault(row.variant_id, []).append((row.day, int(row.most), int(row.last)))
    sold: dict[int, dict[date, int]] = {}
    for row in await session.execute(_SOLD, values):
        sold.setdefault(row.variant_id, {})[row.day] = max(0, int(row.units))
    pasts = {}
    for variant_id, days in seen.items():
        shelf = _day_by_day(days, first_day)
        pasts[variant_id] = Past(
            shelf.since,
            first_day,
            sold.get(variant_id, {}),
            shelf.levels,
            frozenset(shelf.open_days),
        )
    return pasts


def _day_by_day(moved: list[tuple[date, int, int]], first_day: date) -> _Shelf:
    shelf = _Shelf(moved[0][0])
    changes = {day: (most, last) for day, most, last in moved}
    level = 0
    for offset in range((first_day - shelf.since).days):
        day = shelf.since + timedelta(days=offset)
        most, last = changes.get(day, (level, level))
        if max(level, most) > 0:
            shelf.open_days.add(day)
        shelf.levels[day] = level = last
    return shelf


async def read_standings(
    session: AsyncSession, variant_ids: Collection[int], now: datetime
) -> dict[int, Standing]:
    """Return where each variant stands, reservations taken off, by variant id."""
    ids = list(variant_ids)
    drafts: dict[int, int] = {}
    coming: dict[int, list[tuple[datetime | None, int]]] = {}
    for row in await session.execute(_ON_ORDER, {"ids": ids}):
        if row.is_draft:
            drafts[row.variant_id] = drafts.get(row.variant_id, 0) + row.units
        else:
            coming.setdefault(row.variant_id, []).append((row.expected_at, row.units))
    return {
        row.id: Standing(
            free=row.free,
            lead_time_days=row.lead_time_days,
            safety_stock=row.safety_stock,
            draft_units=drafts.get(row.id, 0),
            coming=tuple(coming.get(row.id, ())),
        )
        for row in await session.execute(_STANDING, {"ids": ids, "now": now})
    }
