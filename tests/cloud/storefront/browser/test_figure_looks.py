"""The forecast and the figures in a real browser: how they look, and what a visit is."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from playwright.async_api import BrowserContext, expect
from sqlalchemy import text

from cloud.analytics.counting import count_all
from cloud.inventory.forecast import nightly
from cloud.reorders.fleet import FleetReader
from tests.cloud.purchasing.conftest import SUPPLIER, SUPPLIERS
from tests.cloud.storefront.browser.test_looks import look_at
from tests.fakes.books import live
from tests.fakes.cloud_client import CloudClient
from tests.fakes.demand import rare, regular
from tests.fakes.ledger import live_through
from tests.fakes.lived_in import move_in
from tests.fakes.market import Market
from tests.fakes.window_shopper import sign_in, tab_to

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

_WEEKS = 110


def _days(series: list[float]) -> list[int]:
    """A delivery every quarter, a little short of what is asked for, and a seventh a day."""
    sold = [round(one / 7 + 0.35 * ((day % 3) - 1)) for one in series for day in range(7)]
    changes, there = [], 0
    for day, count in enumerate(sold):
        came = sum(sold[day : day + 91]) if day % 91 == 0 else 0
        taken = min(there, max(0, count)) if not came else 0
        there += came - taken
        changes.append(came - taken)
    return changes


async def _live(market: Market, admin: CloudClient) -> list[int]:
    """Two years of a dozen bottles, a home, some orders, and the night's work done."""
    await admin.post_json(SUPPLIERS, SUPPLIER)
    await move_in(market, await market.user_id("admin@example.org"))
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        ids = list(await session.scalars(text("SELECT id FROM variants ORDER BY id LIMIT 12")))
        for place, variant_id in enumerate(ids):
            kind = rare if place % 4 == 3 else regular
            changes = _days(kind(place, _WEEKS))
            await live_through(
                session, variant_id, changes, now.date(), first_order=10_000 * (place + 1)
            )
        await live(3, ids, 300, begins=now - timedelta(days=55), days=54).write(session)
        await session.execute(text("UPDATE variants SET cost_minor = 1150"))
        await nightly.forecast_some(session, FleetReader(), ids, now)
        for day in range(12):
            await session.execute(
                text(
                    "INSERT INTO daily_stock (day, currency, units, uncosted_units, cost_minor)"
                    " VALUES (:day, 'EUR', 900, 0, :worth)"
                ),
                {"day": now.date() - timedelta(days=12 - day), "worth": 1_000_000 - 40_000 * day},
            )
        await count_all(session, now)
    return ids


async def test_everybody_can_use_the_forecast_and_the_figures(
    market: Market,
    app: FastAPI,
    shop_url: str,
    browser_context: BrowserContext,
    admin: CloudClient,
) -> None:
    ids = await _live(market, admin)
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-forecasts": "/admin/forecast",
            "staff-forecast": f"/admin/forecast/{ids[0]}",
            "staff-forecast-rare": f"/admin/forecast/{ids[3]}",
            "staff-drafts": "/admin/forecast/drafts",
            "staff-figures": "/admin/figures",
            "staff-figures-year": "/admin/figures?from=2026-01-01&to=2026-11-23&currency=JPY",
        },
    )

    assert wrong == []
    await page.goto(f"{shop_url}/admin/forecast/drafts")
    await page.get_by_label("Who delivers").select_option(label="Grasse Oils")
    await tab_to(page, "form.card button")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("It is created.")).to_be_visible()
    await expect(page.get_by_text("Draft", exact=True).first).to_be_visible()

    await app.state.visits.write()
    before = await market.scalar("SELECT coalesce(sum(visits), 0) FROM daily_visits")
    await page.goto(shop_url)
    await page.locator("a[href^='/products']").first.click()
    await page.wait_for_load_state()
    await app.state.visits.write()
    visits = await market.scalar("SELECT coalesce(sum(visits), 0) FROM daily_visits")
    # Coming in counts once; the next page comes from our own.
    assert (before, visits) == (0, 1)
