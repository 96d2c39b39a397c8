"""The devices' pages in a real browser: what is found appears, is chosen by keyboard, is readable
in both themes, wide and on a phone.
"""

import pytest

from scentd.model.events import Reported
from scentd.model.readings import ButtonRead
from tests.browser import axe_findings
from tests.fakes.new_devices import (
    BOWL,
    PLUG,
    RICH,
    ROOMLESS,
    add_bowl,
    add_plug,
    add_rich,
    add_roomless,
)
from tests.fakes.waiting import eventually
from tests.scentd.api.browser.test_looks import PHONE, WIDE, take

pytestmark = pytest.mark.needs_browser


async def press_until(page, selector):
    """Walk by Tab until that element has the focus, as who has no pointer does."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_pages_are_accessible_and_fit_a_phone(page, base, rig, theme):
    for add in (add_plug, add_bowl, add_roomless, add_rich):
        add(rig)
    await page.emulate_media(color_scheme=theme)

    for size_name, size in {"wide": WIDE, "phone": PHONE}.items():
        await page.set_viewport_size(size)
        for name, address in {
            "list": "/devices",
            "plug": f"/devices/{PLUG}",
            "model": f"/devices/{BOWL}",
            "rich": f"/devices/{RICH}",
        }.items():
            await page.goto(base + address)
            for summary in await page.locator("details:not([open]):not([hidden]) > summary").all():
                await summary.click()
            assert await axe_findings(page) == [], name
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            await take(page, f"devices-{name}-{size_name}-{theme}")


async def test_an_empty_list_is_accessible_and_fills_by_itself(page, base, rig):
    for known in rig.devices.all():
        await rig.devices.remove(known.id)
    await page.goto(f"{base}/devices")
    await page.get_by_text("No diffuser yet").wait_for()
    assert await axe_findings(page) == []
    await take(page, "devices-empty-light")

    add_plug(rig)

    await page.get_by_role("heading", name="New in your home").wait_for()
    await page.get_by_role("button", name="Nebuliser that sprays bare oil").wait_for()
    assert not await page.get_by_text("No diffuser yet").is_visible()


async def test_a_finger_stays_on_the_same_device_when_others_come_and_go(page, base, rig):
    add_plug(rig, "shelly-p1", "First")
    add_plug(rig, "shelly-p2", "Second")
    add_roomless(rig)
    await page.goto(f"{base}/devices")
    mine = f"#asked-{ROOMLESS} [value='Hallway']"
    await page.focus(mine)

    add_plug(rig, "shelly-p3", "Third")
    await page.get_by_role("heading", name="Third").wait_for()
    assert await page.evaluate("(wanted) => document.activeElement.matches(wanted)", mine)

    await rig.devices.remove("shelly-p1")
    await page.get_by_role("heading", name="First").wait_for(state="detached")
    assert await page.evaluate(
        "(wanted) => document.activeElement.matches(`${wanted}, body`)", mine
    )
    headings = await page.locator(".newcomer h3").all_inner_texts()
    assert headings == ["Second", "Third", "Drift"]


async def test_what_is_typed_stays_when_another_device_comes(page, base, rig):
    add_roomless(rig)
    await page.goto(f"{base}/devices")
    await page.fill(f"#other-{ROOMLESS}", "Att")

    add_plug(rig)
    await page.get_by_role("heading", name="Plug S").wait_for()
    await page.keyboard.type("ic")
    await page.keyboard.press("Enter")

    await page.get_by_text("Saved.").wait_for()
    assert rig.devices.get(ROOMLESS).room == "Attic"


async def test_a_plug_is_settled_by_keyboard_alone_in_the_list(page, base, rig):
    add_plug(rig)
    await page.goto(f"{base}/devices")

    await press_until(page, "[value='nebuliser']")
    await page.keyboard.press("Enter")
    await page.get_by_text("In which room does it stand?").wait_for()
    await press_until(page, "[name='room'][value='Hallway']")
    await page.keyboard.press("Space")
    await page.get_by_text("Saved.").wait_for()

    settled = rig.devices.get(PLUG)
    assert (settled.profile, settled.room) == ("nebuliser", "Hallway")
    assert not await page.get_by_role("heading", name="New in your home").is_visible()


async def test_what_is_plugged_in_is_chosen_by_arrow_keys_on_its_page(page, base, rig):
    add_plug(rig)
    await page.goto(f"{base}/devices/{PLUG}")

    await press_until(page, "[type='radio']")
    await page.keyboard.press("Space")
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await press_until(page, "#profile button:not([formaction])")
    await page.keyboard.press("Enter")
    await page.get_by_text("Model saved.").wait_for()

    assert rig.devices.get(PLUG).profile == "nebuliser"


async def test_light_and_timer_are_set_by_keyboard_alone(page, base, rig):
    add_rich(rig)
    await page.goto(f"{base}/devices/{RICH}")

    await press_until(page, "form[action$='/timer'] button")
    await page.keyboard.press("Enter")
    await page.get_by_text("without its timer").wait_for()
    await press_until(page, "#percent")
    await page.keyboard.press("ArrowUp")
    await eventually(lambda: rig.devices.state(RICH).reported.light_percent == 61)
    await press_until(page, "#effect")
    await page.keyboard.press("ArrowDown")
    await press_until(page, "form:has(#effect) button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**said=light_set")

    told = rig.devices.state(RICH).reported
    assert (told.timer_s, told.light_percent, told.light_effect) == (0, 61, "rainbow")


async def test_a_devices_page_follows_the_device(page, base, rig):
    add_rich(rig)
    await page.goto(f"{base}/devices/{RICH}")
    await page.fill("#name", "Half a na")

    rig.devices.report(RICH, watts=3.2, power=False)
    await page.get_by_text("3.2 W now").wait_for()
    rig.house.bus.publish(Reported(rig.clock.now(), RICH, (ButtonRead("double"),), False))
    await page.get_by_text("double, 21:10").wait_for()

    assert await page.input_value("#name") == "Half a na"
    assert await page.get_by_role("switch", name="Kitchen: Off").is_visible()


async def test_the_list_is_light_under_its_own_strict_policy(browser_context, base, sign_in, rig):
    add_plug(rig)
    sizes, complaints = [], []
    strict = await browser_context.browser.new_context()  # the other one lets axe in
    page = await strict.new_page()
    page.on("console", lambda line: complaints.append(line.text))
    await sign_in(page, base)
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.responseReceived", lambda event: sizes.append(0))
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    await page.goto(f"{base}/devices")
    await page.get_by_text("Hub live").wait_for()
    await page.wait_for_function("document.querySelector('.picture use').getBBox().width > 0")

    assert complaints == []
    assert 4 <= sizes.count(0) <= 8
    assert 5_000 < sum(sizes) < 60_000
    await strict.close()
