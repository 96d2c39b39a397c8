"""The home page under a finger, a keyboard and a restart."""

import asyncio
import time

import pytest

from scentd.model.commands import Origin
from scentd.model.diffuser import Availability, DiffuserState
from tests.fakes.waiting import eventually

pytestmark = pytest.mark.needs_browser

LIVING_ROOM = "#card-native-a1"


def switch(page, title="Living room"):
    return page.get_by_role("switch", name=title)


async def test_a_change_at_home_reaches_an_open_page_within_a_second(page, rig, within):
    await page.get_by_text("Hub live").wait_for()
    began = time.monotonic()

    rig.devices.report("native-a1", power=False)
    await page.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for(timeout=within(1) * 1000)
    await page.get_by_text("Living room: off", exact=True).wait_for(timeout=within(1) * 1000)

    assert time.monotonic() - began < within(1)


async def test_a_change_between_loading_and_listening_is_not_lost(page, rig, base):
    async def meanwhile(route):
        rig.devices.report("native-a1", power=False)
        await route.continue_()

    await page.route("**/events?*", meanwhile)
    await page.goto(base)

    await page.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for()


async def test_a_tap_switches_without_leaving_the_page(page, rig):
    await page.evaluate("window.stayed = true")

    await switch(page).click()
    await page.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for()

    wish = rig.devices.wishes[-1]
    assert (wish.diffuser_id, wish.power, wish.source.origin) == ("native-a1", False, Origin.MANUAL)
    assert await page.evaluate("window.stayed")


async def test_the_keyboard_switches_and_sets_and_keeps_its_place(page, rig):
    await switch(page).focus()
    await page.keyboard.press("Space")
    await page.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for()
    assert await page.evaluate("document.activeElement.getAttribute('role')") == "switch"

    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowRight")
    await eventually(lambda: rig.devices.wishes[-1].intensity_percent == 80)
    await page.locator(f"{LIVING_ROOM} input[type=range][value='4']").wait_for()
    assert await page.evaluate("document.activeElement.type") == "range"


async def test_a_slider_under_a_finger_is_not_moved_by_the_house(page, rig):
    slider = page.locator(f"{LIVING_ROOM} input[type=range]")
    box = await slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] / 2, middle)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)

    rig.devices.report("native-a1", intensity_percent=20, signal_dbm=-80)
    await page.get_by_text("-80 dBm").wait_for()
    held = await slider.input_value()
    await page.mouse.up()

    assert held == "5"
    await eventually(lambda: rig.devices.wishes and rig.devices.wishes[-1].intensity_percent == 100)


async def test_a_wish_that_cannot_be_done_is_said(page, rig):
    rig.devices.put("native-a1", DiffuserState(availability=Availability.OFFLINE))
    await page.get_by_text("Offline.").wait_for()

    await switch(page).click()

    await page.get_by_role("status").get_by_text("It is not there now").wait_for()


async def test_new_devices_and_lost_links_show_without_a_reload(page, rig):
    await rig.devices.remove("native-a1")
    rig.lose_broker("connection refused")

    await page.locator(LIVING_ROOM).wait_for(state="detached")
    await page.get_by_text("Broker lost", exact=True).wait_for()


async def test_the_page_says_that_the_hub_is_gone_and_comes_back_by_itself(
    browser_context, rig, serve, sign_in, within
):
    page = await browser_context.new_page()
    async with serve(rig) as base:
        await sign_in(page, base)
        await page.get_by_text("Hub live").wait_for()
    await page.get_by_text("Reconnecting…").wait_for()
    rig.devices.report("native-a1", power=False)
    began = time.monotonic()

    async with serve(rig, port=int(base.rpartition(":")[2])):
        await page.get_by_text("Hub live").wait_for(timeout=within(5) * 1000)
        await page.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for()
        assert time.monotonic() - began < within(5)


async def test_the_hub_stops_at_once_with_the_page_open(
    browser_context, rig, serve, sign_in, within
):
    page = await browser_context.new_page()
    async with serve(rig) as base:
        await sign_in(page, base)
        await page.get_by_text("Hub live").wait_for()
        began = time.monotonic()

    assert time.monotonic() - began < within(0.8)


async def test_colours_change_at_a_tap_and_stay(page, base):
    await page.get_by_role("button", name="Colours").click()
    await page.locator("html[data-theme=dark]").wait_for()

    await page.goto(f"{base}/rules")

    assert await page.locator("html").get_attribute("data-theme") == "dark"


async def test_everything_is_there_without_script(browser_context, rig, base, sign_in):
    plain = await browser_context.browser.new_context(java_script_enabled=False)
    page = await plain.new_page()
    await sign_in(page, base)
    assert await page.get_by_role("img", name="71 % left").is_visible()

    await page.locator(f"{LIVING_ROOM} button.switch").click()
    await page.get_by_text("Switching off.").wait_for()
    assert await page.locator(f"{LIVING_ROOM} [aria-checked=false]").count() == 1

    await page.locator(f"{LIVING_ROOM} input[type=range]").fill("5")
    await page.locator(f"{LIVING_ROOM}").get_by_role("button", name="Set").click()
    await page.get_by_text("Intensity set.").wait_for()
    assert rig.devices.wishes[-1].intensity_percent == 100
    await plain.close()


async def test_a_schedule_is_made_by_hand_and_shows_in_the_week(page, base):
    await page.goto(f"{base}/schedule/new")
    await page.get_by_label("Name").fill("Siesta")
    await page.get_by_label("Diffuser").select_option("Bedroom")
    await page.get_by_label("Switched on").check()
    await page.get_by_label("From").fill("13:00")
    await page.get_by_label("To", exact=True).fill("14:30")
    await page.get_by_label("Wed").check()
    await page.get_by_role("button", name="Save").click()

    await page.get_by_role("link", name="Siesta: Bedroom, Wednesday 13:00 to 14:30").wait_for()


async def test_many_pages_open_at_once_all_hear_the_news(page, rig, base, browser_context):
    pages = [await browser_context.new_page() for _ in range(3)]
    for one in pages:
        await one.goto(base)
        await one.get_by_text("Hub live").wait_for()

    rig.devices.report("native-a1", power=False)

    seen = [one.locator(f"{LIVING_ROOM} [aria-checked=false]").wait_for() for one in pages]
    await asyncio.gather(*seen)
