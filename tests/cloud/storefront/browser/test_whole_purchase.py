"""A whole purchase with a real browser: a slip of the pen, the bank, and one bottle given back."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import axe_findings, open_context
from tests.cloud.carts.test_left import rest
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Market
from tests.fakes.window_shopper import sign_in, write_address

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

ASKING_CARD = "4000 0027 6000 3184"
SKU = "LAVFLD-100"


async def test_a_guest_finds_buys_and_approves_and_staff_give_one_bottle_back(
    market: Market,
    shop_url: str,
    mailbox: Mailbox,
    browser_context: BrowserContext,
    staff: CloudClient,
) -> None:
    async with open_context() as context, open_context() as elsewhere:
        page = await context.new_page()
        await page.goto(shop_url)
        await find(page)
        await put_in_the_cart(page)
        await leave_at_checkout(page)
        await rest(market)
        (reminder,) = mailbox.mails
        page = await elsewhere.new_page()
        await come_back(page, next(link for link in reminder.links if "/cart/left/" in link))
        await check_out_and_approve(page)
        await expect(page.locator("#order")).to_contain_text("Paid")
        await usable(page)
        await market.settle()
        (letter,) = [mail for mail in mailbox.mails if mail.recipient == "ada@example.org"][1:]
        number = await market.scalar("SELECT number FROM orders")
        assert number in letter.subject
        bottles = await market.on_hand(SKU)

        await sign_in(browser_context, staff, shop_url)
        desk = await browser_context.new_page()
        await desk.goto(f"{shop_url}/admin/orders")
        await give_one_back(desk, number)
        await market.settle()

        assert await market.on_hand(SKU) == bottles + 1
        await desk.reload()
        await expect(desk.locator("[aria-labelledby=refunds]")).to_contain_text("€41.90")
        door = next(link for link in letter.links if f"/orders/{number}" in link)
        await page.goto(door)
        await expect(page.locator("#order dl").first).to_contain_text(
            re.compile("Given back.*41.90")
        )
        await usable(page)


async def find(page: Page) -> None:
    """Come from the front page to a scent: misspelled, understood, narrowed."""
    await usable(page)
    await page.fill("#q", "bergmot")
    await page.press("#q", "Enter")
    await page.wait_for_url("**/products?q=bergmot")
    await expect(page.locator(".note").first).to_contain_text("bergamot")
    await usable(page)
    before = await page.locator(".shelf li").count()
    await page.select_option("#room", "bathroom")
    await page.wait_for_url("**room=bathroom**")
    assert 0 < await page.locator(".shelf li").count() < before
    await usable(page)
    await page.get_by_role("link", name="Lavender Field").first.click()
    await page.wait_for_url("**/products/lavender-field")
    await usable(page)


async def put_in_the_cart(page: Page) -> None:
    """Choose two bottles of another size than the one that is offered first."""
    await expect(page.get_by_role("radio", name="100 ml")).not_to_be_checked()
    await page.click(".sizes label:has-text('100 ml')")
    await page.select_option("#quantity", "2")
    await page.get_by_role("button", name="Put in the cart").click()
    await page.wait_for_url("**/cart")
    await expect(page.get_by_role("table")).to_contain_text("€83.80")
    await usable(page)


async def leave_at_checkout(page: Page) -> None:
    """Look at the checkout, agree to be reminded, and go."""
    await page.get_by_role("link", name="To checkout").click()
    await page.wait_for_url("**/checkout")
    box = page.get_by_label("Write to me once if I leave this unfinished")
    await expect(box).not_to_be_checked()
    await page.fill("[name=email]", "ada@example.org")
    await box.check()
    await expect(page.locator("#noted")).to_contain_text("Noted for ada@example.org")
    await usable(page)


async def come_back(page: Page, link: str) -> None:
    """Follow the link of the reminder in a browser that was never here."""
    await page.goto(link)
    await expect(page.locator("main")).to_contain_text("2 \N{MULTIPLICATION SIGN} Lavender Field")
    await usable(page)
    await page.get_by_role("button", name="Go on with this cart").click()
    await page.wait_for_url("**/cart?back=all")
    await expect(page.get_by_role("table")).to_contain_text("€83.80")
    await expect(page.get_by_role("status")).to_contain_text("here again")


async def check_out_and_approve(page: Page) -> None:
    """Order as a guest, pay with a card whose bank asks, and say yes to the bank."""
    await page.get_by_role("link", name="To checkout").click()
    await page.wait_for_url("**/checkout")
    await usable(page)
    await write_address(page)
    await page.get_by_role("button", name="Order and pay").click()
    await page.wait_for_url("**/pages/pay/**")
    await usable(page)
    await page.fill("[name=number]", ASKING_CARD)
    await page.click("button.pay")
    await page.wait_for_url("**/pages/approve/**")
    await usable(page)
    await page.get_by_role("button", name="Approve").click()
    await page.wait_for_url("**/orders/**")


async def give_one_back(desk: Page, number: str) -> None:
    """Open an order from the queue and give one of its bottles back, money and bottle."""
    await usable(desk)
    await desk.get_by_role("link", name=number).click()
    await desk.wait_for_url(f"**/admin/orders/{number}")
    await usable(desk)
    await desk.get_by_label("Refund of Lavender Field").fill("1")
    await desk.get_by_label("Back to stock of Lavender Field").fill("1")
    await desk.get_by_role("button", name="Refund", exact=True).click()
    await expect(desk.get_by_role("status")).to_contain_text("The money is on its way back.")
    await usable(desk)


async def usable(page: Page) -> None:
    """Everybody can use the page that is open."""
    assert await axe_findings(page) == [], page.url
