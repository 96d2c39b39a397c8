"""The checkout page while its new total is under way: what is held stays held, old news is none."""

import asyncio

import pytest
from playwright.async_api import BrowserContext, Page, Route

from tests.fakes.market import Market
from tests.fakes.window_shopper import by_keys, tab_to, write_address

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


class SlowPrices:
    """Holds back the answers to "what does it cost like this?", each until it is let through."""

    def __init__(self) -> None:
        self.asked: list[asyncio.Event] = []
        self._news = asyncio.Condition()

    async def watch(self, page: Page) -> None:
        """Stand between a page and its shop."""
        await page.route("**/checkout", self._hold)

    async def _hold(self, route: Route) -> None:
        if "act=price" not in (route.request.post_data or ""):
            await route.continue_()
            return
        answer = await route.fetch()
        turn = asyncio.Event()
        async with self._news:
            self.asked.append(turn)
            self._news.notify_all()
        await turn.wait()
        await route.fulfill(response=answer)

    async def wait_for(self, count: int) -> None:
        """Return once so many were asked."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: len(self.asked) >= count)


async def to_checkout(page: Page, shop_url: str) -> None:
    await page.goto(f"{shop_url}/products/cedar-bergamot")
    await page.click("text=Put in the cart")
    await page.click("text=To checkout")
    await page.wait_for_url("**/checkout")


@pytest.mark.usefixtures("market")
async def test_the_button_under_the_finger_stays_when_the_total_comes_late(
    shop_url: str, browser_context: BrowserContext
) -> None:
    page, prices = await browser_context.new_page(), SlowPrices()
    await to_checkout(page, shop_url)
    await prices.watch(page)
    await write_address(page, by_keys)
    await tab_to(page, "main button[type=submit]")
    await prices.wait_for(1)
    await page.evaluate("document.querySelector('#pay button').dataset.old = 'yes'")

    prices.asked[0].set()
    await page.wait_for_selector("#pay button:not([data-old])")
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/pages/pay/**")


async def test_an_older_answer_does_not_undo_a_newer_one(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page, prices = await browser_context.new_page(), SlowPrices()
    await to_checkout(page, shop_url)
    await prices.watch(page)
    await page.fill("[name=postcode]", "10115")
    await page.press("[name=postcode]", "Tab")
    await prices.wait_for(1)
    await page.check("[value=express]")
    await prices.wait_for(2)

    prices.asked[1].set()
    await page.wait_for_selector("#pay button:has-text('€40.80')")
    async with page.expect_response("**/checkout"):
        prices.asked[0].set()
    await page.wait_for_load_state("networkidle")

    assert await page.is_checked("[value=express]")
    assert "€40.80" in await page.inner_text("#pay button")
