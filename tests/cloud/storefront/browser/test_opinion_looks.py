"""Reviews and the newsletter, for everybody to use, in light, dark and on a phone."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, ViewportSize
from sqlalchemy import text

from cloud.foundation.identity import Role
from tests.browser import axe_findings, cut_choices
from tests.cloud.conftest import SignInAs
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light-desk": ("light", {"width": 1280, "height": 900}),
    "dark-phone": ("dark", {"width": 390, "height": 844}),
}

_ISSUE = """
    WITH issue AS (
        INSERT INTO newsletter_issues (title, stage, send_at, begun_at, ended_at, version)
        VALUES ('Autumn', 'sent', now(), now(), now(), 1) RETURNING id)
    INSERT INTO newsletter_texts (issue_id, language, subject, body)
    SELECT id, 'en', 'Autumn is here', E'Smoke and cedar.\n\nSee https://example.org/autumn'
    FROM issue RETURNING issue_id
"""


async def test_a_review_is_written_read_by_staff_voted_on_and_the_newsletter_asked_for(
    browser_context: BrowserContext, shop_url: str, market: Market, sign_in_as: SignInAs
) -> None:
    page = await browser_context.new_page()
    found: list[str] = []
    PICTURES.mkdir(parents=True, exist_ok=True)

    async def look(name: str) -> None:
        for look_name, (theme, viewport) in LOOKS.items():
            await page.set_viewport_size(viewport)
            await page.emulate_media(color_scheme=theme)
            picture = PICTURES / f"opinion-{name}-{look_name}.png"
            await page.screenshot(path=picture, full_page=True)
            found.extend(f"{name} {look_name}: {one}" for one in await axe_findings(page))
            found.extend(f"{name} {look_name}: cuts {one}" for one in await cut_choices(page))
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{name} {look_name}: wider than its window")

    async def become(role: Role, email: str) -> None:
        client = await sign_in_as(role, email)
        await browser_context.clear_cookies()
        cookies = [{"name": n, "value": v, "url": shop_url} for n, v in client.cookies.items()]
        await browser_context.add_cookies(cookies)  # type: ignore[arg-type]

    scent = "/products/" + await market.scalar("SELECT slug FROM products ORDER BY id LIMIT 1")
    await become(Role.CUSTOMER, "writer@example.org")
    await page.goto(f"{shop_url}{scent}/review")
    page.set_default_timeout(30_000)
    await page.check("input[name=rating][value='4']")
    await page.fill("#title", "Like a forest")
    await page.fill("#body", "Calm, and it lasts.\n\nOnly the cap sticks.")
    await look("form")
    await page.click("text=Send >> nth=0")
    await page.wait_for_url("**/account/reviews**")
    await look("own")
    await become(Role.MANAGER, "boss@example.org")
    await page.goto(f"{shop_url}/admin/reviews?status=pending")
    await look("queue")
    await page.check("input[name=pick]")
    await page.click("text=Show what is ticked")
    await page.goto(f"{shop_url}/admin/reviews")
    await page.click("text=Like a forest")
    await page.fill("#reply", "Thank you. Warm water helps the cap.")
    await page.click("text=Save the answer")
    await look("one")
    await become(Role.CUSTOMER, "reader@example.org")
    await page.goto(f"{shop_url}{scent}")
    await page.click("button[name=vote][value=yes]")
    assert await page.get_attribute("button[name=vote] >> nth=0", "aria-pressed") == "true"
    await look("product")
    await page.goto(f"{shop_url}{scent}/reviews")
    await look("all")
    await page.goto(f"{shop_url}/products")
    await look("cards")
    await browser_context.clear_cookies()
    await page.goto(f"{shop_url}/newsletter")
    await page.fill("#email", "ada@example.org")
    await look("newsletter")
    await page.click("main button")
    await page.wait_for_url("**/newsletter?done=asked")
    async with market.database.unit_of_work() as session:
        row_id = await session.scalar(
            text(
                "UPDATE newsletter_subscribers SET stage = 'active', confirmed_at = now()"
                " RETURNING id"
            )
        )
    await page.goto(market.parts.newsletter.leave(row_id))
    await look("leave")
    await page.click("main button")
    assert "no more" in await page.inner_text("main")
    async with market.database.unit_of_work() as session:
        issue_id = await session.scalar(text(_ISSUE))
    await page.goto(f"{shop_url}/newsletter/issues/{issue_id}")
    await look("issue")
    await become(Role.MANAGER, "press@example.org")
    await page.goto(f"{shop_url}/admin/newsletter?q=ada")
    await page.click("text=ada@example.org")
    await look("consent")

    assert found == []
