"""Choosing a bottle by its options in a real browser, under the shop's own content policy."""

import pytest
from playwright.async_api import expect

from tests.browser import open_context
from tests.cloud.storefront.test_kinds import product_id
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

__all__ = ["product_id"]


async def test_price_and_marks_follow_the_choice(
    market: Market, shop_url: str, product_id: int
) -> None:
    await market.run("UPDATE variants SET price_minor = 4400 WHERE sku = 'CEDBER-100'")
    async with open_context(bypass_csp=False) as context:
        page = await context.new_page()
        await page.goto(f"{shop_url}/products/cedar-bergamot?size=CEDBER-30")
        strong, buy = (
            page.get_by_label("strong"),
            page.get_by_role("button", name="Put in the cart"),
        )

        await strong.check()
        await expect(page.locator("[data-said]")).to_have_text("This combination is not sold.")
        await expect(buy).to_be_disabled()
        await page.get_by_label("50 ml").check()
        await expect(page.locator("[data-said]")).to_contain_text("€44.00")
        await expect(page.locator("label.gone")).to_contain_text("30 ml")
        await buy.click()

        await expect(page.get_by_text("€44.00").first).to_be_visible()
