"""The queries of figures: sums of counted days, and a few small looks into the books."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta

from sqlalchemy import DateTime, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.analytics.models import Cohort, Count, DailySales, DailyStock, DailyVisits
from cloud.analytics.periods import Period
from cloud.analytics.totals import (
    CohortRow,
    LeftCarts,
    ProductSales,
    Refills,
    SalesDay,
    StockDay,
    Subscribers,
    Totals,
)

Reader = AsyncSession | AsyncConnection
_FIELDS = [one.name for one in fields(Totals)]
_BEGINS = bindparam("begins", type_=DateTime(timezone=True))
_ENDS = bindparam("ends", type_=DateTime(timezone=True))

_PRODUCTS = text("""
    SELECT d.variant_id, p.name || ' ' || v.name AS name, v.sku, d.units, d.sales_minor,
        d.refunded_units, d.refunded_minor
    FROM (
        SELECT variant_id, sum(units)::bigint AS units, sum(sales_minor)::bigint AS sales_minor,
            sum(refunded_units)::bigint AS refunded_units,
            sum(refunded_minor)::bigint AS refunded_minor
        FROM daily_products WHERE currency = :currency AND day BETWEEN :first AND :last
        GROUP BY variant_id
        ORDER BY sum(sales_minor - refunded_minor) DESC, variant_id LIMIT :limit
    ) AS d
    JOIN variants v ON v.id = d.variant_id JOIN products p ON p.id = v.product_id
    ORDER BY d.sales_minor - d.refunded_minor DESC, d.variant_id
""")
_SUBSCRIBERS = text("""
    SELECT count(*) FILTER (WHERE agreed_at < :begins AND is_left_over) AS running,
        count(*) FILTER (WHERE agreed_at >= :begins AND agreed_at < :ends) AS begun,
        count(*) FILTER (WHERE ended_at >= :begins AND ended_at < :ends) AS ended,
        count(*) FILTER (WHERE agreed_at < :begins AND ended_at >= :begins
            AND ended_at < :ends) AS gone
    FROM (
        SELECT agreed_at, ended_at, ended_at IS NULL OR ended_at >= :begins AS is_left_over
        FROM subscriptions AS s
        WHERE NOT EXISTS (
            SELECT FROM subscription_history AS h
            WHERE h.subscription_id = s.id AND h.what = 'refused'
        ) OR EXISTS (
            SELECT FROM subscription_history AS h
            WHERE h.subscription_id = s.id AND h.what = 'paid'
        )
    ) AS known
""").bindparams(_BEGINS, _ENDS)
_REFILLS = text("""
    SELECT count(*) AS low, count(*) FILTER (WHERE was_proposed) AS proposed,
        count(*) FILTER (WHERE ordered_at IS NOT NULL) AS confirmed,
        count(delivered_at) AS delivered,
        count(*) FILTER (WHERE delivered_at <= empty_at) AS in_time
    FROM (
        SELECT r.id, r.ordered_at, (r.evidence -> 'run_out' ->> 'p50')::timestamptz AS empty_at,
            bool_or(n.stage IN ('proposed', 'pending_cancel_window')) AS was_proposed,
            min(n.at) FILTER (WHERE n.stage = 'delivered') AS delivered_at
        FROM reorders r LEFT JOIN reorder_notes n ON n.reorder_id = r.id
        WHERE r.low_at >= :begins AND r.low_at < :ends AND NOT r.is_test GROUP BY r.id
    ) AS told
""").bindparams(_BEGINS, _ENDS)
_LEFT_CARTS = text("""
    SELECT count(*) AS mailed, count(returned_at) AS returned, count(ordered_at) AS ordered
    FROM left_carts WHERE mailed_at >= :begins AND mailed_at < :ends
""").bindparams(_BEGINS, _ENDS)
_SHELVES = text("""
    SELECT coalesce(sum(level.on_hand), 0)::bigint AS units,
        coalesce(sum(level.on_hand) FILTER (WHERE v.cost_minor IS NULL), 0)::bigint
            AS uncosted_units,
        coalesce(sum(level.on_hand * v.cost_minor), 0)::bigint AS cost_minor
    FROM stock_levels level JOIN variants v ON v.id = level.variant_id
    WHERE v.currency = :currency
""")


async def counted_at(reader: Reader) -> datetime | None:
    """Return when the days were last counted; None: never."""
    moment: datetime | None = await reader.scalar(select(Count.counted_at))
    return moment


async def list_currencies(reader: Reader, main: str) -> list[str]:
    """Return the currencies that anything was sold in, the shop's own first."""
    rows = await reader.scalars(select(DailySales.currency).distinct())
    return [main, *sorted(set(rows) - {main})]


