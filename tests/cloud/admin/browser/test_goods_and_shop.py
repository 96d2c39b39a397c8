"""Goods ordered and taken in, by hand; and the pages of the shop's own affairs for everybody."""

import pytest
from playwright.async_api import BrowserContext, expect

from tests.cloud.storefront.browser.test_looks import look_at
from tests.fakes.cloud_client import CloudClient
from tests.fakes.full_office import fill_office
from tests.fakes.market import Market
from tests.fakes.window_shopper import sign_in

pytestmark = [
    pytest.mark.needs_postgres,
    pytest.mark.needs_browser,
    pytest.mark.timeout(600),
]


async def test_goods_are_ordered_taken_in_and_counted_and_every_place_is_for_everybody(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    admin: CloudClient,
    customer: CloudClient,
) -> None:
    await fill_office(market, admin, customer)
    before = await market.on_hand()
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))

    await page.goto(f"{shop_url}/admin/purchase-orders/1")
    for step in ("It is sent to the supplier", "The supplier confirmed it"):
        await page.get_by_role("button", name=step).click()
    await page.get_by_label("Number of the delivery note").fill("LS-1")
    await page.locator("[name^=count-]").fill("7")
    await page.get_by_role("button", name="Take it in").click()
    await expect(page.get_by_text("LS-1", exact=True)).to_be_visible()
    assert await market.on_hand() == before + 7

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-disputes": "/admin/disputes",
            "staff-tags": "/admin/tags",
            "staff-places": "/admin/places",
            "staff-purchases": "/admin/purchase-orders",
            "staff-purchase": "/admin/purchase-orders/1",
            "staff-suppliers": "/admin/suppliers",
            "staff-readers": "/admin/newsletter",
            "staff-issues": "/admin/newsletter/issues",
            "staff-issue": "/admin/newsletter/issues/1",
            "staff-settings": "/admin/settings/shop",
            "staff-webhooks": "/admin/webhooks",
            "staff-webhook-log": "/admin/webhooks/1/log",
        },
    )
    assert (wrong, said) == ([], [])
