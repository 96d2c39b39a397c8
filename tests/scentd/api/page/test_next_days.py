"""The next seven days as a browser without JavaScript uses them."""

import re
from dataclasses import replace
from datetime import date

from scentd.model.schedule import DayException, ScentSchedule, Vacation, Weekday
from tests.fakes.furniture import a_window
from tests.fakes.reading import text_of

FRIDAY = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)


def day_of(page, day):
    """The words of one day, with hyphens for dashes."""
    words = text_of(page[page.index(f'id="day-{day}"') :].partition("</section>")[0])
    return words.replace("\N{EN DASH}", "-")


async def test_each_day_tells_what_runs_when_where_and_how_strong(member):
    _, page = await member.read("/week")

    assert re.findall(r'id="day-([-\d]+)"', page) == [f"2026-03-{day:02}" for day in range(6, 13)]
    saturday = day_of(page, SATURDAY)
    assert "Tomorrow · Saturday, 7 March" in saturday
    assert "08:30-11:00 Bathroom · as it is · Slow morning" in saturday
    assert "21:30-23:00 Bedroom · 40 % · Wind down" in saturday
    assert "Shower" not in saturday


async def test_what_runs_now_says_until_when_and_offers_nothing(member):
    _, page = await member.read("/week")

    assert "until 22:30 Living room · 60 % · Evening now 21:30" in day_of(page, FRIDAY)


async def test_one_window_is_skipped_says_so_and_runs_after_all(member, rig):
    turn = {"schedule": "wind", "entry": "a", "day": "2026-03-08"}

    _, page = await member.submit("/week", do="skip", **turn)
    assert "Skipped." in page
    assert "21:30-23:00 Bedroom · Wind down · rests: skipped Run it after all" in day_of(
        page, date(2026, 3, 8)
    )

    _, page = await member.submit("/week", do="unskip", **turn)
    assert "It runs after all." in page
    assert rig.house.schedules.get("wind").exceptions == ()


async def test_a_coming_window_begins_now_with_its_own_intensity(member, rig):
    _, page = await member.submit(
        "/week", do="begin", schedule="guests", entry="a", day="2026-03-07"
    )

    assert "Beginning now." in page
    wish = rig.devices.wishes[-1]
    assert (wish.diffuser_id, wish.power, wish.intensity_percent) == ("tasmota-d4", True, 20)


async def test_only_the_next_run_of_each_diffuser_offers_to_begin_now(member):
    _, page = await member.read("/week")

    offered = re.findall(
        r'value="begin" aria-label="Begin now: ([^"]*)"', page.replace("\N{EN DASH}", "-")
    )

    assert offered == [
        "Bedroom, Today · Friday, 6 March, 21:30-23:00",
        "Bathroom, Tomorrow · Saturday, 7 March, 08:30-11:00",
        "Hallway, Tomorrow · Saturday, 7 March, 10:00-20:00",
    ]


async def test_what_cannot_be_named_changes_nothing(member, rig):
    statuses = [
        (await member.submit("/week", **fields))[0]
        for fields in (
            {"do": "skip", "schedule": "none", "entry": "a", "day": "2026-03-08"},
            {"do": "skip", "schedule": "wind", "entry": "z", "day": "2026-03-08"},
            {"do": "skip", "schedule": "wind", "entry": "a", "day": "tomorrow"},
        )
    ]

    assert statuses == [404, 409, 422]
    assert rig.house.schedules.get("wind").exceptions == ()


async def test_vacation_pause_and_exception_say_why_nothing_runs(member, rig):
    book = rig.house.schedules
    guests = book.get("guests")
    await book.set_vacations([Vacation(date(2026, 3, 9), date(2026, 3, 10))])
    await book.save(replace(guests, exceptions=(DayException(SATURDAY),)))

    _, page = await member.read("/week")

    assert "Guests · rests: this date is an exception" in day_of(page, SATURDAY)
    assert "rests: vacation until Tuesday, 10 March" in day_of(page, date(2026, 3, 9))
    assert "rests" not in day_of(page, date(2026, 3, 11))

    await book.pause(None)
    _, page = await member.read("/week")
    assert "rests: paused until you go on" in day_of(page, date(2026, 3, 11))


async def test_without_a_schedule_the_page_leads_to_a_new_one(member, rig):
    for schedule in rig.house.schedules.all():
        await rig.house.schedules.delete(schedule.id)

    _, page = await member.read("/week")

    assert "No schedule yet" in page
    assert 'href="/schedule/new"' in page


async def test_every_day_is_drawn_with_a_lane_for_each_diffuser_in_use(member, rig):
    await rig.house.schedules.skip("guests", "a", SATURDAY)

    _, page = await member.read("/week")

    drawn = page[page.index(f'id="day-{SATURDAY}"') :].partition("</section>")[0]
    assert re.findall(r'<span class="name">([^<]+)', drawn) == [
        "Living room",
        "Bedroom",
        "Bathroom",
        "Hallway",
    ]
    assert 'class="turn rests" x="41.667%" width="41.666%"' in drawn
    assert 'class="turn s3" x="75.0%" width="18.75%"' in drawn
    assert page.count('class="now"') == 4


async def test_a_day_on_which_the_clocks_change_says_so(member):
    await member.submit("/settings/household", name="Home", zone="America/New_York")

    _, page = await member.read("/week")

    assert "The clocks go forward: this day has 23 hours." in day_of(page, date(2026, 3, 8))
    assert page.count("The clocks go") == 1


async def test_windows_past_midnight_and_without_an_end_are_told_on_every_day_they_touch(
    member, rig
):
    for schedule in rig.house.schedules.all():
        await rig.house.schedules.delete(schedule.id)
    night = a_window("n", "22:00", "06:00", [Weekday.FRIDAY], 20)
    always = replace(a_window("z", "00:00", "00:00", Weekday, 60), sku="CEDBER-50")
    await rig.house.schedules.save(ScentSchedule("night", "Night", "tasmota-d4", (night,)))
    await rig.house.schedules.save(ScentSchedule("always", "Always", "native-a1", (always,)))

    _, page = await member.read("/week")

    assert "from now on Living room · 60 % · Cedar & Bergamot · Always now" in day_of(page, FRIDAY)
    assert "22:00-Sat 06:00 Hallway · 20 % · Night" in day_of(page, FRIDAY)
    assert "all day Living room · 60 % · Cedar & Bergamot · Always until 06:00 Hallway" in day_of(
        page, SATURDAY
    )
    assert "all day Living room" in day_of(page, date(2026, 3, 12))
