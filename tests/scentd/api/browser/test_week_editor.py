"""A schedule's week drawn by mouse, finger and keyboard, and the form that is its equal."""

import random
from dataclasses import replace
from datetime import time

import pytest
import pytest_asyncio

from scentd.api.page.weekeditor import draw
from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from tests import components
from tests.browser import axe_findings, open_context
from tests.fakes.clock import ManualClock
from tests.fakes.furniture import a_window, furnish
from tests.fakes.house import open_rig
from tests.fakes.parts import FRIDAY_EVENING
from tests.scentd.api.browser.conftest import serving
from tests.scentd.api.browser.test_looks import PHONE, WIDE, take

pytestmark = [pytest.mark.needs_browser, pytest.mark.asyncio(loop_scope="module")]

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
WINDOWS = (
    a_window("early", "06:30", "08:00", [MON, TUE, WED, THU, FRI], 20),
    replace(a_window("late", "22:00", "02:00", [FRI, SUN], 80), sku="CEDBER-50"),
    a_window("noon", "12:00", "13:30", [TUE], 60),
    a_window("kept", "16:00", "19:00", [SAT]),
)
PLACES = (
    "(all) => all.map((one) => ['x', 'y', 'width', 'height'].map((name) =>"
    " parseFloat(one.getAttribute(name)))).sort().join(' ')"
)


class Week:
    """The drawing on an open page, spoken of in days and hours."""

    def __init__(self, page, base):
        self.page, self.base = page, base

    async def open(self, address="/schedules/mix"):
        await self.page.goto(self.base + address)
        await self.page.locator("#sheet.editable").wait_for()
        await self.scroll()
        return self

    async def scroll(self):
        await self.page.locator(".board .names").evaluate("(names) => names.scrollIntoView()")

    async def spot(self, day, hour):
        paper = await self.page.locator("#sheet").bounding_box()
        return paper["x"] + paper["width"] * (day + 0.5) / 7, paper["y"] + hour * 24

    async def drag(self, start, *ways, release=True):
        await self.page.mouse.move(*await self.spot(*start))
        await self.page.mouse.down()
        for way in ways:
            await self.page.mouse.move(*await self.spot(*way), steps=2)
        if release:
            await self.page.mouse.up()

    async def heard(self):
        return await self.page.locator("#editor-say").text_content()

    async def focused(self):
        return await self.page.evaluate("document.activeElement.getAttribute('aria-label')")

    async def save(self):
        await self.page.get_by_role("button", name="Save").click()
        await self.page.get_by_text("Schedule saved.").wait_for()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory):
    """One house and one signed-in browser for every test here: both take longer than a test."""
    components.require("needs_browser")
    path = tmp_path_factory.mktemp("week") / "hub.db"
    async with (
        open_rig(path, ManualClock(FRIDAY_EVENING)) as rig,
        serving(rig) as base,
        open_context() as context,
    ):
        await furnish(rig)
        context.set_default_timeout(30_000)
        page = await context.new_page()
        await page.goto(f"{base}/welcome/{await rig.house.access.new_link()}")
        await page.get_by_role("button", name="Sign this browser in").click()
        await page.get_by_role("heading", name="This week").wait_for()
        yield rig, base, page


@pytest.fixture
def rig(home):
    return home[0]


@pytest_asyncio.fixture(loop_scope="module")
async def kept(rig):
    """The schedule as it is before each test."""
    return await rig.house.schedules.save(ScentSchedule("mix", "Mixed", "native-a1", WINDOWS))


@pytest_asyncio.fixture(loop_scope="module")
async def week(home, kept):
    _, base, page = home
    await page.set_viewport_size(WIDE)
    return await Week(page, base).open()


@pytest_asyncio.fixture(loop_scope="module")
async def open_as(home):
    """Open the schedule in a browser of another kind that is signed in too."""
    _, base, page = home
    signed_in = await page.context.storage_state()
    opened = []

    async def open_it(**kind):
        context = await page.context.browser.new_context(storage_state=signed_in, **kind)
        opened.append(context)
        return Week(await context.new_page(), base)

    yield open_it
    for context in opened:
        await context.close()


