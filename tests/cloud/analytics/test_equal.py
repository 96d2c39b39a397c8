"""Every figure equals what the books say, counted again in Python from the rows themselves."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from cloud.analytics.counting import count_all, count_changes
from cloud.analytics.overview import Look, read_overview
from cloud.analytics.periods import Period
from cloud.analytics.reading import read_left_carts, read_subscribers
from cloud.analytics.totals import Totals
from cloud.refunds.models import RefundStage

pytestmark = pytest.mark.needs_postgres

_LEAVE = text("""
    INSERT INTO left_carts
        (lines, left_at, told_at, link_ends_at, mailed_at, returned_at, ordered_at)
    VALUES ('[]', :told, :told, CAST(:told AS timestamptz) + interval '14 days',
        :mailed, :back, :bought)
""")
_SUBSCRIBE = text(
    "INSERT INTO subscriptions (user_id, variant_id, quantity, frequency, status, time_zone,"
    " anchor_on, anchor_number, next_number, next_billing_on, next_billing_at, ships_after_days,"
    " address, unit_price_minor, total_minor, max_total_minor, currency, when_missing, made_by_key,"
    " text_version, agreed_at, ended_at)"
    " SELECT min(id), :variant, 1, 'MONTHLY', :status, 'UTC', '2026-01-01', 0, 1, '2026-02-01',"
    " '2026-02-01', 0, '{}', 100, 100, 200, 'EUR', 'ASK', :key, 'v1', :agreed_at, :ended_at"
    " FROM users"
)
_REMEMBER = text(
    "INSERT INTO subscription_history (subscription_id, status, what, actor_kind, at)"
    " SELECT id, status, :what, 'system', agreed_at FROM subscriptions WHERE made_by_key = :key"
)
WHOLE = Period(date(2026, 2, 1), date(2026, 5, 31))


def _day(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).date()


def _counts(refund, orders):
    is_done = refund["stage"] is RefundStage.SUCCEEDED and not refund["is_excess"]
    return is_done and not orders[refund["order_id"]]["is_test"]


def _totals(books, currency, zone):
    """The days' totals of one currency, from the rows."""
    orders = {one["id"]: one for one in books.orders}
    items = {one["id"]: one for one in books.items}
    days = defaultdict(Counter)
    for order in books.orders:
        if order["paid_at"] is None or order["is_test"] or order["currency"] != currency:
            continue
        here = days[_day(order["paid_at"], zone)]
        here["orders"] += 1
        here["sales_minor"] += order["total_minor"] - order["sold_cards_minor"]
        for name in ("shipping_minor", "discount_minor", "tax_minor"):
            here[name] += order[name]
        here["units"] += sum(
            one["quantity"]
            for one in books.items
            if one["order_id"] == order["id"] and one["variant_id"]
        )
    for refund in books.refunds:
        if refund["currency"] != currency or not _counts(refund, orders):
            continue
        here = days[_day(refund["settled_at"], zone)]
        cards = sum(
            line["amount_minor"]
            for line in books.lines
            if line["refund_id"] == refund["id"] and items[line["order_item_id"]]["is_gift_card"]
        )
        here["refunds"] += 1
        here["refunded_minor"] += refund["amount_minor"] - cards
    return {day: Totals(**sums) for day, sums in days.items()}


def _products(books, currency, zone, period):
    """By variant: bottles and amounts bought and given back in a period."""
    orders = {one["id"]: one for one in books.orders}
    refunds = {one["id"]: one for one in books.refunds}
    items = {one["id"]: one for one in books.items}
    found = defaultdict(lambda: [0, 0, 0, 0])
    for item in books.items:
        order = orders[item["order_id"]]
        if item["variant_id"] is None or order["paid_at"] is None or order["is_test"]:
            continue
        if order["currency"] == currency and _in(_day(order["paid_at"], zone), period):
            found[item["variant_id"]][0] += item["quantity"]
            found[item["variant_id"]][1] += item["subtotal_minor"] - item["discount_minor"]
    for line in books.lines:
        refund, item = refunds[line["refund_id"]], items[line["order_item_id"]]
        if item["variant_id"] is None or refund["currency"] != currency:
            continue
        if _counts(refund, orders) and _in(_day(refund["settled_at"], zone), period):
            found[item["variant_id"]][2] += line["quantity"]
            found[item["variant_id"]][3] += line["amount_minor"]
    return dict(found)


