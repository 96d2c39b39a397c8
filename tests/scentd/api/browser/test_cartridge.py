"""The page of a cartridge in a real browser, with everything it may ask, wide and on a phone."""

from dataclasses import replace

import pytest

from scentd.model.cartridge import Knowledge, SlotKey
from scentd.model.commands import Origin, Source
from tests.browser import axe_findings
from tests.scentd.api.browser.test_looks import PHONE, WIDE, take

pytestmark = pytest.mark.needs_browser

SLOT = SlotKey("native-a1")
KNOWN = Knowledge(1.12, 0.06, 2, None, is_feeding=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_cartridge_with_its_questions_and_table_is_accessible(page, base, rig, theme):
    rig.cartridges.known[SLOT] = replace(KNOWN, risen_ul=49_000, is_suspected=True)
    rig.house.refill_asks.ask(SLOT, Source(Origin.PLATFORM, "home_assistant"))
    await page.emulate_media(color_scheme=theme)

    for name, size in {"wide": WIDE, "phone": PHONE}.items():
        await page.set_viewport_size(size)
        await page.goto(f"{base}/cartridges/native-a1/1")
        await page.click("summary:has-text('table')")
        assert await axe_findings(page) == [], name
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], name
        await take(page, f"cartridge-{name}-{theme}")


async def test_a_refill_is_told_by_keyboard_alone(page, base, rig):
    await page.goto(f"{base}/cartridges/native-a1/1")
    await page.focus("#capacity_ml")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("30")
    await page.focus("#taken_out_ml")
    await page.keyboard.type("0")

    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=A new cartridge is fitted.")

    assert rig.cartridges.get(SLOT).capacity_ul == 30_000
    assert rig.cartridges.taken_out_ul == [0]