def windows_of(rig, schedule_id="mix"):
    entries = rig.house.schedules.get(schedule_id).entries
    return {
        f"{one.start:%H:%M}-{one.end:%H:%M} {''.join(map(str, sorted(one.days)))}"
        f" {one.intensity_percent or 'kept'}"
        for one in entries
    }


async def test_what_the_mouse_draws_moves_and_stretches_is_what_is_saved(week, rig):
    await week.drag((THU, 14), (THU, 14.9), (THU, 15.4))
    assert await week.heard() == "New window: Thursday, 14:00 to 15:30."
    await week.drag((WED, 7), (WED, 8.1))
    assert await week.heard() == "Now Monday to Friday, 07:30 to 09:00."
    await week.drag((SAT, 17.5), (SUN, 17.5))
    assert await week.heard() == "Now Sunday, 16:00 to 19:00."
    await week.drag((TUE, 13.45), (TUE, 14.2))
    assert await week.heard() == "Now Tuesday, 12:00 to 14:15."
    await week.drag((TUE, 12.05), (TUE, 11.3))
    assert await week.heard() == "Now Tuesday, 11:15 to 14:15."
    assert "12:00-13:30 1 60" in windows_of(rig)
    await week.save()

    assert windows_of(rig) == {
        "07:30-09:00 01234 20",
        "22:00-02:00 46 80",
        "11:15-14:15 1 60",
        "16:00-19:00 6 kept",
        "14:00-15:30 3 kept",
    }
    assert {one.id for one in rig.house.schedules.get("mix").entries} > {"early", "late", "noon"}


async def test_a_window_is_drawn_grabbed_and_stretched_across_midnight(week, rig):
    await week.drag((WED, 23), (THU, 1.5))
    assert await week.heard() == "New window: Wednesday, 23:00 to 01:30."
    await week.drag((MON, 1), (TUE, 0.5))
    assert await week.heard() == (
        "Now a window of its own: Monday, 21:30 to 01:30. The other days stay."
    )
    await week.drag((SAT, 1.95), (SAT, 4))
    assert await week.heard() == "Now Friday, 22:00 to 04:00."
    await week.save()

    assert windows_of(rig) == {
        "06:30-08:00 01234 20",
        "22:00-04:00 4 80",
        "21:30-01:30 0 80",
        "12:00-13:30 1 60",
        "16:00-19:00 5 kept",
        "23:00-01:30 2 kept",
    }
    entries = rig.house.schedules.get("mix").entries
    assert [one.sku for one in entries if one.intensity_percent == 80] == ["CEDBER-50"] * 2
    assert {one.sku for one in entries if one.intensity_percent != 80} == {None}


async def test_a_drag_says_what_it_would_do_and_escape_forgets_it(week):
    tip = week.page.locator("#editor .tip")

    await week.drag((TUE, 7), (TUE, 8), release=False)
    assert await tip.text_content() == "Monday to Friday 07:30\N{EN DASH}09:00, all its days"
    await week.page.mouse.move(*await week.spot(SUN, 8))
    assert await tip.text_content() == "Sunday 07:30\N{EN DASH}09:00, this day alone"
    await week.page.mouse.move(*await week.spot(WED, 7))
    assert await tip.text_content() == (
        "Mon, Wed, Thu, Fri 06:30\N{EN DASH}08:00, joins its other days"
    )
    await week.page.keyboard.press("Escape")
    await week.page.mouse.up()

    assert await week.heard() == "Cancelled. Nothing changed."
    assert not await tip.is_visible()
    assert await week.page.locator("#start-0").input_value() == "06:30"
    assert await week.page.locator("[name=days-0]:checked").count() == 5
    assert await week.page.locator("#editor-undo").is_disabled()


