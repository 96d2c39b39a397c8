"""Codes on the cart's page and at checkout, and what staff see of them, for everybody to use."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, ViewportSize

from cloud.foundation.identity import Role
from tests.browser import axe_findings
from tests.cloud.conftest import SignInAs
from tests.fakes.market import Market
from tests.fakes.promotions import give_card, promote
from tests.fakes.shopping import put_in_cart
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}


async def test_codes_can_be_used_by_everybody_in_light_dark_and_on_a_phone(
    browser_context: BrowserContext, shop_url: str, market: Market, sign_in_as: SignInAs
) -> None:
    async with market.database.unit_of_work() as session:
        promotion = await promote(session, "SPRING", name="Spring sale")
        await promote(session, "BIGONE", name="Big one", from_minor=90_000)
        issued = await give_card(session, 2000, market.clock.now())
    admin = await sign_in_as(Role.ADMIN, "ada@example.org")
    await put_in_cart(market, admin, bottles=2)
    page = await browser_context.new_page()
    await sign_in(browser_context, admin, shop_url)
    for code in ("spring", "bigone", issued.code):
        await page.goto(f"{shop_url}/cart")
        await page.fill("#code", code)
        await page.click("text=Use code")
    found = []
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path in (
        "/cart",
        "/checkout",
        f"/admin/promotions/{promotion.id}?bottles=CEDBER-50x2",
        f"/admin/gift-cards/{issued.card.id}",
    ):
        await page.goto(shop_url + path)
        for theme in ("light", "dark"):
            for size, viewport in SIZES.items():
                await page.set_viewport_size(viewport)
                await page.emulate_media(color_scheme=theme)
                name = path.split("?")[0].strip("/").replace("/", "-")
                picture = PICTURES / f"codes-{name}-{theme}-{size}.png"
                await page.screenshot(path=picture, full_page=True)
                found += [f"{name} {theme} {size}: {one}" for one in await axe_findings(page)]
                wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
                found += [f"{name} {size}: wider than its window"] if wide else []

    assert found == []
