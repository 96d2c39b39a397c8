"""Goods are brought in a file, shelves are counted, and the shop says what its settings say."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.cloud.storefront.browser.walk import Walk
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import SKU, Market

pytestmark = [
    pytest.mark.needs_postgres,
    pytest.mark.needs_browser,
    pytest.mark.timeout(300),
]

SHEET = (
    "product,name,family,published_at,sku,bottle_name,capacity_ul,weight_g,price\n"
    "green-fig,Green Fig,fruity,2026-01-01T00:00:00Z,GREFIG-50,50 ml,50000,290,28.90\n"
    "bad-fig,Bad Fig,meaty,,BADFIG-50,50 ml,50000,290,28.90\n"
    "cedber-50,Cedar & Bergamot,woody,2025-01-01T00:00:00Z,CEDBER-50,50 ml,50000,290,29.90\n"
)


async def test_a_file_brings_goods_a_count_puts_stock_right_and_settings_show_in_the_shop(
    market: Market, walk: Walk, admin: CloudClient, tmp_path: Path
) -> None:
    sheet = tmp_path / "figs.csv"
    sheet.write_text(SHEET, "utf-8")
    await walk.become(admin)

    await _bring(walk, market, sheet)
    prices = await market.rows("SELECT sku, price_minor FROM variants ORDER BY sku")
    assert [tuple(row) for row in prices] == [("CEDBER-50", 2990), ("GREFIG-50", 2890)]

    await _count(walk, market, admin)
    ledger = await market.rows("SELECT delta, kind, note FROM stock_movements ORDER BY id")
    assert [tuple(row) for row in ledger][1:] == [
        (-2, "CORRECTED", "broken"),
        (-1, "CORRECTED", "Yearly count"),
        (4, "CORRECTED", "Yearly count"),
    ]
    assert (await market.on_hand(), await market.on_hand("GREFIG-50")) == (7, 4)

    await _book_in_the_attic(walk)
    await _save_settings(walk)
    stored = await market.rows("SELECT name, support_email, primary_colour FROM site_settings")
    assert [tuple(row) for row in stored] == [("Duftladen", "hallo@duft.example", "#7a3a5a")]
    await _see_the_shop(walk)
    assert walk.wrong == []


async def _bring(walk: Walk, market: Market, sheet: Path) -> None:
    """Send a file, look at what it would do, and apply it; the page follows by itself."""
    page = walk.page
    await walk.go("/admin/imports")
    await page.get_by_label("CSV file").set_input_files(sheet)
    await walk.press("Look through it")
    await walk.says("Looking through the file")
    await market.do_jobs()
    await walk.says("What this file would do")
    await walk.says("green-fig is new, with one bottle.")
    await walk.says("family: This is none of the words that can stand here.")
    await walk.says("price: “28.90” becomes “29.90”.")
    await walk.see("walk-import")
    assert await market.scalar("SELECT count(*) FROM products") == 1
    await walk.press("Apply it")
    await market.do_jobs()
    await walk.says("What this file did")


async def _count(walk: Walk, market: Market, colleague: CloudClient) -> None:
    """Count the main place by the keyboard, while a colleague takes two broken bottles out."""
    page = walk.page
    await walk.go("/admin/places")
    await page.get_by_role("link", name=re.compile("^Count.*Main")).click()
    await page.get_by_label("Found of Cedar & Bergamot 50 ml").focus()
    await page.keyboard.type("7")
    await page.get_by_label("Found of Green Fig 50 ml").fill("4")
    cedar = await market.scalar("SELECT id FROM variants WHERE sku = :sku", sku=SKU)
    broken = {"delta": -2, "note": "broken"}
    await colleague.post_json(f"/api/v1/staff/stock/{cedar}/corrections", broken)
    await page.get_by_label("Reason").fill("Yearly count")
    await page.keyboard.press("Enter")
    await walk.says("nothing is booked yet")
    await expect(page.locator(".pill.warn")).to_have_text("8")
    await expect(page.get_by_label("Found of Green Fig 50 ml")).to_have_value("4")
    await walk.see("walk-count")
    await walk.press("Book what was found")
    await walk.says("2 differences are booked.")


async def _book_in_the_attic(walk: Walk) -> None:
    """Make a place, and take away what is not there: what was typed stays, in its own form."""
    page = walk.page
    await walk.go("/admin/places/new")
    await page.get_by_label("Code").fill("attic")
    await page.get_by_label("Name").fill("Attic")
    await walk.press("Save")
    await walk.go("/admin/stock?q=cedar")
    await page.get_by_role("link", name="Cedar & Bergamot").click()
    card = page.locator("form.card", has_text="Counting found")
    await card.get_by_label("Place").select_option("Attic")
    await card.get_by_label("Bottles more").fill("-3")
    await card.get_by_label("Reason").fill("Broken")
    await card.get_by_role("button").click()
    await walk.says("There are not that many bottles to take away.")
    await expect(card.get_by_label("Place").locator("option:checked")).to_have_text("Attic")
    came_in = page.locator("form.card", has_text="Bottles came in")
    await expect(came_in.get_by_label("Reason")).to_have_value("")


async def _save_settings(walk: Walk) -> None:
    page = walk.page
    await walk.go("/admin/settings")
    await page.get_by_label("E-mail for customers").fill("hallo@duft.example")
    await page.get_by_label("Name of the shop").fill("Duftladen")
    await page.keyboard.press("Enter")
    await walk.says("It is saved.")
    sections = page.get_by_role("navigation", name="Sections")
    await sections.get_by_role("link", name="Look").click()
    await page.get_by_label("Main colour").fill("#7a3a5a")
    await page.locator("form.paper").get_by_role("button", name="Save").click()
    await walk.says("It is saved.")


async def _see_the_shop(walk: Walk) -> None:
    """Visit the shop: its name, its colour, its address for mails, and the goods of the file."""
    page = walk.page
    await walk.go("/")
    await expect(page).to_have_title(re.compile("Duftladen"))
    await expect(page.get_by_role("link", name="Duftladen")).to_be_visible()
    await expect(page.locator(".hero button")).to_have_css("background-color", "rgb(122, 58, 90)")
    await page.get_by_role("link", name="Green Fig").first.click()
    await expect(page.get_by_role("heading", name="Green Fig")).to_be_visible()
    await page.get_by_role("link", name="Contact and imprint").click()
    await walk.says("hallo@duft.example")
