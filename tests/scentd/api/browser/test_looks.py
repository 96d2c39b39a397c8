"""Every page of the hub in light and dark, wide and on a phone: readable, and kept as pictures."""

from pathlib import Path

import pytest

from tests.browser import axe_findings

pytestmark = pytest.mark.needs_browser

PICTURES = Path(__file__).resolve().parents[4] / ".artifacts" / "screenshots"
ADDRESSES = {
    "home": "/",
    "schedule": "/schedule",
    "schedule-form": "/schedules/evening",
    "week": "/week",
    "dates": "/schedules/evening/dates",
    "rules": "/rules",
    "rule-form": "/rules/fresh",
    "rule-new": "/rules/new",
    "scene-new": "/scenes/new",
    "presence": "/presence",
    "devices": "/devices",
    "device": "/devices/tasmota-b2",
    "cartridge": "/cartridges/native-c3/1",
    "safety": "/safety",
    "settings": "/settings",
    "health": "/status",
    "error": "/nothing-here",
}
WIDE, PHONE = {"width": 1280, "height": 1000}, {"width": 390, "height": 844}


async def take(page, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=str(PICTURES / f"hub-{name}.png"), full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_page_is_accessible_and_fits_a_phone(page, base, theme):
    await page.emulate_media(color_scheme=theme)
    for name, address in ADDRESSES.items():
        await page.set_viewport_size(WIDE)
        await page.goto(base + address)
        assert await axe_findings(page) == [], name
        await take(page, f"{name}-{theme}")

        await page.set_viewport_size(PHONE)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], name
        if name in {"presence", "safety", "device"}:
            await take(page, f"{name}-phone-{theme}")
    await page.goto(base)
    await take(page, f"home-phone-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_pages_before_signing_in_are_accessible(browser_context, rig, base, theme):
    await rig.house.access.set_pin("482915")
    page = await browser_context.new_page()
    await page.emulate_media(color_scheme=theme)
    link = f"/welcome/{await rig.house.access.new_link()}"
    for name, address in {"sign-in": "/sign-in", "welcome": link}.items():
        await page.goto(base + address)
        assert await axe_findings(page) == [], name
        await take(page, f"{name}-{theme}")


async def test_pairing_is_accessible(page, base, rig):
    rig.cloud.paired = rig.cloud.connected = False
    await page.goto(f"{base}/settings")
    await page.get_by_role("button", name="Start pairing").click()

    await page.get_by_text("BDFG-HJKM").wait_for()
    assert await axe_findings(page) == []
    await take(page, "pairing-light")


async def test_an_empty_home_is_accessible(page, base, rig):
    for diffuser in rig.devices.all():
        await rig.devices.remove(diffuser.id)
    for schedule in rig.house.schedules.all():
        await rig.house.schedules.delete(schedule.id)
    await page.goto(base)

    assert await axe_findings(page) == []
    await take(page, "home-empty-light")


async def test_the_home_page_is_light_under_its_own_strict_policy(
    browser_context, base, sign_in, rig
):
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

    await page.goto(base)
    await page.get_by_text("Hub live").wait_for()
    await page.wait_for_function("document.querySelector('.card').offsetWidth > 0")

    requests, weight = sizes.count(0), sum(sizes)
    PICTURES.mkdir(parents=True, exist_ok=True)
    (PICTURES.parent / "hub-page-weight.txt").write_text(f"{weight} bytes, {requests} requests\n")
    assert complaints == []
    assert 3 <= requests <= 8
    assert 5_000 < weight < 60_000
    await strict.close()
