"""The pages of gift cards, for everybody to use, in light, dark and on a phone."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, ViewportSize

from tests.browser import axe_findings
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light-desk": ("light", {"width": 1280, "height": 900}),
    "dark-phone": ("dark", {"width": 390, "height": 844}),
}


async def test_a_gift_card_is_chosen_seen_and_bought_by_everybody(
    browser_context: BrowserContext, shop_url: str, market: Market
) -> None:
    page = await browser_context.new_page()
    found = []
    PICTURES.mkdir(parents=True, exist_ok=True)

    async def look(name: str) -> None:
        for look_name, (theme, viewport) in LOOKS.items():
            await page.set_viewport_size(viewport)
            await page.emulate_media(color_scheme=theme)
            picture = PICTURES / f"gift-{name}-{look_name}.png"
            await page.screenshot(path=picture, full_page=True)
            found.extend(f"{name} {look_name}: {one}" for one in await axe_findings(page))
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name} {look_name}: wider than its window")

    await page.goto(f"{shop_url}/gift-cards")
    await page.fill("#recipient_name", "Ana María")
    await page.fill("#recipient_email", "ana@example.org")
    await page.fill("#sender_name", "Ben")
    await page.fill("#message", "Happy birthday!\nMay it smell of summer.")
    await page.press("#message", "Tab")
    await page.wait_for_function("document.querySelector('#preview').textContent.includes('Ben')")
    await look("form")
    await page.click("main button.main")
    await look("cart")
    await page.click("text=To checkout")
    await look("checkout")
    await page.goto(f"{shop_url}/gift-cards/balance")
    await look("balance")

    assert found == []