async def test_the_keyboard_alone_moves_stretches_removes_and_takes_back(week, rig):
    press = week.page.keyboard.press
    await week.page.get_by_label("Switched on").focus()
    await press("Tab")
    assert await week.focused() == "Monday 06:30 to 08:00, 20 %, runs Monday to Friday"
    await press("ArrowDown")
    await press("Shift+ArrowUp")
    await press("Shift+ArrowRight")
    assert await week.heard() == "Now Monday to Friday, 07:00 to 08:00."
    await press("ArrowLeft")
    assert await week.focused() == "Sunday 07:00 to 08:00, 20 %"

    await press("Delete")
    assert await week.heard() == "Removed: Sunday, 07:00 to 08:00."
    await press("Control+z")
    assert await week.heard() == "Undone."
    assert await week.focused() == "Sunday 07:00 to 08:00, 20 %"
    await press("Delete")
    assert await week.focused() == "Sunday 22:00 to 02:00, 80 %, runs Fri, Sun"
    await press("Backspace")
    assert await week.heard() == "Removed: Sunday, 22:00 to 02:00."
    await press("Enter")
    assert await week.page.evaluate("document.activeElement.id") == "start-3"
    await press("Enter")
    await week.page.get_by_text("Schedule saved.").wait_for()

    assert windows_of(rig) == {
        "07:00-08:00 1234 20",
        "22:00-02:00 4 80",
        "12:00-13:30 1 60",
        "16:00-19:00 5 kept",
    }


async def test_a_day_taken_along_by_keyboard_leaves_the_other_days_alone(week):
    await week.page.get_by_label("Tuesday 06:30").focus()

    await week.page.keyboard.press("ArrowRight")
    assert await week.focused() == "Saturday 06:30 to 08:00, 20 %"
    await week.page.keyboard.press("ArrowRight")
    assert await week.focused() == "Sunday 06:30 to 08:00, 20 %"

    days = week.page.locator("[name=days-0]:checked")
    assert await days.evaluate_all("(all) => all.map((one) => one.value).join('')") == "0234"


async def test_a_double_click_goes_to_the_row_and_the_cross_takes_one_day_away(week):
    await week.page.mouse.dblclick(*await week.spot(TUE, 12.7))
    assert await week.page.evaluate("document.activeElement.id") == "start-2"

    await week.scroll()
    await week.page.mouse.click(*await week.spot(WED, 7.2))
    await week.page.locator(".chosen .cross path").click()

    assert await week.heard() == "Removed: Wednesday, 06:30 to 08:00."
    days = week.page.locator("[name=days-0]:checked")
    assert await days.evaluate_all("(all) => all.map((one) => one.value).join('')") == "0134"


async def test_the_way_back_leads_to_what_was_saved_and_forgets_what_was_typed_over(week):
    form = "[...new FormData(document.querySelector('form.form'))].join()"
    before = await week.page.evaluate(form)
    undo = week.page.get_by_role("button", name="Undo")

    await week.drag((WED, 23), (THU, 1.5))
    await week.drag((MON, 7), (SUN, 9))
    for _ in range(2):
        await undo.click()
    assert await week.page.evaluate(form) == before
    assert not await week.page.get_by_text("Changed, not saved yet.").is_visible()

    await week.scroll()
    await week.drag((WED, 12), (WED, 14))
    assert await undo.is_enabled()
    await week.page.get_by_label("From").first.fill("05:00")
    assert await undo.is_disabled()
    assert await week.page.get_by_text("Changed, not saved yet.").is_visible()
    assert await week.page.get_by_label("Monday 05:00 to 08:00").is_visible()


async def test_a_finger_that_holds_draws_stretches_and_removes_and_else_scrolls(open_as, kept, rig):
    week = await (await open_as(viewport=PHONE, has_touch=True, is_mobile=True)).open()
    session = await week.page.context.new_cdp_session(week.page)

    async def touch(kind, *points):
        points = [dict(zip("xy", point, strict=True)) for point in points]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    async def swipe(day, hour, to_hour, until=None, lower_px=0):
        x, start = await week.spot(day, hour)
        _, end = await week.spot(day, to_hour)
        await touch("touchStart", (x, start + lower_px))
        if until:
            await week.page.locator(until).wait_for()
        for step in range(1, 5):
            await touch("touchMove", (x, start + lower_px + (end - start) * step / 4))
        await touch("touchEnd")

    await swipe(WED, 9, 11.5, until="#sheet.dragging")
    assert await week.heard() == "New window: Wednesday, 09:00 to 11:30."
    await swipe(TUE, 12.7, 12.7)
    assert await week.focused() == "Tuesday 12:00 to 13:30, 60 %"
    await swipe(TUE, 12.7, 14.7)
    assert await week.heard() == "Now Tuesday, 14:00 to 15:30."
    await swipe(TUE, 15.5, 17, lower_px=9)
    assert await week.heard() == "Now Tuesday, 14:00 to 17:00."
    assert await week.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await take(week.page, "week-editor-phone-light")
    await week.page.locator(".chosen .cross path").tap()
    assert await week.heard() == "Removed: Tuesday, 14:00 to 17:00."
    scrolled = await week.page.evaluate("scrollY")
    await swipe(SAT, 17, 13)
    await week.page.wait_for_function(f"scrollY > {scrolled} + 20")
    assert await week.heard() == "Removed: Tuesday, 14:00 to 17:00."
    await week.save()

    assert "09:00-11:30 2 kept" in windows_of(rig)
    assert not any(" 1 60" in window for window in windows_of(rig))


