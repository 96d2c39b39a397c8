"""What has to be ordered now, and from whom: the forecast's plan against what is there now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import ARRAY, BigInteger, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.inventory import repository
from cloud.inventory.forecast.past import read_standings
from cloud.inventory.forecast.planning import Plan
from cloud.inventory.forecast.tables import ForecastDraft, VariantForecast
from cloud.inventory.models import FIRST_LOCATION

# From whom a bottle was last ordered who still delivers, and what they were paid for it last: a
# draft's cost is nobody's word yet, and one of 0 is one that was not known.
_LAST_TIME = text("""
    SELECT v.id AS variant_id, v.currency, last.supplier_id, last.supplier,
        last.location_id, coalesce(paid.unit_cost_minor, nullif(v.cost_minor, 0)) AS unit_cost_minor
    FROM variants v LEFT JOIN LATERAL (
        SELECT o.supplier_id, s.name::text AS supplier, o.location_id
        FROM purchase_lines line
        JOIN purchase_orders o ON o.id = line.purchase_order_id AND o.state <> 'CANCELLED'
        JOIN suppliers s ON s.id = o.supplier_id AND s.is_active
        WHERE line.variant_id = v.id ORDER BY o.id DESC LIMIT 1
    ) AS last ON true LEFT JOIN LATERAL (
        SELECT line.unit_cost_minor
        FROM purchase_lines line
        JOIN purchase_orders o ON o.id = line.purchase_order_id
        WHERE line.variant_id = v.id AND line.unit_cost_minor > 0 AND o.currency = v.currency
            AND o.supplier_id = last.supplier_id AND o.state NOT IN ('DRAFT', 'CANCELLED')
        ORDER BY o.id DESC LIMIT 1
    ) AS paid ON true
    WHERE v.id = ANY(:ids) ORDER BY v.id
""").bindparams(bindparam("ids", type_=ARRAY(BigInteger())))


@dataclass(frozen=True, slots=True)
class Need:
    """Bottles of a variant that should be ordered now.

    `supplier_id` None: it was never ordered from anybody who still delivers. `unit_cost_minor` is
    what the supplier was paid for one the last time, else what one costs on average, of
    `currency`; None: nobody knows.
    """

    variant_id: int
    first_day: date
    quantity: int
    free: int
    on_order: int
    reorder_point: int
    depletes_on: date | None
    currency: str
    unit_cost_minor: int | None
    supplier_id: int | None
    supplier: str
    location_id: int


@dataclass(frozen=True, slots=True)
class Basket:
    """Needs that fit into one purchase order. `supplier_id` None: somebody has to choose one."""

    supplier_id: int | None
    supplier: str
    location_id: int
    currency: str
    needs: tuple[Need, ...]

    @property
    def total_minor(self) -> int:
        """Return what all of known cost costs, in minor units of `currency`."""
        return sum(need.quantity * (need.unit_cost_minor or 0) for need in self.needs)


async def find_needs(session: AsyncSession, now: datetime, *, lock: bool = False) -> list[Need]:
    """Return what should be ordered now, by variant id; open orders and drafts count as there.

    A variant of whose newest forecast a draft was already written is left out. With `lock`, nobody
    else finds them until the transaction ends.
    """
    statement = select(VariantForecast).order_by(VariantForecast.variant_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    forecasts = {one.variant_id: one for one in await session.scalars(statement)}
    drafted = set(
        await session.scalars(
            select(ForecastDraft.variant_id).join(
                VariantForecast,
                (VariantForecast.variant_id == ForecastDraft.variant_id)
                & (VariantForecast.first_day == ForecastDraft.first_day),
            )
        )
    )
    standings = await read_standings(session, forecasts, now)
    wanted = {
        variant_id: _plan(one).needed(standings[variant_id].free, standings[variant_id].on_order)
        for variant_id, one in forecasts.items()
        if variant_id not in drafted
    }
    due = [variant_id for variant_id, quantity in wanted.items() if quantity > 0]
    places = await repository.list_places(session)
    return [
        Need(
            variant_id=row.variant_id,
            first_day=forecasts[row.variant_id].first_day,
            quantity=wanted[row.variant_id],
            free=standings[row.variant_id].free,
            on_order=standings[row.variant_id].on_order,
            reorder_point=forecasts[row.variant_id].reorder_point,
            depletes_on=forecasts[row.variant_id].depletes_on,
            currency=row.currency,
            unit_cost_minor=row.unit_cost_minor,
            supplier_id=row.supplier_id,
            supplier=row.supplier or "",
            location_id=row.location_id or next(iter(places), FIRST_LOCATION),
        )
        for row in await session.execute(_LAST_TIME, {"ids": due})
    ]


def baskets(needs: Sequence[Need], most_lines: int) -> list[Basket]:
    """Return the needs by supplier, place and currency, so many to a basket; unknown ones last."""

    def place(need: Need) -> tuple[bool, str, int, int, str]:
        who = need.supplier_id or 0
        return (not who, need.supplier.casefold(), who, need.location_id, need.currency)

    found = []
    for _, group in groupby(sorted(needs, key=lambda need: (place(need), need.variant_id)), place):
        members = list(group)
        first = members[0]
        found += [
            Basket(
                first.supplier_id,
                first.supplier,
                first.location_id,
                first.currency,
                tuple(members[begin : begin + most_lines]),
            )
            for begin in range(0, len(members), most_lines)
        ]
    return found


def _plan(one: VariantForecast) -> Plan:
    return Plan(one.lead_time_days, one.safety_stock, one.reorder_point, one.order_up_to)
