"""The staff's catalogue in a real browser: how it looks, and a product made from nothing."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect
from sqlalchemy import text

from tests.browser import open_context
from tests.cloud.storefront.browser.test_looks import look_at
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.pictures import a_picture
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


async def test_everybody_can_use_the_pages_of_the_catalogue(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    admin: CloudClient,
    do_jobs: Callable[[], Awaitable[None]],
) -> None:
    async with market.database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de"]'"""))
    token = (await admin.get("/api/v1/csrf")).json()["csrf_token"]
    header = {"x-csrf-token": token}
    sheet = b"product,name,price,sku\ncedar-bergamot,Cedar,29.90,CEDBER-50\nnobody,,1,X\n"
    await admin.post("/api/v1/staff/imports", content=sheet, headers=header)
    product = await market.scalar("SELECT id FROM products WHERE slug = 'cedar-bergamot'")
    images = f"/api/v1/staff/products/{product}/images?alt=Red+and+blue"
    await admin.post(images, content=a_picture(), headers=header)
    category = await market.scalar("SELECT id FROM categories WHERE slug = 'fresh'")
    shelf = f"/api/v1/staff/categories/{category}/image?alt=Red+and+blue"
    await admin.put(shelf, content=a_picture(size=(1500, 500)), headers=header)
    await do_jobs()
    option = """UPDATE variants SET options = '{"strength": "soft"}' WHERE product_id = :id"""
    await market.run(f"{option} AND capacity_ul < 100000", id=product)
    bottle = await market.scalar("SELECT min(id) FROM variants")
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-products": "/admin/products",
            "staff-product": f"/admin/products/{product}",
            "staff-bottle": f"/admin/products/variants/{bottle}",
            "staff-matrix": f"/admin/products/{product}/matrix",
            "staff-category": f"/admin/categories/{category}",
            "category-picture": "/categories/fresh",
            "product-picker": "/products/cedar-bergamot",
            "staff-texts": f"/admin/products/{product}/texts/de",
            "staff-categories": "/admin/categories",
            "staff-collections": "/admin/collections",
            "staff-imports": "/admin/imports",
            "staff-import": "/admin/imports/1",
        },
    )

    assert wrong == []


async def test_a_product_is_made_from_nothing_and_a_second_tab_loses_nothing(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    admin: CloudClient,
    tmp_path: Path,
) -> None:
    picture = tmp_path / "fig.jpg"
    picture.write_bytes(a_picture())
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()
    await page.goto(f"{shop_url}/admin/products")
    await page.get_by_role("link", name="New product").click()
    await page.get_by_label("Name", exact=True).fill("Green Fig")
    await page.get_by_label("Address", exact=True).fill("green-fig")
    await page.get_by_label("Family").select_option("fruity")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="Add a bottle").click()
    await page.get_by_label("SKU").fill("GREFIG-50")
    await page.get_by_label("Name of the size").fill("50 ml")
    await page.get_by_label("Oil in millilitres").fill("50")
    await page.get_by_label("Price", exact=True).fill("28.90")
    await page.get_by_label("Packed weight in grams").fill("290")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_label("New picture").set_input_files(picture)
    await page.get_by_label("What the picture shows").fill("A fig")
    await page.get_by_role("button", name="Send the picture").click()
    await page.get_by_role("button", name="Put on sale now").click()
    await expect(page.locator("#pictures img")).to_have_attribute("alt", "A fig")

    other = await browser_context.new_page()
    await other.goto(page.url)
    for tab, tagline in ((page, "Sweet."), (other, "Ripe.")):
        await tab.get_by_label("Tagline").fill(tagline)
        await tab.locator("form.stack > p button").click()
        await tab.wait_for_load_state()

    await expect(other.get_by_text("Somebody else changed this meanwhile.")).to_be_visible()
    await expect(other.get_by_label("Tagline")).to_have_value("Ripe.")
    await expect(other.locator("#tagline-theirs")).to_have_text("Now it says: Sweet.")
    await page.goto(f"{shop_url}/products/green-fig")
    await expect(page.get_by_role("heading", name="Green Fig")).to_be_visible()


async def test_pictures_are_dragged_into_order_and_the_search_entry_is_shown_as_it_is_written(
    market: Market, shop_url: str, admin: CloudClient
) -> None:
    product = await market.scalar("SELECT id FROM products WHERE slug = 'cedar-bergamot'")
    token = (await admin.get("/api/v1/csrf")).json()["csrf_token"]
    images = f"/api/v1/staff/products/{product}/images"
    await admin.post(f"{images}?alt=New", content=a_picture(), headers={"x-csrf-token": token})
    async with open_context(bypass_csp=False) as context:
        await sign_in(context, admin, shop_url)
        page = await context.new_page()
        await page.goto(f"{shop_url}/admin/products/{product}")
        pictures = page.locator(".gallery li")
        await pictures.nth(1).locator("img").drag_to(pictures.nth(0).locator("img"))
        await expect(page.locator("#order-said")).to_have_text("The order is saved.")
        await expect(page.get_by_role("button", name="Move up: New")).to_be_disabled()
        entry = page.locator(".search-preview")
        await page.get_by_label("Title for search engines").fill("Cedar " * 20)
        await expect(entry.locator(".found")).to_have_text(("Cedar " * 10)[:59] + "…")
        await page.get_by_label("Title for search engines").fill("")
        await expect(entry.locator(".found")).to_have_text("Cedar & Bergamot")

    shown = (await admin.get(images)).json()
    assert shown[0]["alt"] == "New"
