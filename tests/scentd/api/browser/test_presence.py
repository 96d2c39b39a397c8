"""The presence page live, and by keyboard alone."""

import pytest

from scentd.model.presence import Whereabouts
from tests.browser import axe_findings

pytestmark = pytest.mark.needs_browser


async def test_who_comes_home_is_seen_on_an_open_page(page, base, rig):
    await page.goto(f"{base}/presence")
    await page.get_by_text("Hub live").wait_for()

    await rig.house.presence.hear_app("cleo", "phone", entered="home")

    await page.locator(".person", has_text="Cleo").get_by_text("home", exact=True).wait_for()


async def test_a_member_is_added_said_to_be_home_and_deleted_by_keyboard_alone(page, base, rig):
    await page.goto(f"{base}/presence")
    await page.get_by_label("New member").focus()
    await page.keyboard.type("Dora")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Dora").wait_for()

    said = page.get_by_role("button", name="Dora: Home")
    await said.focus()
    await page.keyboard.press("Space")
    await page.locator("[aria-pressed=true][aria-label='Dora: Home']").wait_for()
    dora = next(one for one in rig.house.roster.members() if one.name == "Dora")
    assert rig.house.presence.whereabouts(dora.id) is Whereabouts.HOME

    await page.locator("summary", has_text="Dora").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Delete Dora").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Member deleted.").wait_for()

    assert dora not in rig.house.roster.members()


async def test_an_empty_presence_page_and_a_refused_form_are_accessible(page, base, rig):
    for member in rig.house.roster.members():
        await rig.house.roster.delete_member(member.id)
    await page.goto(f"{base}/presence")
    assert await axe_findings(page) == []

    await page.get_by_label("Name of the new zone").fill("Gym")
    for box in await page.get_by_label("Latitude").all():
        await box.fill("95")
    for box in await page.get_by_label("Longitude").all():
        await box.fill("0")
    await page.get_by_role("button", name="Add zone").click()

    await page.get_by_role("alert").wait_for()
    assert await axe_findings(page) == []