async def read_sales(reader: Reader, period: Period, currency: str) -> list[SalesDay]:
    """Return every day of a period with its sales in a currency."""
    rows = await reader.execute(
        select(DailySales.day, *(getattr(DailySales, name) for name in _FIELDS)).where(
            DailySales.day.between(period.first, period.last), DailySales.currency == currency
        )
    )
    known = {row.day: Totals(*row[1:]) for row in rows}
    return [SalesDay(day, known.get(day, Totals())) for day in _days(period)]


async def read_visits(reader: Reader, period: Period) -> tuple[list[int], list[int]]:
    """Return visits and orders in all currencies, by day of a period."""
    seen = await reader.execute(
        select(DailyVisits.day, DailyVisits.visits).where(
            DailyVisits.day.between(period.first, period.last)
        )
    )
    bought = await reader.execute(
        select(DailySales.day, func.sum(DailySales.orders).label("orders"))
        .where(DailySales.day.between(period.first, period.last))
        .group_by(DailySales.day)
    )
    visits = {row.day: row.visits for row in seen}
    orders = {row.day: int(row.orders) for row in bought}
    days = _days(period)
    return [visits.get(day, 0) for day in days], [orders.get(day, 0) for day in days]


async def read_products(
    reader: Reader, period: Period, currency: str, limit: int
) -> list[ProductSales]:
    """Return what earned most in a period, refunds taken off, first."""
    rows = await reader.execute(
        _PRODUCTS,
        {"currency": currency, "first": period.first, "last": period.last, "limit": limit},
    )
    return [ProductSales(*row) for row in rows]


async def read_cohorts(reader: Reader, last: date, months: int) -> list[CohortRow]:
    """Return the cohorts of so many months up to the one of a day, oldest first.

    Each has an entry for every month up to that one, 0 for a month in which nobody bought.
    """
    newest = last.replace(day=1)
    oldest = newest
    for _ in range(months - 1):
        oldest = (oldest - timedelta(days=1)).replace(day=1)
    rows = await reader.execute(
        select(Cohort.began, Cohort.month, Cohort.buyers).where(
            Cohort.began.between(oldest, newest)
        )
    )
    known = {(row.began, row.month): row.buyers for row in rows}
    found = []
    for began in sorted({began for began, _ in known}):
        age = (newest.year - began.year) * 12 + newest.month - began.month
        buyers = tuple(known.get((began, month), 0) for month in range(age + 1))
        found.append(CohortRow(began, buyers))
    return found


async def read_stock(reader: Reader, period: Period, currency: str) -> list[StockDay]:
    """Return the days of a period of which the shelves are known, oldest first."""
    rows = await reader.execute(
        select(DailyStock.day, DailyStock.units, DailyStock.uncosted_units, DailyStock.cost_minor)
        .where(DailyStock.day.between(period.first, period.last), DailyStock.currency == currency)
        .order_by(DailyStock.day)
    )
    return [StockDay(*row) for row in rows]


async def stock_now(reader: Reader, today: date, currency: str) -> StockDay:
    """Return what stands on the shelves now, as a day's."""
    row = (await reader.execute(_SHELVES, {"currency": currency})).one()
    return StockDay(today, row.units, row.uncosted_units, row.cost_minor)


async def read_subscribers(reader: Reader, begins: datetime, ends: datetime) -> Subscribers:
    """Return the subscriptions between two moments; whose first card was refused is not any.

    Until it is paid for: whoever is late with a later parcel is a subscriber still.
    """
    row = (await reader.execute(_SUBSCRIBERS, {"begins": begins, "ends": ends})).one()
    return Subscribers(row.running, row.begun, row.ended, row.gone)


async def read_refills(reader: Reader, begins: datetime, ends: datetime) -> Refills:
    """Return what became of the cartridges that were low between two moments."""
    row = (await reader.execute(_REFILLS, {"begins": begins, "ends": ends})).one()
    return Refills(row.low, row.proposed, row.confirmed, row.delivered, row.in_time)


async def read_left_carts(reader: Reader, begins: datetime, ends: datetime) -> LeftCarts:
    """Return what became of the carts whose owners were mailed between two moments."""
    row = (await reader.execute(_LEFT_CARTS, {"begins": begins, "ends": ends})).one()
    return LeftCarts(row.mailed, row.returned, row.ordered)


def _days(period: Period) -> Sequence[date]:
    return [period.first + timedelta(days=offset) for offset in range(period.days)]
