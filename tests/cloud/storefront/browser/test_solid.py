"""The 3D view in a real browser, under the shop's own content policy, from the shop's own host."""

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser import axe_findings, open_context
from tests.cloud.storefront.browser.test_looks import DESK, PHONE, PICTURES
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.solids import a_glb

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

GiveModel = Callable[[bytes], Awaitable[None]]


@pytest.fixture
def give_model(market: Market, staff: CloudClient) -> GiveModel:
    """Give a scent its 3D model, as staff do."""

    async def run(glb: bytes) -> None:
        found = await market.scalar("SELECT id FROM products WHERE slug = 'cedar-bergamot'")
        token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]
        answer = await staff.post(
            f"/admin/products/{found}/models",
            data={"csrf_token": token, "placement": "table"},
            files={"model_glb": ("bottle.glb", glb, "model/gltf-binary")},
        )
        assert answer.status_code == 303, answer.text

    return run


async def test_the_model_comes_when_asked_for_and_turns_by_keys_and_buttons(
    shop_url: str, give_model: GiveModel
) -> None:
    await give_model(a_glb())
    asked: list[str] = []
    complaints: list[str] = []
    async with open_context(bypass_csp=False, viewport=DESK) as context:
        page = await context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{shop_url}/products/cedar-bergamot")
        before = [url for url in asked if ".glb" in url or "solid-" in url]
        await page.get_by_role("button", name="View in 3D").click()
        canvas = page.locator(".solid canvas")
        await expect(page.locator(".solid[data-solid-is=there]")).to_be_visible()
        first = await colours(page)
        await expect(canvas).to_be_focused()
        for _ in range(6):
            await page.keyboard.press("ArrowRight")
        turned = await colours(page)
        await page.get_by_role("button", name="As at first").click()
        again = await colours(page)
        await page.screenshot(path=PICTURES / "shop-solid-light.png", full_page=True)
        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(canvas).to_have_count(0)
        await page.get_by_role("button", name="View in 3D").click()
        await expect(page.locator(".solid[data-solid-is=there]")).to_be_visible()

    assert before == []
    assert complaints == []
    assert all(url.startswith(shop_url) for url in asked)
    assert first["red"] > 100
    assert first["blue"] > 100
    assert turned != first
    assert again == first


async def test_without_scripts_or_drawing_the_file_is_offered_and_no_dead_button(
    shop_url: str, give_model: GiveModel
) -> None:
    await give_model(a_glb())
    address = f"{shop_url}/products/cedar-bergamot"
    async with open_context(java_script_enabled=False) as context:
        page = await context.new_page()
        await page.goto(address)
        await expect(page.get_by_role("link", name="Download the model (.glb)")).to_be_visible()
        await expect(page.get_by_role("button", name="View in 3D")).to_be_hidden()
    async with open_context(bypass_csp=False) as context:
        page = await context.new_page()
        await page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        await page.goto(address)
        await page.get_by_role("button", name="View in 3D").click()

        await expect(page.get_by_role("alert")).to_contain_text("This browser cannot draw")
        link = page.get_by_role("link", name="Download the model (.glb)")
        await expect(link).to_have_attribute("download", "")


@pytest.mark.long
async def test_everybody_can_use_the_open_view(shop_url: str, give_model: GiveModel) -> None:
    await give_model(a_glb())
    async with open_context(viewport=PHONE, color_scheme="dark") as context:
        page = await context.new_page()
        await page.goto(f"{shop_url}/products/cedar-bergamot")
        await page.get_by_role("button", name="View in 3D").click()
        await expect(page.locator(".solid[data-solid-is=there]")).to_be_visible()
        wrong = await axe_findings(page)
        await page.screenshot(path=PICTURES / "shop-solid-phone.png", full_page=True)

    assert wrong == []


async def colours(page: Page) -> dict[str, int]:
    """Count what is clearly red and clearly blue of the canvas as it is painted."""
    await page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    shot = await page.locator(".solid canvas").screenshot()
    with Image.open(io.BytesIO(shot)) as opened:
        pixels = list(opened.convert("RGB").resize((100, 125)).get_flattened_data())
    return {
        "red": sum(r > 120 and r > 2 * b for r, _g, b in pixels),
        "blue": sum(b > 120 and b > 2 * r for r, _g, b in pixels),
    }
