"""One walk through a subscription: a member makes, skips, swaps, pauses, cancels; staff help."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize

from cloud.foundation.identity import Role
from tests.browser import axe_findings
from tests.cloud.conftest import PASSWORD, SignInAs
from tests.fakes.club import Club, open_club
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light-desk": ("light", {"width": 1280, "height": 900}),
    "dark-phone": ("dark", {"width": 390, "height": 844}),
}


async def _look(page: Page, name: str, found: list[str]) -> None:
    for look_name, (theme, viewport) in LOOKS.items():
        await page.set_viewport_size(viewport)
        await page.emulate_media(color_scheme=theme)
        picture = PICTURES / f"subscription-{name}-{look_name}.png"
        await page.screenshot(path=picture, full_page=True)
        found.extend(f"{name} {look_name}: {one}" for one in await axe_findings(page))
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{name} {look_name}: wider than its window")
    await page.set_viewport_size(LOOKS["light-desk"][1])


async def _sign_in(page: Page, shop_url: str, email: str) -> None:
    await page.goto(f"{shop_url}/sign-in")
    await page.fill("#email", email)
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)


async def _subscribes(page: Page, shop_url: str, found: list[str]) -> str:
    """Subscribe from a product's page; return the address of the subscription."""
    await page.goto(f"{shop_url}/products/lavender-field")
    await _look(page, "product", found)
    await page.focus("#subscribe-often")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/account/subscriptions/new?**")
    await _look(page, "offer", found)
    await page.fill("#first_on", "2026-12-24")
    await page.click("main button.main")
    await page.wait_for_url(lambda url: url.rsplit("/", 1)[1].isdigit())
    await _look(page, "one", found)
    return page.url


async def _steers(page: Page, found: list[str]) -> None:
    await page.click("text=Skip the next parcel")
    await page.wait_for_selector("text=Left out")
    # Another bottle: its price is shown before anything changes.
    other = page.locator("#variant_id option").nth(3)
    await page.select_option("#variant_id", await other.get_attribute("value"))
    await page.click("form[action$='/change'][method=get] button")
    await page.wait_for_selector("text=Change it to this?")
    await _look(page, "swap", found)
    await page.click("text=/^Change it: /")
    await page.wait_for_selector("h1")
    await page.fill("#resume_on", "2027-03-01")
    await page.click("form[action$='/pause'] button")
    await page.wait_for_selector(".pill:has-text('Paused')")
    await page.goto(page.url.rsplit("/", 1)[0])
    await _look(page, "list", found)


async def _staff_help(page: Page, club: Club, shop_url: str, found: list[str]) -> None:
    await _sign_in(page, shop_url, "admin@example.org")
    await page.goto(f"{shop_url}/admin/subscriptions?state=unpaid")
    await _look(page, "staff-list", found)
    await page.click("tbody a")
    await page.wait_for_selector("text=The card was refused")
    await _look(page, "staff-one", found)
    await club.card_works()
    await page.click("text=Charge the card again")
    await page.wait_for_selector("text=It is saved.")
    await club.turn()
    await page.reload()
    await page.click("main form[action$='/pause'] button")
    await page.wait_for_selector(".pill:has-text('Paused')")


async def test_a_member_steers_a_subscription_and_staff_help(
    browser_context: BrowserContext, shop_url: str, market: Market, sign_in_as: SignInAs
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    customer = await sign_in_as(Role.CUSTOMER, "customer@example.org")
    await sign_in_as(Role.ADMIN, "admin@example.org")
    club = await open_club(market, customer, sku=None)
    page = await browser_context.new_page()

    await _sign_in(page, shop_url, "customer@example.org")
    subscription_url = await _subscribes(page, shop_url, found)
    await _steers(page, found)
    await page.goto(subscription_url)
    await page.click("text=Cancel the subscription")
    await page.wait_for_selector(".pill:has-text('Cancelled')")
    await club.cards_fail()
    await club.subscribe()
    await browser_context.clear_cookies()
    await _staff_help(page, club, shop_url, found)

    assert found == []
