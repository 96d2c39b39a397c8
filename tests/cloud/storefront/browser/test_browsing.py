"""Finding a scent with a real browser: by slips, suggestions, filters and bottles."""

import pytest
from playwright.async_api import BrowserContext

from tests.browser import axe_findings, open_context
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


async def test_a_slip_of_the_pen_still_leads_to_the_bottle_in_the_cart(
    market: Market, shop_url: str
) -> None:
    async with open_context(bypass_csp=False) as context:
        page = await context.new_page()
        await page.goto(shop_url)
        await page.fill("#q", "lavnder")
        await page.press("#q", "Enter")
        await page.wait_for_url("**/products?q=lavnder")
        assert "lavender" in await page.inner_text(".note")
        await page.click("text=Lavender Field")
        await page.click(".sizes label:has-text('100 ml')")
        await page.click("text=Put in the cart")
        await page.wait_for_url("**/cart")

        assert "100 ml" in await page.inner_text("main")


async def test_suggestions_are_chosen_by_keys_alone(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page = await browser_context.new_page()
    await page.goto(shop_url)
    await page.type("#q", "lavend")
    await page.wait_for_selector(".suggestions [role=option]:has-text('Lavender Field')")
    assert await axe_findings(page) == []
    await page.keyboard.press("ArrowUp")
    assert await page.inner_text("[aria-selected=true]") == "Lavender Field"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/products/lavender-field")

    assert await page.inner_text("h1") == "Lavender Field"


async def test_escape_closes_the_suggestions_and_keeps_what_is_typed(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page = await browser_context.new_page()
    await page.goto(f"{shop_url}/products")
    await page.type("#q", "lav")
    await page.wait_for_selector(".suggestions [role=option]")
    await page.keyboard.press("Escape")

    assert await page.is_hidden(".suggestions")
    assert await page.input_value("#q") == "lav"
    assert await page.get_attribute("#q", "aria-expanded") == "false"


async def test_filters_apply_as_they_are_chosen_and_can_be_taken_away(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page = await browser_context.new_page()
    await page.goto(f"{shop_url}/categories/fresh")
    before = await page.locator(".shelf li").count()
    await page.select_option("#room", "bathroom")
    await page.wait_for_url("**/categories/fresh?**room=bathroom**")
    narrowed = await page.locator(".shelf li").count()
    await page.click(".chips.chosen a:has-text('Bathroom')")
    await page.wait_for_url("**/categories/fresh")

    assert 0 < narrowed < before == await page.locator(".shelf li").count()


async def test_without_script_everything_is_found_and_filtered_all_the_same(
    market: Market, shop_url: str
) -> None:
    async with open_context(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(shop_url)
        await page.fill("#q", "orange")
        await page.click("text=Find a scent")
        await page.click("text=More filters")
        await page.check("input[name=in_stock]")
        await page.select_option("#sort", "price")
        await page.click("text=Show")

        assert "in_stock=true" in page.url
        assert await page.is_checked("input[name=in_stock]")
        assert await page.locator(".shelf li").count() > 2
