"""Counting the shop's books into days. Run it as often as one likes: it replaces what it counts.

The statements read tables of lower tiers by their names, in SQL, for they are sums over many rows.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ARRAY, Date, DateTime, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

_ZONE = bindparam("zone", type_=Text())
_DAYS = bindparam("days", type_=ARRAY(Date()))
_FROM = bindparam("from", type_=DateTime(timezone=True))
_UNTIL = bindparam("until", type_=DateTime(timezone=True))

# Every day on which something counted was bought or given back, or changed since a moment. A refund
# that a bank turned down had counted on a day that its row does not know any more.
_TOUCHED = text("""
    SELECT DISTINCT day FROM (
        SELECT (paid_at AT TIME ZONE :zone)::date AS day FROM orders
        WHERE paid_at IS NOT NULL AND updated_at >= :since
        UNION ALL
        SELECT (settled_at AT TIME ZONE :zone)::date FROM refunds
        WHERE settled_at IS NOT NULL AND updated_at >= :since
        UNION ALL
        SELECT d.day FROM refunds r JOIN orders o ON o.id = r.order_id
        JOIN daily_sales d ON d.currency = r.currency AND d.refunds > 0
            AND d.day BETWEEN (o.paid_at AT TIME ZONE :zone)::date
                AND (r.settled_at AT TIME ZONE :zone)::date
        WHERE r.stage = 'failed' AND r.updated_at >= :since
    ) AS touched ORDER BY day
""").bindparams(_ZONE, bindparam("since", type_=DateTime(timezone=True)))

# What was bought, and what of it were gift cards, by line; `:from` and `:until` hold all days.
_BOUGHT = """
    WITH paid AS (
        SELECT o.*, (o.paid_at AT TIME ZONE :zone)::date AS day FROM orders o
        WHERE o.paid_at >= :from AND o.paid_at < :until AND NOT o.is_test
    ), given AS (
        SELECT r.*, (r.settled_at AT TIME ZONE :zone)::date AS day FROM refunds r
        JOIN orders o ON o.id = r.order_id AND NOT o.is_test
        WHERE r.stage = 'succeeded' AND NOT r.is_excess
            AND r.settled_at >= :from AND r.settled_at < :until
    )
"""
_SALES = text(f"""
    {_BOUGHT}, lines AS (
        SELECT i.order_id, sum(i.quantity) AS units FROM order_items i
        JOIN paid ON paid.id = i.order_id WHERE NOT i.is_gift_card GROUP BY i.order_id
    ), cards AS (
        SELECT line.refund_id, sum(line.amount_minor) AS minor FROM refund_lines line
        JOIN given ON given.id = line.refund_id
        JOIN order_items i ON i.id = line.order_item_id AND i.is_gift_card
        GROUP BY line.refund_id
    ), sold AS (
        SELECT day, currency, count(*) AS orders, coalesce(sum(lines.units), 0) AS units,
            sum(total_minor - sold_cards_minor) AS sales_minor,
            sum(shipping_minor) AS shipping_minor, sum(discount_minor) AS discount_minor,
            sum(tax_minor) AS tax_minor
        FROM paid LEFT JOIN lines ON lines.order_id = paid.id GROUP BY day, currency
    ), back AS (
        SELECT day, currency, count(*) AS refunds,
            sum(amount_minor - coalesce(cards.minor, 0)) AS refunded_minor
        FROM given LEFT JOIN cards ON cards.refund_id = given.id GROUP BY day, currency
    )
    INSERT INTO daily_sales (day, currency, orders, units, sales_minor, shipping_minor,
        discount_minor, tax_minor, refunds, refunded_minor)
    SELECT day, currency, coalesce(orders, 0), coalesce(units, 0), coalesce(sales_minor, 0),
        coalesce(shipping_minor, 0), coalesce(discount_minor, 0), coalesce(tax_minor, 0),
        coalesce(refunds, 0), coalesce(refunded_minor, 0)
    FROM sold FULL JOIN back USING (day, currency) WHERE day = ANY(:days)