async def test_a_low_screen_rolls_under_a_drag_at_its_edge(week):
    await week.page.set_viewport_size({"width": 1280, "height": 420})
    await week.scroll()
    await week.drag((WED, 9), (WED, 11), release=False)

    await week.page.mouse.move((await week.spot(WED, 9))[0], 330)
    rolled = "document.getElementById('sheet').getBoundingClientRect().bottom < 310"
    await week.page.wait_for_function(rolled)
    await week.page.mouse.up()

    assert await week.heard() == "New window: Wednesday, 09:00 to 00:00."


async def test_the_hundredth_window_is_the_last_one_drawn(week, rig):
    full = [replace(WINDOWS[0], id=str(number)) for number in range(99)]
    await rig.house.schedules.save(ScentSchedule("mix", "Mixed", "native-a1", tuple(full)))
    await week.open()

    await week.drag((SUN, 5), (SUN, 6))
    assert await week.heard() == "New window: Sunday, 05:00 to 06:00."
    await week.drag((SUN, 10), (SUN, 11))
    assert await week.heard() == "No more windows fit. Make another schedule."
    await week.save()

    assert "05:00-06:00 6 kept" in windows_of(rig)
    assert len(rig.house.schedules.get("mix").entries) == 100


async def test_another_diffuser_brings_its_colour_and_its_other_schedules(week):
    behind = week.page.locator(".others:not([hidden]) title")
    tone = await week.page.locator("#editor").get_attribute("class")
    assert {text.split(" ·")[0] for text in await behind.all_text_contents()} == {
        "Wake up",
        "Evening",
    }

    await week.page.get_by_label("Diffuser").select_option("Bedroom")

    assert {text.split(" ·")[0] for text in await behind.all_text_contents()} == {"Wind down"}
    assert await week.page.locator("#editor").get_attribute("class") != tone


async def test_the_plain_form_without_script_shows_and_saves_the_same(open_as, kept, rig):
    scripted, plain = await open_as(), await open_as(java_script_enabled=False)
    complaints = []  # this browser holds the page to its strict policy; the tests' own lets axe in
    scripted.page.on("console", lambda line: complaints.append(line.text))
    await scripted.open()
    drawn = await scripted.page.eval_on_selector_all("#windows .part", PLACES)
    await scripted.drag((WED, 23), (THU, 1.5))
    await scripted.drag((FRI, 7), (SAT, 9))
    await scripted.save()
    by_hand = windows_of(rig)

    await rig.house.schedules.save(kept)
    form = plain.page
    await form.goto(f"{plain.base}/schedules/mix")
    pictured = await form.locator("#windows .part").evaluate_all(PLACES)
    await form.locator("[name=days-0][value='4']").uncheck()
    await fill_row(form, 4, "23:00", "01:30", WED)
    await form.get_by_role("button", name="Save").click()
    await form.goto(f"{plain.base}/schedules/mix")
    await fill_row(form, 5, "08:30", "10:00", SAT)
    await form.locator("#intensity-5").select_option("20")
    await form.get_by_role("button", name="Save").click()

    assert complaints == []
    assert pictured == drawn
    assert windows_of(rig) == by_hand
    assert "08:30-10:00 5 20" in by_hand


async def fill_row(form, row, start, end, day):
    await form.locator(f"#start-{row}").fill(start)
    await form.locator(f"#end-{row}").fill(end)
    await form.locator(f"[name=days-{row}][value='{int(day)}']").check()


