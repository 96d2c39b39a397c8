"""The pages of one's own account, in a real browser: by keyboard, to everybody, from Google."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.browser import axe_findings, open_context

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PAGES = ("/account/profile", "/account/security", "/account/privacy", "/welcome", "/sign-up")


@pytest.fixture
def settings(settings, provider):
    """The settings of a shop at its own port that the provider knows."""
    return settings.model_copy(
        update={"google_client_id": "the-shop", "google_issuer": provider.issuer}
    )


async def _look(page: Page, url: str) -> list[str]:
    wrong = []
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        await page.set_viewport_size({"width": 390, "height": 844})
        for path in PAGES:
            await page.goto(url + path)
            wrong += [f"{path}, {theme}: {finding}" for finding in await axe_findings(page)]
            width = await page.evaluate("document.documentElement.scrollWidth")
            wrong += [f"{path} is {width} wide"] if width > 390 else []
            if os.environ.get("SHOTS"):
                name = path.strip("/").replace("/", "-")
                await page.screenshot(
                    path=Path(os.environ["SHOTS"]) / f"{name}-{theme}.png", full_page=True
                )
    return wrong


async def test_somebody_comes_from_google_and_can_use_every_page(shop_url, provider):
    async with open_context() as context:
        page = await context.new_page()
        await page.goto(f"{shop_url}/sign-in?next=/account/security")
        await page.get_by_role("link", name="Continue with Google").click()

        await page.get_by_role("heading", name="Welcome to").wait_for()
        assert await _look(page, shop_url) == []
