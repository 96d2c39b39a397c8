"""The night's work over a real ledger."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from cloud.inventory.forecast.past import read_pasts
from cloud.inventory.service import StockLine, reserve
from tests.fakes.ledger import live_through
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

FORECASTS = "/api/v1/staff/forecasts"
TODAY = date(2026, 3, 2)


async def _of(staff, variant_id):
    return (await staff.get(f"{FORECASTS}/{variant_id}")).json()


async def test_two_a_day_are_seen_and_run_out_when_they_must(staff, dream, variant_id):
    missing = await staff.get(f"{FORECASTS}/{variant_id}")
    await dream(variant_id)
    told = await _of(staff, variant_id)

    assert (missing.status_code, missing.json()["code"]) == (404, "forecast_not_found")
    assert told["weekly_units"] == pytest.approx(14, abs=0.6)
    assert told["daily_mean"] == pytest.approx(2, abs=0.1)
    assert [week["sold"] for week in told["history"][1:]] == [14] * 25
    assert (told["free"], told["on_order"]) == (40, 0)
    assert told["depletes_on"] == str(TODAY + timedelta(days=19))
    assert told["is_due"]
    assert told["turnover"] == pytest.approx(362 * 365 / (182 * 221), rel=0.05)
    assert len(told["weeks"]) == 26
    assert (await staff.get(FORECASTS)).json()["forecasts"][0]["variant_id"] == variant_id


async def test_what_is_promised_is_not_there_and_what_is_ordered_comes(
    staff, parts, clock, dream, variant_id, purchase
):
    async with parts.database.unit_of_work() as session:
        hour = timedelta(hours=1)
        await reserve(session, "order:9", [StockLine(variant_id, 20)], hour, clock.now())
    await dream(variant_id)
    promised = await _of(staff, variant_id)
    draft = await purchase(expected_at="2026-03-06T12:00:00Z")
    await dream(variant_id)
    drafted = await _of(staff, variant_id)
    for version, state in enumerate(("PENDING", "CONFIRMED"), draft["version"]):
        await staff.post_json(
            f"/api/v1/staff/purchase-orders/{draft['id']}/moves", {"to": state, "version": version}
        )
    await dream(variant_id)
    sent = await _of(staff, variant_id)

    assert (promised["free"], promised["depletes_on"]) == (20, str(TODAY + timedelta(days=9)))
    # A draft counts as ordered, but nothing is on its way yet.
    assert (drafted["on_order"], drafted["depletes_on"]) == (20, promised["depletes_on"])
    assert (sent["on_order"], sent["depletes_on"]) == (20, str(TODAY + timedelta(days=19)))


async def test_days_without_bottles_and_what_was_given_back_are_known(parts, clock, is_long_run):
    async with parts.database.unit_of_work() as session:
        variant = await put_on_shelf(session, bottles=0)
        # Three come in and are sold by the second day; after a gap of four days, five more.
        changes = [3, -2, -1, 0, 0, 0, 5, -4, 0, 0, 0, 0, 0, 0]
        await live_through(session, variant.id, changes, TODAY)
        await session.execute(
            text(
                "INSERT INTO stock_movements (variant_id, delta, on_hand_after, kind, order_id,"
                " note, created_at) VALUES (:variant, 1, 2, 'RETURNED', 8, '', :at)"
            ),
            {"variant": variant.id, "at": clock.now() - timedelta(days=2)},
        )
        past = (await read_pasts(session, [variant.id], TODAY, "Europe/Berlin"))[variant.id]

    first = TODAY - timedelta(days=14)
    assert [(week.sold, week.open_days) for week in past.weeks()] == [(3, 4), (3, 7)]
    assert past.since == first
    assert past.sold[first + timedelta(days=7)] == 3
    assert sorted(past.open_days)[:4] == [first + timedelta(days=n) for n in (0, 1, 2, 6)]
    assert past.last_year() == (6, 3 + 1 + 5 + 1 * 5 + 2 * 2, 14)


async def test_a_day_begins_where_the_shop_is(parts):
    async with parts.database.unit_of_work() as session:
        variant = await put_on_shelf(session, bottles=0)
        await session.execute(
            text(
                "INSERT INTO stock_movements (variant_id, delta, on_hand_after, kind, note,"
                " created_at) VALUES (:variant, 5, 5, 'RECEIVED', '', '2026-02-01T23:30:00Z')"
            ),
            {"variant": variant.id},
        )
        here = await read_pasts(session, [variant.id], TODAY, "Europe/Berlin")
        there = await read_pasts(session, [variant.id], TODAY, "America/New_York")

    assert here[variant.id].since == date(2026, 2, 2)
    assert there[variant.id].since == date(2026, 2, 1)


async def test_the_nightly_job_forecasts_what_is_on_sale_and_forgets_the_rest(
    staff, parts, variant_id, do_jobs, clock
):
    clock.step(timedelta(days=1, minutes=1))
    await do_jobs()
    made = (await staff.get(FORECASTS)).json()["forecasts"]
    async with parts.database.unit_of_work() as session:
        await session.execute(text("UPDATE variants SET is_active = false"))
    clock.step(timedelta(days=1, minutes=1))
    await do_jobs()

    assert [one["variant_id"] for one in made] == [variant_id]
    assert (await staff.get(FORECASTS)).json()["forecasts"] == []


async def test_the_same_night_twice_is_the_same_night(staff, dream, variant_id):
    await dream(variant_id)
    once = await _of(staff, variant_id)
    await dream(variant_id)

    assert await _of(staff, variant_id) == once
