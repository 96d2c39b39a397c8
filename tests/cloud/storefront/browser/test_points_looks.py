"""Points, rewards and tiers for everybody to use: a member's page, and the staff's three."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize

from cloud.foundation.identity import Role
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.service.earning import earn
from cloud.loyalty.service.ledger import Reason, open_account
from tests.browser import axe_findings
from tests.cloud.conftest import PASSWORD, SignInAs
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light-desk": ("light", {"width": 1280, "height": 900}),
    "dark-phone": ("dark", {"width": 390, "height": 844}),
}
Look = Callable[[str], Awaitable[None]]


def _looker(page: Page, found: list[str]) -> Look:
    """Return what takes pictures of a page in every look and notes what is wrong with it."""
    PICTURES.mkdir(parents=True, exist_ok=True)

    async def look(name: str) -> None:
        for look_name, (theme, viewport) in LOOKS.items():
            await page.set_viewport_size(viewport)
            await page.emulate_media(color_scheme=theme)
            await page.screenshot(path=PICTURES / f"points-{name}-{look_name}.png", full_page=True)
            found.extend(f"{name} {look_name}: {one}" for one in await axe_findings(page))
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name} {look_name}: wider than its window")
        await page.set_viewport_size({"width": 1280, "height": 900})

    return look


async def _sign_in(page: Page, shop_url: str, email: str, onward: str) -> None:
    await page.goto(f"{shop_url}/sign-in?next={onward}")
    await page.fill("[name=email]", email)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main form button[type=submit]")
    await page.wait_for_url(f"**{onward}")


async def _give_points(market: Market) -> None:
    """Give the customer points of two kinds."""
    user_id, now = await market.user_id(), market.clock.now()
    async with market.database.unit_of_work() as session:
        account = await open_account(session, user_id, now)
        for kind, points, key in (
            (EntryKind.EARN_SIGN_UP, 50, "sign-up"),
            (EntryKind.EARN_COMPLETE_QUIZ, 90, "quiz"),
        ):
            reason = Reason(kind, once_key=key, tier_points=points)
            await earn(session, account, reason, points, now)


async def test_a_member_sees_takes_and_invites_and_staff_keep_what_there_is(
    browser_context: BrowserContext,
    shop_url: str,
    market: Market,
    sign_in_as: SignInAs,
) -> None:
    found: list[str] = []
    await sign_in_as(Role.MANAGER, "manager@example.org")
    await sign_in_as(Role.CUSTOMER, "customer@example.org")
    page = await browser_context.new_page()
    look = _looker(page, found)
    await _sign_in(page, shop_url, "manager@example.org", "/admin/tiers")
    for name, points, picture, percent in (
        ("Silver", "100", "leaf", "125"),
        ("Gold", "500", "crown", "150"),
    ):
        await page.goto(f"{shop_url}/admin/tiers/new")
        await page.fill("#name", name)
        await page.fill("#min_points", points)
        await page.fill("#colour", "#8a8d91" if name == "Silver" else "#b8860b")
        await page.select_option("#icon", picture)
        await page.fill("#multiplier_percent", percent)
        await page.check("#free_delivery")
        await page.click("main form button[type=submit]")
        await page.wait_for_url("**?done=created")
    await look("tier")
    await page.goto(f"{shop_url}/admin/tiers")
    slug = str(await market.scalar("SELECT min(slug) FROM products"))
    for name, kind, cost, more in (
        ("A tenth off", "PERCENT", "80", {"percent": "10"}),
        ("Five for a friend", "VOUCHER", "120", {"amount_minor": "5"}),
        ("A bottle of cedar", "PRODUCT", "900", {"product": slug}),
    ):
        await page.goto(f"{shop_url}/admin/rewards/new")
        await page.fill("#name", name)
        await page.select_option("#kind", kind)
        await page.fill("#cost_points", cost)
        for field, value in more.items():
            await page.fill(f"#{field}", value)
        await page.click("main form button[type=submit]")
        await page.wait_for_url("**?done=created")
    await look("reward")
    await page.goto(f"{shop_url}/admin/rewards")
    await look("rewards")
    await _give_points(market)
    await page.goto(f"{shop_url}/admin/points")
    await page.click("text=customer@example.org")
    await page.fill("#points", "30")
    await page.fill("#reason", "A late parcel")
    await page.click("text=Correct it")
    await page.wait_for_url("**?done=saved")
    await look("member")

    await browser_context.clear_cookies()
    await _sign_in(page, shop_url, "customer@example.org", "/account/points")
    await look("mine")
    # By keyboard alone: the first reward that can be had, and its code.
    await page.focus("text=Take it for 80 points")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**#codes")
    await page.fill("#day", "31")
    await page.select_option("#month", "2")
    await page.click("section[aria-labelledby=birthday] button:has-text('Save')")
    await page.click("text=All tiers and what they give")
    assert "There is no such day." in await page.inner_text("[role=alert]")
    await page.click("text=Copy the link")
    await page.wait_for_function("document.querySelector('#copied').textContent !== ''")
    await look("taken")
    assert "90 points" in await page.inner_text("#balance")

    assert found == []
