"""A day at the staff's desk in a real browser: what waits, people, orders by hand, its looks."""

import re

import pytest
from playwright.async_api import BrowserContext, expect

from tests.cloud.storefront.browser.test_looks import look_at
from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in
from tests.fakes.market import Market
from tests.fakes.shopping import buy
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


async def test_a_day_begins_at_what_waits_and_ends_with_an_order_made_by_hand(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    customer: CloudClient,
    admin: CloudClient,
) -> None:
    user_id = await market.user_id()
    await market.give_address(user_id)
    await move_in(market, user_id)
    await buy(market, customer, bottles=3)
    await market.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
        " VALUES ('default', 'refunds.send', 'failed', 15)"
    )
    hub = await market.scalar("SELECT max(id) FROM hubs")
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()

    # What waits leads to the queue, the box in the head to the person behind an order.
    await page.goto(f"{shop_url}/admin")
    await page.get_by_role("link", name=re.compile("Orders to send")).click()
    await expect(page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    await page.get_by_role("searchbox", name="Search everything").fill("customer@")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name=re.compile("^Test")).first.click()
    await page.get_by_label("Tags, with commas between them").fill("VIP")
    await page.get_by_role("button", name="Save the tags").click()
    await page.get_by_label("A note that only staff read").fill("Likes cedar.")
    await page.get_by_role("button", name="Write it down").click()
    await expect(page.get_by_text("Likes cedar.", exact=True)).to_be_visible()

    # One bottle less before it leaves.
    await page.get_by_role("link", name=re.compile("^SC-")).first.click()
    await page.locator('[name^="out-"]').fill("1")
    await page.get_by_role("button", name="Take them out").click()
    await expect(page.get_by_text("1 taken out")).to_be_visible()

    # An order for somebody, priced, placed and paid by a transfer.
    await page.goto(f"{shop_url}/admin/orders/new?email=customer@example.org")
    await page.locator("#sku-0").fill("CEDBER-50")
    await page.get_by_role("button", name="Show the price").click()
    await page.get_by_role("button", name="Place the order and mail the way to pay").click()
    await page.get_by_label("What the bank's paper says").fill("Statement 12")
    await page.get_by_role("button", name="It was paid by bank transfer").click()
    await expect(page.get_by_text("Money received").first).to_be_visible()
    made = page.url.partition("?")[0].removeprefix(shop_url)

    # A view of a list is kept and comes back.
    await page.goto(f"{shop_url}/admin/customers?q=customer")
    await page.get_by_text("Keep this view", exact=True).click()
    await page.get_by_label("Keep this view as").fill("The ones")
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_role("link", name="The ones")).to_be_visible()

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-start": "/admin",
            "staff-search": "/admin/search?q=customer",
            "staff-customers": "/admin/customers?q=customer",
            "staff-customer": f"/admin/customers/{user_id}",
            "staff-hub": f"/admin/hubs/{hub}",
            "staff-jobs": "/admin/jobs",
            "staff-order-by-hand": made,
            "staff-new-order": "/admin/orders/new",
            "staff-tracking": "/admin/orders/tracking",
        },
    )
    assert wrong == []