def _cohorts(books, zone):
    months = defaultdict(set)
    for order in books.orders:
        if order["paid_at"] is not None and not order["is_test"]:
            day = _day(order["paid_at"], zone)
            months[order["email"].lower()].add(day.year * 12 + day.month)
    found = Counter()
    for bought in months.values():
        found.update((min(bought), month - min(bought)) for month in bought)
    return found


def _in(day, period):
    return period.first <= day <= period.last


async def _read(parts, currency, zone, period=WHOLE):
    async with parts.database.reading() as connection:
        look = Look(period, currency, zone, period.last)
        return await read_overview(connection, look, "EUR")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland"])
async def test_the_figures_are_what_the_books_say(
    parts, clock, lived, move_shop, zone, is_long_run
):
    await move_shop(zone)
    books = await lived(zone, 1500 if is_long_run else 250)
    async with parts.database.unit_of_work() as session:
        await count_all(session, clock.now())

    for currency in ("EUR", "JPY"):
        told = await _read(parts, currency, zone)
        wanted = _totals(books, currency, zone)
        assert {one.day: one.totals for one in told.days if one.totals != Totals()} == wanted
        assert sum(one.refunded_minor for one in wanted.values()) > 0
        for period in (WHOLE, Period(date(2026, 3, 29), date(2026, 4, 3))):
            few = await _read(parts, currency, zone, period)
            products = {
                one.variant_id: [one.units, one.sales_minor, one.refunded_units, one.refunded_minor]
                for one in few.products
            }
            assert products == _products(books, currency, zone, period)
            earned = [one.net_minor for one in few.products]
            assert earned == sorted(earned, reverse=True)
        assert sum(told.traffic.orders) == sum(
            one.orders for money in ("EUR", "JPY") for one in _totals(books, money, zone).values()
        )
    cohorts = {
        (row.began.year * 12 + row.began.month, month): buyers
        for row in (await _read(parts, "EUR", zone)).cohorts
        for month, buyers in enumerate(row.buyers)
        if buyers
    }
    assert cohorts == dict(_cohorts(books, zone))


async def _rows(parts, table):
    async with parts.database.reading() as connection:
        rows = await connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3"))
        return [tuple(row) for row in rows]


async def test_counting_what_changed_gives_the_same_as_counting_everything(
    parts, clock, lived, variant_ids
):
    await lived(7, 120)
    async with parts.database.unit_of_work() as session:
        await count_changes(session, clock.now(), None)
        first = await session.scalar(text("SELECT now()"))
        # An order is paid late, a refund succeeds after all, and the bank turns others down days
        # after their money had left.
        await session.execute(
            text("UPDATE orders SET paid_at = '2026-03-15T23:30Z' WHERE paid_at IS NULL")
        )
        await session.execute(
            text(
                "UPDATE refunds SET stage = 'succeeded', settled_at = '2026-03-16T08:00Z'"
                " WHERE stage = 'pending'"
            )
        )
        turned_down = await session.scalars(
            text(
                "UPDATE refunds SET stage = 'failed', settled_at = settled_at + interval '9 days'"
                " WHERE id % 4 = 0 AND stage = 'succeeded' AND NOT is_excess RETURNING id"
            )
        )
        assert turned_down.all()
    async with parts.database.unit_of_work() as session:
        await count_changes(session, clock.now() + timedelta(minutes=5), first)
    changed = [await _rows(parts, table) for table in ("daily_sales", "daily_products")]
    async with parts.database.unit_of_work() as session:
        await count_all(session, clock.now())

    assert changed == [await _rows(parts, table) for table in ("daily_sales", "daily_products")]
    assert changed[0]


