"""The next seven days and what lets them rest: live, by keyboard alone, and readable."""

from dataclasses import replace
from datetime import date

import pytest

from scentd.model.schedule import DayException, Vacation, Weekday
from tests.browser import axe_findings
from tests.scentd.api.browser.test_looks import PHONE, WIDE, take

pytestmark = pytest.mark.needs_browser


async def test_a_turn_is_skipped_and_taken_back_by_keyboard_without_leaving_the_page(
    page, base, rig
):
    await page.goto(f"{base}/week")
    await page.get_by_text("Hub live").wait_for()
    skip = page.get_by_role("button", name="Skip this one: Bedroom, Sunday, 8 March")
    turn = page.get_by_role("listitem").filter(has=skip)
    await skip.focus()
    await page.keyboard.press("Enter")

    after_all = page.get_by_role("button", name="Run it after all: Bedroom, Sunday, 8 March")
    await after_all.wait_for()
    await page.locator(".turns .resting", has_text="rests: skipped").wait_for()
    await page.locator(".picture .rests").wait_for()
    skipped = DayException(date(2026, 3, 8), entry_id="a")
    assert rig.house.schedules.get("wind").exceptions == (skipped,)

    assert await after_all.evaluate("button => button === document.activeElement")
    await page.keyboard.press("Space")
    await turn.wait_for()
    assert rig.house.schedules.get("wind").exceptions == ()


async def test_a_vacation_is_added_by_keyboard_and_ended_on_an_open_home_page(page, base, rig):
    home = await page.context.new_page()
    await home.goto(base)
    await home.get_by_text("Hub live").wait_for()
    await page.goto(f"{base}/week")
    await page.get_by_label("First day").focus()
    await page.keyboard.type("03062026")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("03102026")
    await page.keyboard.press("Enter")
    await page.get_by_text("Vacation saved.").wait_for()
    assert rig.house.schedules.rest.vacations == (Vacation(date(2026, 3, 6), date(2026, 3, 10)),)

    line = home.locator("#away", has_text="On vacation until Tuesday, 10 March")
    await line.wait_for()
    await home.get_by_role("button", name="Go on now").focus()
    await home.keyboard.press("Enter")

    await line.wait_for(state="detached")
    await home.get_by_text("The schedules go on.").wait_for()
    assert rig.house.schedules.rest.vacations == ()


async def test_a_holiday_is_made_to_run_as_a_sunday_by_keyboard_alone(page, base, rig):
    await page.goto(f"{base}/schedules/guests/dates")
    await page.get_by_label("Date", exact=True).focus()
    await page.keyboard.type("12252026")
    await page.get_by_label("On this date").focus()
    await page.keyboard.press("End")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_text("Exception saved.").wait_for()
    christmas = DayException(date(2026, 12, 25), Weekday.SUNDAY)
    assert rig.house.schedules.get("guests").exceptions == (christmas,)

    await page.get_by_role("button", name="Remove Friday, 25 December").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Exception removed.").wait_for()
    assert rig.house.schedules.get("guests").exceptions == ()


async def test_a_resting_house_and_a_refused_form_are_accessible_and_fit_a_phone(page, base, rig):
    book = rig.house.schedules
    await book.skip("wind", "a", date(2026, 3, 7))
    await book.save(replace(book.get("guests"), exceptions=(DayException(date(2026, 3, 8)),)))
    await book.set_vacations([Vacation(date(2026, 3, 10), date(2026, 3, 11))])
    await book.pause(None)
    await page.goto(f"{base}/week")
    await page.locator("form[action='/week/vacations']").evaluate("form => form.noValidate = true")
    await page.get_by_role("button", name="Add vacation").click()
    await page.get_by_text("Choose a date.").wait_for()

    assert await page.evaluate("document.activeElement.id") == "first_day"
    for theme, size in (("light", WIDE), ("dark", PHONE)):
        await page.emulate_media(color_scheme=theme)
        await page.set_viewport_size(size)
        assert await axe_findings(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        await take(page, f"week-resting-{theme}")
