"""The main story in real processes and a real browser: low oil becomes an order and comes home."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import watch
from tests.fakes.town import HOME, SHOP, Town, all_day, ids_by_name, until

pytestmark = [
    pytest.mark.needs_broker,
    pytest.mark.needs_postgres,
    pytest.mark.needs_browser,
    pytest.mark.timeout(240),
]

WEEKDAY = re.compile("arrives (Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")
SOON_MS = 30_000


async def test_low_oil_at_home_becomes_an_order_and_the_order_comes_home(
    town: Town, browser_context: BrowserContext
):
    town.start(*SHOP, *HOME)
    hub, customer = town.hub(), town.customer()
    diffusers = await until(lambda: len(found := ids_by_name(hub)) == 4 and found)
    customer.pair(hub.post("/api/v1/sync/pairing")["offer"]["user_code"])
    await until(lambda: hub.get("/api/v1/sync")["connected"])
    customer.save_card("robin@demo.example")
    await until(lambda: customer.get("/api/v1/me/cards"))
    page = await at_home(town, browser_context)
    await sign_in_at_shop(town, browser_context, "customer-link")

    town.end("shop", "worker")
    bathroom = diffusers["Bathroom"]
    hub.post("/api/v1/schedules", all_day(bathroom, percent=100))
    await until(lambda: reported(hub, bathroom)["intensity_percent"] == 100)
    full = cartridge(hub, bathroom)["remaining_ul"]
    await until(lambda: cartridge(hub, bathroom)["remaining_ul"] < full)
    await until(lambda: cartridge(hub, bathroom)["is_low"], within_s=60)
    assert hub.get("/api/v1/sync")["queued"] > 0
    await expect(page.get_by_text("Running low.")).to_be_visible(timeout=SOON_MS)
    pill = page.get_by_role("link", name=re.compile(r"Cloud offline · \d+ events queued"))
    await expect(pill).to_be_visible(timeout=SOON_MS)

    town.start("shop", "worker")
    await expect(page.get_by_text("Refill proposed")).to_be_visible(timeout=SOON_MS)
    (proposal,) = customer.get("/api/v1/me/reorders?only_proposals=true")
    shop_page = await follow(page, "Review and order")
    await shop_page.get_by_role("button", name="Order now and pay").click()
    await expect(shop_page.get_by_role("heading", name="Order SC-")).to_be_visible(timeout=SOON_MS)
    await expect(shop_page.get_by_text("Paid", exact=True).first).to_be_visible(timeout=SOON_MS)
    await until(lambda: charges(town) == [(proposal["total_minor"], "succeeded")])

    staff = await staff_browser(browser_context)
    staff_page = await sign_in_at_shop(town, staff, "staff-link")
    await staff_page.get_by_role("main").get_by_role("link", name="Orders", exact=True).click()
    await staff_page.get_by_role("table").get_by_role("link").first.click()
    await staff_page.get_by_role("button", name="Mark as shipped").click()
    await expect(staff_page.get_by_text("Shipped").first).to_be_visible(timeout=SOON_MS)

    await expect(page.get_by_text(WEEKDAY)).to_be_visible(timeout=SOON_MS)


async def at_home(town: Town, context: BrowserContext) -> Page:
    """Open the hub's page by a one-time link."""
    page = await context.new_page()
    await page.goto(town.welcome_link())
    await page.get_by_role("button", name="Sign this browser in").click()
    await expect(page.get_by_text("This week").first).to_be_visible(timeout=SOON_MS)
    return page


async def sign_in_at_shop(town: Town, context: BrowserContext, command: str) -> Page:
    """Open the shop by a one-time link."""
    page = await context.new_page()
    await page.goto(town.link(command))
    await page.get_by_role("main").get_by_role("button").click()
    await page.wait_for_url(lambda url: "/link/" not in url)
    return page


async def staff_browser(context: BrowserContext) -> BrowserContext:
    """Return another browser, held to the same hosts; a failure shows as a page that lacks it."""
    assert context.browser is not None
    other = await context.browser.new_context()
    watch(other, [])
    return other


async def follow(page: Page, link: str) -> Page:
    """Click a link, and return the page that it leads to, in whichever tab that is."""
    address = await page.get_by_role("link", name=link).get_attribute("href")
    assert address is not None
    led_to = await page.context.new_page()
    await led_to.goto(address)
    return led_to


def reported(hub, diffuser_id):
    return hub.get(f"/api/v1/diffusers/{diffuser_id}")["state"]["reported"]


def cartridge(hub, diffuser_id):
    return hub.get(f"/api/v1/cartridges/{diffuser_id}/1")


def charges(town):
    intents = town.payments().get("/v1/payment_intents")["data"]
    return [(intent["amount"], intent["status"]) for intent in intents]