""").bindparams(_ZONE, _DAYS, _FROM, _UNTIL)
_PRODUCTS = text(f"""
    {_BOUGHT}, sold AS (
        SELECT paid.day, paid.currency, i.variant_id, sum(i.quantity) AS units,
            sum(i.subtotal_minor - i.discount_minor) AS sales_minor
        FROM paid JOIN order_items i ON i.order_id = paid.id
        WHERE i.variant_id IS NOT NULL GROUP BY 1, 2, 3
    ), back AS (
        SELECT given.day, given.currency, i.variant_id, sum(line.quantity) AS refunded_units,
            sum(line.amount_minor) AS refunded_minor
        FROM given JOIN refund_lines line ON line.refund_id = given.id
        JOIN order_items i ON i.id = line.order_item_id
        WHERE i.variant_id IS NOT NULL GROUP BY 1, 2, 3
    )
    INSERT INTO daily_products (day, currency, variant_id, units, sales_minor, refunded_units,
        refunded_minor)
    SELECT day, currency, variant_id, coalesce(units, 0), coalesce(sales_minor, 0),
        coalesce(refunded_units, 0), coalesce(refunded_minor, 0)
    FROM sold FULL JOIN back USING (day, currency, variant_id) WHERE day = ANY(:days)
""").bindparams(_ZONE, _DAYS, _FROM, _UNTIL)
_CLEAR = {
    table: text(f"DELETE FROM {table} WHERE day = ANY(:days)").bindparams(_DAYS)
    for table in ("daily_sales", "daily_products")
}
_BUYERS = """
    SELECT coalesce('user ' || user_id, lower(email::text)) AS buyer,
        date_trunc('month', paid_at AT TIME ZONE :zone)::date AS month
    FROM orders WHERE paid_at IS NOT NULL AND NOT is_test GROUP BY 1, 2
"""
_COHORTS = text(f"""
    WITH bought AS ({_BUYERS}), known AS (
        SELECT buyer, month, min(month) OVER (PARTITION BY buyer) AS began FROM bought
    )
    INSERT INTO cohorts (began, month, buyers)
    SELECT began, (extract(year FROM age(month, began)) * 12
        + extract(month FROM age(month, began)))::smallint, count(*)
    FROM known GROUP BY 1, 2
""").bindparams(_ZONE)
_STOCK = text("""
    INSERT INTO daily_stock (day, currency, units, uncosted_units, cost_minor)
    SELECT :day, v.currency, sum(level.on_hand),
        coalesce(sum(level.on_hand) FILTER (WHERE v.cost_minor IS NULL), 0),
        coalesce(sum(level.on_hand * v.cost_minor), 0)
    FROM stock_levels level JOIN variants v ON v.id = level.variant_id GROUP BY v.currency
    ON CONFLICT (day, currency) DO UPDATE SET units = excluded.units,
        uncosted_units = excluded.uncosted_units, cost_minor = excluded.cost_minor
""").bindparams(bindparam("day", type_=Date()))


async def take_turn(session: AsyncSession) -> None:
    """Wait until nobody else counts; the turn ends with the transaction."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('figures'))"))


async def touched_days(session: AsyncSession, zone: str, since: datetime) -> list[date]:
    """Return the days of a zone whose sales or refunds changed since a moment, oldest first."""
    rows = await session.scalars(_TOUCHED, {"zone": zone, "since": since})
    return list(rows)


async def count_days(
    session: AsyncSession, zone: str, days: Sequence[date], begins: datetime, ends: datetime
) -> None:
    """Count sales and products of some days anew; all of them lie in `begins` .. `ends`."""
    for statement in _CLEAR.values():
        await session.execute(statement, {"days": list(days)})
    values = {"zone": zone, "days": list(days), "from": begins, "until": ends}
    await session.execute(_SALES, values)
    await session.execute(_PRODUCTS, values)


async def clear_all(session: AsyncSession) -> None:
    """Forget every day of sales and products, as before counting by another zone's days."""
    for table in _CLEAR:
        await session.execute(text(f"DELETE FROM {table}"))


async def count_cohorts(session: AsyncSession, zone: str) -> None:
    """Count the cohorts anew."""
    await session.execute(text("DELETE FROM cohorts"))
    await session.execute(_COHORTS, {"zone": zone})


async def note_stock(session: AsyncSession, day: date) -> None:
    """Write down what stands on the shelves now as a day's; later looks on the day replace it."""
    await session.execute(_STOCK, {"day": day})
