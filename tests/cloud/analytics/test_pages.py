"""The page of figures, its tables to take away, and a real purchase in both."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from cloud.analytics.counting import count_all
from cloud.foundation.identity import Role
from cloud.foundation.locale import format_money
from cloud.foundation.money import Money
from tests.cloud.analytics.test_equal import _LEAVE, WHOLE, _read
from tests.fakes.market import fake_stripe, market, place, relay, settings
from tests.fakes.refills import confirm, home, runs_low, the_refill
from tests.fakes.shopping import words_of

__all__ = ["fake_stripe", "home", "market", "place", "relay", "settings"]
pytestmark = pytest.mark.needs_postgres

HOME = "/admin/figures"
DAY = datetime(2026, 4, 2, 12, tzinfo=UTC)
LEFT = [
    {"told": DAY, "mailed": DAY, "back": back, "bought": bought}
    for back, bought in ((None, None), (None, None), (DAY, None), (DAY, DAY))
]
RANGE = f"from={WHOLE.first}&to={WHOLE.last}"


async def _table(staff, sheet, query=RANGE):
    answer = await staff.get(f"{HOME}/{sheet}.csv?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_before_the_first_count_it_is_said(staff, sign_in_as):
    customer = await sign_in_as(Role.CUSTOMER, "someone@example.org")

    assert "Nothing is counted yet" in words_of(await staff.get(HOME))
    assert (await customer.get(HOME)).status_code in {403, 404}


async def test_the_page_and_the_tables_say_what_was_counted(staff, parts, clock, lived):
    await lived(11, 200)
    async with parts.database.unit_of_work() as session:
        await session.execute(_LEAVE, LEFT)
        await session.execute(text("UPDATE products SET name = '=1+1' WHERE id = 1"))
        await count_all(session, clock.now())
    told = await _read(parts, "EUR", "Europe/Berlin")
    page = words_of(await staff.get(f"{HOME}?{RANGE}"))
    yen = words_of(await staff.get(f"{HOME}?{RANGE}&currency=JPY"))
    days = await _table(staff, "sales")
    products = await _table(staff, "products")

    sums = told.total
    for amount in (sums.net_minor, sums.refunded_minor, sums.average_minor):
        assert format_money(Money(amount, "EUR")) in page
    assert "¥" in yen
    assert sum(int(one["orders"]) for one in days) == sums.orders
    cents = sum(round(float(one["revenue"]) * 100) for one in days)
    assert cents == sums.net_minor
    assert len(days) == WHOLE.days
    assert any(one["product"].startswith("'=1+1") for one in products)
    assert sum(int(one["bottles"]) for one in products) == sum(one.units for one in told.products)
    for sheet in ("cohorts", "stock", "refills", "subscriptions"):
        assert await _table(staff, sheet)
    (left,) = await _table(staff, "left-carts")
    assert left == {"mailed": "4", "came_back": "2", "ordered": "1"}
    assert "Of 4 carts that were written about, 1 became orders." in page
    assert "Came back 2 50" in page
    assert (await staff.get(f"{HOME}/secrets.csv")).status_code == 404


async def test_a_wrong_period_is_told_and_a_strange_currency_is_the_shops(staff, lived):
    await lived(1, 5)
    wrong = await staff.get(f"{HOME}?from=2026-05-01&to=2026-04-01")
    strange = await staff.get(f"{HOME}?currency=QQQ")

    assert (wrong.status_code, strange.status_code) == (422, 200)
    assert "These days cannot be looked at." in words_of(wrong)


async def test_a_refill_of_a_home_is_in_the_figures_from_low_to_delivered(
    staff, market, home, customer
):
    await market.give_card(await market.user_id())
    await runs_low(market, home)
    await confirm(customer, await the_refill(customer))
    await market.settle()
    async with market.database.unit_of_work() as session:
        await count_all(session, market.clock.now())
    total = await market.scalar("SELECT total_minor FROM orders")
    (refills,) = await _table(staff, "refills", "")
    days = await _table(staff, "sales", "")

    assert (refills["low"], refills["proposed"], refills["confirmed"]) == ("1", "1", "1")
    assert (refills["delivered"], refills["in_time"]) == ("0", "0")
    assert round(sum(float(one["revenue"]) for one in days) * 100) == total
    assert sum(int(one["bottles"]) for one in days) == 1
    await market.run(
        "INSERT INTO reorder_notes (reorder_id, stage, at)"
        " SELECT id, 'delivered', :at FROM reorders",
        at=market.clock.now() + timedelta(days=2),
    )
    (arrived,) = await _table(staff, "refills", "")
    assert (arrived["delivered"], arrived["in_time"]) == ("1", "1")