async def test_another_zone_counts_everything_anew(parts, clock, lived, move_shop):
    await move_shop("Europe/Berlin")
    books = await lived(3, 60)
    async with parts.database.unit_of_work() as session:
        await count_changes(session, clock.now(), None)
    await move_shop("Pacific/Auckland")
    async with parts.database.unit_of_work() as session:
        await count_changes(session, clock.now(), clock.now())

    told = await _read(parts, "EUR", "Pacific/Auckland")
    wanted = _totals(books, "EUR", "Pacific/Auckland")
    assert {one.day: one.totals for one in told.days if one.totals != Totals()} == wanted


async def test_subscriptions_that_ran_began_and_left_are_counted(parts, customer, variant_ids):
    rng = random.Random(9)
    begins, ends = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    rows, happened = [], []
    for number in range(120):
        agreed_at = begins + timedelta(days=rng.uniform(-60, 60))
        status = rng.choice(("ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "PENDING_PAYMENT"))
        is_over = status in ("CANCELLED", "EXPIRED")
        is_paid = rng.random() < 0.5
        was_refused = status in ("EXPIRED", "PENDING_PAYMENT") or rng.random() < 0.1
        happened += [(number, "paid")] * is_paid + [(number, "refused")] * was_refused
        ended_at = agreed_at + timedelta(days=rng.uniform(0, 60)) if is_over else None
        rows.append(
            {
                "key": f"click-{number}",
                "variant": variant_ids[0],
                "status": status,
                "agreed_at": agreed_at,
                "ended_at": ended_at,
            }
        )
    async with parts.database.unit_of_work() as session:
        await session.execute(_SUBSCRIBE, rows)
        steps = [{"key": f"click-{number}", "what": what} for number, what in happened]
        await session.execute(_REMEMBER, steps)
    async with parts.database.reading() as connection:
        told = await read_subscribers(connection, begins, ends)

    # Whoever is late with one parcel is a subscriber still; who never paid any never was one.
    paid = [
        one
        for number, one in enumerate(rows)
        if (number, "paid") in happened or (number, "refused") not in happened
    ]
    old = [one for one in paid if one["agreed_at"] < begins]
    running = [one for one in old if one["ended_at"] is None or one["ended_at"] >= begins]
    left = [one for one in running if one["ended_at"] and one["ended_at"] < ends]
    assert told.running == len(running)
    assert told.begun == sum(begins <= one["agreed_at"] < ends for one in paid)
    assert told.ended == sum(
        one["ended_at"] is not None and begins <= one["ended_at"] < ends for one in paid
    )
    assert told.left == len(left) > 0
    assert told.churn == len(left) / len(running)


async def test_the_stock_is_worth_what_it_cost(parts, clock, variant_ids):
    async with parts.database.unit_of_work() as session:
        await count_all(session, clock.now())
        await session.execute(text("UPDATE stock_levels SET on_hand = on_hand + 1"))
    told = await _read(parts, "EUR", "UTC")

    (kept,) = told.stock
    assert (kept.units, kept.uncosted_units, kept.cost_minor) == (15, 5, 10_000)
    now = told.stock_now
    assert (now.units, now.uncosted_units, now.cost_minor) == (20, 6, 14_000)


async def test_left_carts_are_counted_by_the_day_of_their_mail(parts):
    rng = random.Random(38)
    begins, ends = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    rows = []
    for _ in range(200):
        told_at = begins + timedelta(days=rng.uniform(-20, 50))
        mailed_at = told_at + timedelta(hours=rng.uniform(0, 2)) if rng.random() < 0.8 else None
        returned_at = told_at + timedelta(days=rng.uniform(0, 9)) if rng.random() < 0.5 else None
        is_bought = returned_at is not None and rng.random() < 0.5
        rows.append(
            {
                "told": told_at,
                "mailed": mailed_at,
                "back": returned_at,
                "bought": returned_at if is_bought else None,
            }
        )
    async with parts.database.unit_of_work() as session:
        await session.execute(_LEAVE, rows)
    async with parts.database.reading() as connection:
        told = await read_left_carts(connection, begins, ends)

    mailed = [one for one in rows if one["mailed"] and begins <= one["mailed"] < ends]
    assert told.mailed == len(mailed)
    assert told.returned == sum(one["back"] is not None for one in mailed)
    assert told.ordered == sum(one["bought"] is not None for one in mailed)
    assert told.mailed > told.returned > told.ordered > 0
