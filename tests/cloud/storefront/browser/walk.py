"""A browser lent to one person after the other, and what was wrong on the pages they passed."""

import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.cloud.storefront.browser.test_looks import DESK, look_at, look_over
from tests.fakes.cloud_client import CloudClient
from tests.fakes.window_shopper import sign_in


class Walk:
    """A browser that is lent to one person after the other, and what was wrong on their pages."""

    def __init__(self, context: BrowserContext, page: Page, shop_url: str) -> None:
        self.context = context
        self.page = page
        self.shop_url = shop_url
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("console", self._heard)

    async def become(self, person: CloudClient) -> None:
        """Sign in as somebody else."""
        await sign_in(self.context, person, self.shop_url)

    async def go(self, path: str) -> None:
        await self.page.goto(self.shop_url + path)

    async def look(self, **pages: str) -> None:
        """Take pictures of pages in light, dark and on a phone, and note what is wrong there."""
        named = {name.replace("_", "-"): path for name, path in pages.items()}
        self.wrong += await look_at(self.page, self.shop_url, named)

    async def see(self, name: str) -> None:
        """Take pictures of the page that is open, and note what is wrong with it."""
        self.wrong += await look_over(self.page, name)
        await self.page.set_viewport_size(DESK)

    async def press(self, name: str | re.Pattern[str]) -> None:
        """Press the button of a name."""
        await self.page.get_by_role("button", name=name).first.click()

    async def says(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page says something."""
        await expect(self.page.locator("main")).to_contain_text(words, use_inner_text=True)

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # The browser itself says so of a page that is answered with a refusal.
        if kind == "error" and "Failed to load resource" not in text:
            self.wrong.append(f"{self.page.url}: {text}")


@pytest.fixture
async def walk(browser_context: BrowserContext, shop_url: str) -> Walk:
    """A browser for whoever needs it."""
    return Walk(browser_context, await browser_context.new_page(), shop_url)
