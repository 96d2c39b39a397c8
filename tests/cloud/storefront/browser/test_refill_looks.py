"""The pages of refills: asked, announced, undone, delivered, bounded; for everybody to use."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, ViewportSize

from cloud.foundation.identity import Role
from tests.browser import axe_findings
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.refills import agree, home, runs_low, the_refill
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

__all__ = ["home"]
PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}


async def test_refills_can_be_tried_undone_and_answered_in_light_dark_and_on_a_phone(
    browser_context: BrowserContext,
    shop_url: str,
    market: Market,
    home,
    customer: CloudClient,
    sign_in_as: SignInAs,
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await runs_low(market, home)
    announced = await the_refill(customer)
    slot = f"/account/slots/{await home.slot_id()}"
    await sign_in(browser_context, customer, shop_url)
    page = await browser_context.new_page()
    found: list[str] = []

    async def look(name: str, path: str) -> None:
        await page.goto(shop_url + path)
        found.extend(await _findings(page, name))

    await look("undo", announced["undo_url"].removeprefix(shop_url))
    # One tap, by keyboard alone.
    await page.get_by_role("button", name="Cancel this refill").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=This refill is cancelled")
    await look("slot", slot)
    await page.click("text=Begin a test")
    await page.wait_for_url("**/account/reorders/*")
    await look("test", page.url.removeprefix(shop_url))
    (tried,) = [one for one in await _refills(customer) if one["is_test"]]
    await market.clock.advance(timedelta(minutes=3))
    await market.settle()
    (tried,) = [one for one in await _refills(customer) if one["is_test"]]
    for _ in range(2):
        await market.clock.advance(timedelta(minutes=2))
        await market.settle()
    await look("question", f"/account/reorders/{tried['id']}")
    await look("home", "/account")
    await look("order", f"/account/orders/{tried['order_number']}")
    await page.goto(f"{shop_url}/account/reorders/{tried['id']}")
    await page.click("text=Yes, it is in")
    await page.wait_for_selector("text=Refilled")
    await look("refills", "/account/refills")
    await page.fill("input[name=month_cap]", "45,50")
    await page.locator("form[action='/account/refills/bounds'] button").click()
    await page.wait_for_selector("text=€45.50")

    admin = await sign_in_as(Role.ADMIN, "ada@example.org")
    await sign_in(browser_context, admin, shop_url)
    await look("staff-order", f"/admin/orders/{tried['order_number']}")
    assert await page.get_by_text("Why it was ordered").count() == 1
    assert found == []


async def _refills(customer: CloudClient) -> list[dict]:
    return (await customer.get("/api/v1/me/reorders")).json()


async def _findings(page, name: str) -> list[str]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = []
    for theme in ("light", "dark"):
        for size, viewport in SIZES.items():
            await page.set_viewport_size(viewport)
            await page.emulate_media(color_scheme=theme)
            await page.screenshot(
                path=PICTURES / f"refill-{name}-{theme}-{size}.png", full_page=True
            )
            found += [f"{name} {theme} {size}: {one}" for one in await axe_findings(page)]
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            found += [f"{name} {size}: wider than its window"] if wide else []
    return found
