"""Buying with a real browser: by mouse, by keyboard alone, and without script."""

import pytest
from playwright.async_api import BrowserContext

from tests.browser import open_context
from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in, run_low
from tests.fakes.market import Market
from tests.fakes.shopping import buy, words_of
from tests.fakes.window_shopper import by_keys, pay, sign_in, tab_to, write_address

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


async def test_a_guest_buys_by_clicks_under_the_shops_own_content_policy(
    market: Market, shop_url: str
) -> None:
    async with open_context(bypass_csp=False) as context:
        page = await context.new_page()
        await page.goto(shop_url)
        await page.click("text=Cedar & Bergamot")
        await page.click(".sizes label:has-text('100 ml')")
        await page.click("text=Put in the cart")
        await page.click("text=To checkout")
        await write_address(page)
        await page.wait_for_selector("text=Order and pay €51.80")
        await page.check("[value=express]")
        await page.click("text=Order and pay €59.80")
        await page.wait_for_url("**/pages/pay/**")
        await pay(page)

        assert "Paid" in await page.inner_text("#order")
        assert await market.scalar("SELECT shipping_method FROM orders") == "express"


async def test_the_whole_way_to_the_payment_page_goes_by_keyboard_alone(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page = await browser_context.new_page()
    await page.goto(f"{shop_url}/products/cedar-bergamot")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await tab_to(page, ".sizes input")
    await page.keyboard.press("ArrowRight")
    await tab_to(page, ".buy button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/cart")
    await tab_to(page, "a[href='/checkout']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/checkout")
    await write_address(page, by_keys)
    await tab_to(page, "main button[type=submit]")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/pages/pay/**")

    assert "51.80" in await page.inner_text("h1")


async def test_buying_works_without_script(market: Market, shop_url: str) -> None:
    async with open_context(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(f"{shop_url}/products?q=cedar")
        await page.click("text=Cedar & Bergamot")
        await page.click("text=Put in the cart")
        await page.fill("input[name=quantity]", "2")
        await page.click("text=Change")
        await page.click("text=To checkout")
        await write_address(page)
        await page.fill("[name=city]", " ")
        await page.click("text=Order and pay")
        refused = await page.inner_text("main")
        await page.fill("[name=city]", "Berlin")
        await page.click("text=Order and pay €57.80")
        await pay(page)

        assert "“City” is missing" in refused
        assert "Paid" in await page.inner_text("#order")


async def test_a_low_cartridge_becomes_an_order_in_two_taps(
    market: Market, shop_url: str, browser_context: BrowserContext, customer: CloudClient
) -> None:
    user_id = await market.user_id()
    await market.give_address(user_id)
    await market.give_card(user_id)
    await run_low(await move_in(market, user_id))
    await sign_in(browser_context, customer, shop_url)
    page = await browser_context.new_page()

    await page.goto(f"{shop_url}/account")
    await page.click("text=Review and order")
    await page.click("text=Order now and pay €27.80")
    await page.wait_for_url("**/account/orders/**")
    await market.settle()
    await page.reload()

    assert "Paid" in await page.inner_text("#order")


async def test_staff_see_an_order_come_in_send_it_and_the_buyer_sees_it_leave(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    customer: CloudClient,
    staff: CloudClient,
) -> None:
    await sign_in(browser_context, staff, shop_url)
    desk = await browser_context.new_page()
    await desk.clock.install()
    await desk.goto(f"{shop_url}/admin/orders")
    empty = await desk.inner_text("#queue")
    number = await buy(market, customer)
    await desk.clock.fast_forward(6_000)
    await desk.click(f"text={number}")
    await desk.fill("[name=tracking]", "00340434")
    await desk.click("text=Mark as shipped")
    await desk.wait_for_selector("text=The parcel is recorded")

    shown = await customer.get(f"/account/orders/{number}")

    assert "Nothing in this queue" in empty
    assert "DHL 00340434" in words_of(shown)