async def test_the_script_lays_out_any_week_as_the_hub_does(week):
    dice = random.Random(20)
    weeks = [[any_entry(dice) for _ in range(dice.randint(0, 6))] for _ in range(150)]
    written = [
        [
            {
                "row": row,
                "start": minute(one.start),
                "end": minute(one.end),
                "days": sorted(one.days),
            }
            for row, one in enumerate(entries)
        ]
        for entries in weeks
    ]

    drawn = await week.page.evaluate(
        "(weeks) => weeks.map((one) => weekWindows.lay(one).flatMap(({ parts }) =>"
        " parts.map(({ x, y, width, height }) => [x, y, width, height])))",
        written,
    )

    for entries, parts in zip(weeks, drawn, strict=True):
        schedule = ScentSchedule("s", "S", "a", tuple(entries))
        hub = [
            (one.x_percent, one.y_px, one.width_percent, one.height_px) for one in draw([schedule])
        ]
        assert sorted(map(pytest.approx, parts), key=str) == sorted(map(list, hub), key=str)


GESTURES = """(steps) => {
  const days = [0, 1, 2, 3, 4, 5, 6];
  let windows = [0, 420, 1320].map((start, row) => ({ row, start, end: start + 115, days }));
  return steps.map(({ pick, from, to, kind }) => {
    const figures = weekWindows.lay(windows);
    const at = figures[pick % Math.max(figures.length, 1)];
    const by = { days: to.day - from.day, minutes: to.minute - from.minute };
    const ways = {
      add: () => weekWindows.add(windows, from, to),
      move: () => weekWindows.move(windows, at, by.days, by.minutes),
      end: () => weekWindows.endAt(windows, at, to.day * 1440 + to.minute),
      start: () => weekWindows.startAt(windows, at, to.minute),
      remove: () => weekWindows.remove(windows, at),
    };
    const change = at || kind === "add" ? ways[kind]() : null;
    const before = windows;
    windows = change ? change.windows : windows;
    return { kind, what: change?.what, before, after: windows };
  });
}"""


async def test_whatever_a_hand_does_every_window_stays_one_the_form_can_hold(week):
    dice = random.Random(21)
    kinds = ["add", "add", "move", "move", "end", "start", "remove"]
    steps = [
        {
            "kind": dice.choice(kinds),
            "pick": dice.randrange(1000),
            "from": {"day": dice.randrange(7), "minute": dice.uniform(0, 1440)},
            "to": {"day": dice.randrange(7), "minute": dice.randrange(0, 1441, 15)},
        }
        for _ in range(600)
    ]

    told = await week.page.evaluate(GESTURES, steps)

    for step in told:
        for window in step["after"]:
            assert window["days"]
            assert window["days"] == sorted(set(window["days"]) & set(range(7)))
            assert 0 <= window["start"] < 1440
            assert 0 <= window["end"] < 1440
        gained = sum(map(minutes, step["after"])) - sum(map(minutes, step["before"]))
        fits = {"made": 15 <= gained <= 1440, "split": gained == 0, None: gained == 0}
        assert fits.get(step["what"], True), step
        assert gained == 0 or step["kind"] != "move" or step["what"] == "joined"
        assert step["kind"] != "remove" or gained < 0 or not step["what"]
    assert {step["what"] for step in told} >= {"made", "moved", "split", "removed"}


def minutes(window):
    return len(window["days"]) * ((window["end"] - window["start"] - 1) % 1440 + 1)


def any_entry(dice):
    start, end = (time(dice.randrange(24), dice.choice([0, 10, 15, 30, 45])) for _ in range(2))
    days = frozenset(dice.sample(list(Weekday), dice.randint(1, 3)))
    return ScheduleEntry("e", start, end, days)


def minute(wall):
    return wall.hour * 60 + wall.minute


async def test_the_week_under_hand_is_accessible_in_dark_and_light(week):
    await week.page.get_by_label("Tuesday 06:30").focus()

    for theme in ("dark", "light"):
        await week.page.emulate_media(color_scheme=theme)
        assert await axe_findings(week.page) == [], theme
        await take(week.page, f"week-editor-{theme}")
