"""An order that staff prepare, in a real browser: two tabs, a mail, a payment, and its looks."""

import re

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser import open_context
from tests.cloud.storefront.browser.test_looks import look_at, look_over
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


async def test_an_order_is_prepared_in_two_tabs_sent_and_paid_by_its_customer(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    staff: CloudClient,
    mailbox: Mailbox,
) -> None:
    await sign_in(browser_context, staff, shop_url)
    page = await browser_context.new_page()
    await page.goto(f"{shop_url}/admin/drafts/new")
    for label, words in (
        ("E-mail address", "grandma@example.org"),
        ("Bottles", "CEDBER-50 1"),
        ("Discount off the goods", "5.00"),
        ("Reason of the discount", "For the long wait"),
        ("Name", "Ada Example"),
        ("Street and number", "Lindenweg 7"),
        ("Postcode", "10115"),
        ("City", "Berlin"),
    ):
        await page.get_by_label(label).first.fill(words)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=re.compile("^Draft D-"))).to_be_visible()
    draft = page.url.partition("?")[0]

    # Two tabs change it; who comes second sees both and loses nothing.
    tab = await page.context.new_page()
    for each in (page, tab):
        await each.goto(f"{draft}/change")
    await tab.get_by_label("Note of the customer").fill("Ring twice.")
    await tab.get_by_role("button", name="Save").click()
    await tab.wait_for_url("**done=saved")
    await tab.close()
    await page.get_by_label("Bottles").fill("CEDBER-50 2")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Ring twice.")).to_be_visible()
    await expect(page.get_by_label("Bottles")).to_have_value("CEDBER-50 2")
    wrong = await look_over(page, "staff-draft-conflict")
    await page.get_by_label("Note of the customer").fill("Ring twice.")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**done=saved")

    await page.get_by_role("button", name="Send it to the customer").click()
    await expect(page.get_by_role("status")).to_contain_text("on its way")
    wrong += await look_over(page, "staff-draft")
    await market.settle()
    letter = next(mail for mail in mailbox.mails if "prepared an order" in mail.subject)
    door = next(link for link in letter.links if "/offers/" in link)
    async with open_context() as context:
        visitor = await context.new_page()
        await visitor.goto(door)
        wrong += await look_over(visitor, "offer")
        await visitor.get_by_role("button", name="Order and pay").click()
        await visitor.wait_for_url("**/pages/pay/**")
        await visitor.fill("[name=number]", "4242 4242 4242 4242")
        await visitor.click("button.pay")
        await visitor.wait_for_url("**/orders/**")
        await expect(visitor.locator("#order")).to_contain_text("Paid")
        await visitor.goto(door)
        await expect(visitor.get_by_text("You have ordered this.")).to_be_visible()
    await page.goto(draft)
    await expect(page.get_by_text("The customer ordered it.")).to_be_visible()
    wrong += await look_at(page, shop_url, {"staff-drafts": "/admin/drafts"})
    assert wrong == []
