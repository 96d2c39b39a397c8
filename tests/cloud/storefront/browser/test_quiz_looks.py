"""The quiz for everybody: a guest without scripts, a member with them, and staff who write it."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize

from cloud.composition import Parts
from cloud.foundation.identity import Role
from cloud.recommendations.service.learning import learn
from cloud.recommendations.service.suggesting import suggest
from tests.browser import axe_findings, open_context
from tests.cloud.conftest import PASSWORD, SignInAs
from tests.fakes.market import Market

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
LOOKS: dict[str, tuple[Literal["light", "dark"], ViewportSize]] = {
    "light-desk": ("light", {"width": 1280, "height": 900}),
    "dark-phone": ("dark", {"width": 390, "height": 844}),
}
FIRST = "woods"


class Walk:
    """A page that is looked at in light and dark, large and small; `found` is what is wrong."""

    def __init__(self, page: Page, shop_url: str) -> None:
        self.page = page
        self.shop_url = shop_url
        self.found: list[str] = []
        PICTURES.mkdir(parents=True, exist_ok=True)

    async def to(self, path: str) -> None:
        await self.page.goto(self.shop_url + path)

    async def look(self, name: str) -> None:
        for look_name, (theme, viewport) in LOOKS.items():
            await self.page.set_viewport_size(viewport)
            await self.page.emulate_media(color_scheme=theme)
            await self.page.screenshot(path=PICTURES / f"{name}-{look_name}.png", full_page=True)
            self.found += [f"{name} {look_name}: {one}" for one in await axe_findings(self.page)]
            if await self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.found.append(f"{name} {look_name}: wider than its window")


async def answer_all(page: Page) -> None:
    await page.check(f"input[value={FIRST}]")
    await page.click("text=Next")
    await page.check("input[value=cosy]")
    await page.click("text=Next")
    await page.click("text=Skip this one")
    await page.check("input[name=value][value='3']")
    await page.click("text=Next")
    for _ in range(3):
        await page.click("text=Skip this one")
    await page.fill("#words", "cedar")
    await page.click("text=See my scents")


async def test_a_guest_without_scripts_answers_goes_back_and_buys(shop_url: str) -> None:
    async with open_context(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(f"{shop_url}/quiz")
        await page.click("text=Begin")
        await page.check("input[value=citrus]")
        await page.click("text=Next")
        await page.click("main >> text=Back")
        assert await page.is_checked("input[value=citrus]")
        await page.uncheck("input[value=citrus]")
        await answer_all(page)

        assert page.url == f"{shop_url}/quiz/result"
        assert "You like woods" in (await page.text_content("main") or "")
        await page.click("main .pick button >> nth=0")
        assert page.url == f"{shop_url}/cart"


async def test_the_quiz_its_result_and_its_editor_look_well_and_are_for_everybody(
    browser_context: BrowserContext,
    shop_url: str,
    market: Market,
    parts: Parts,
    sign_in_as: SignInAs,
) -> None:
    await sign_in_as(Role.ADMIN, "admin@example.org")
    async with parts.database.unit_of_work() as session:
        await learn(session, market.clock.now())
    walk = Walk(await browser_context.new_page(), shop_url)
    page = walk.page
    await walk.to("/quiz")
    await walk.look("quiz-start")
    await walk.to("/quiz/1")
    await page.focus(f"input[value={FIRST}]")
    await page.keyboard.press("Space")
    await walk.look("quiz-pictures")
    await walk.to("/quiz/4")
    await walk.look("quiz-scale")
    await walk.to("/quiz/8")
    await walk.look("quiz-words")
    await walk.to("/quiz/1")
    await answer_all(page)
    await page.click("text=Share this result")
    await walk.look("quiz-result")

    await walk.to("/sign-in?next=/quiz/result")
    await page.fill("input[name=email]", "admin@example.org")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url("**/quiz/result*")
    assert "You like woods" in (await page.text_content("main") or "")
    async with parts.database.unit_of_work() as session:
        await suggest(session, market.clock.now(), most=10)
    await walk.to("/account/suggestions")
    await page.click("text=Switch it on")
    await walk.look("suggestions")
    await walk.to("/products/cedar-bergamot")
    await walk.look("alike")

    await walk.to("/admin/quiz")
    await page.click("text=Begin a draft")
    await walk.look("quiz-edition")
    await page.click("main table a >> nth=0")
    await page.fill("#text", "Which of these do you like?")
    await walk.look("quiz-question")
    await page.click("main >> text=Save")
    await walk.to("/admin/quiz/2/preview/1")
    await walk.look("quiz-preview")
    await walk.to("/admin/quiz/2")
    await page.click("text=Publish this edition")
    await walk.to("/quiz")
    await page.click("text=See your result")
    await page.click("text=Answer again")
    assert "Which of these do you like?" in (await page.text_content("main") or "")
    assert await page.is_checked(f"input[value={FIRST}]")
    assert walk.found == []
