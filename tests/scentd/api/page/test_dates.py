"""The dates of one schedule that are unlike their weekday, by plain forms."""

from dataclasses import replace
from datetime import date, timedelta

from scentd.model.schedule import DayException, Weekday
from scentd.schedules.reading import MAX_EXCEPTIONS
from tests.fakes.furniture import a_window
from tests.fakes.reading import text_of

EVENING = "/schedules/evening/dates"
TODAY = date(2026, 3, 6)


async def test_a_date_does_not_run_or_runs_like_another_weekday(member, rig):
    await member.submit(EVENING, day="2026-12-24", what="off")
    _, page = await member.submit(EVENING, day="2026-12-25", what="as-6")

    assert "Exception saved." in page
    words = text_of(page)
    assert "Thursday, 24 December Does not run Remove" in words
    assert "Friday, 25 December Runs as on Sunday Remove" in words
    assert rig.house.schedules.get("evening").exceptions == (
        DayException(date(2026, 12, 24)),
        DayException(date(2026, 12, 25), Weekday.SUNDAY),
    )


async def test_one_window_is_left_out_of_a_date(member, rig):
    await two_windows(rig)

    _, page = await member.submit(EVENING, day="2026-03-09", what="without-b")

    assert "Monday, 9 March Runs without 23:00\N{EN DASH}23:30 Remove" in text_of(page)
    skipped = DayException(date(2026, 3, 9), entry_id="b")
    assert rig.house.schedules.get("evening").exceptions[-1] == skipped


async def test_a_date_is_removed_and_only_that_one(member, rig):
    for what in ("without-a", "off"):
        await member.submit(EVENING, day="2026-03-09", what=what)
        await member.submit(EVENING, day="2026-03-10", what=what)
    monday, before = date(2026, 3, 9), rig.house.schedules.get("evening").exceptions

    _, page = await member.submit(f"{EVENING}/remove", day="2026-03-09", entry="")

    assert "Exception removed." in page
    assert rig.house.schedules.get("evening").exceptions == tuple(
        one for one in before if one != DayException(monday)
    )
    assert len(before) == 4


async def test_a_date_that_cannot_be_says_so_at_its_field_and_stays_typed(member, rig):
    before = await two_windows(rig)

    for day, what, field, said in (
        ("", "off", "day", "Choose a date."),
        ("soon", "off", "day", "Choose a date."),
        ("2026-03-05", "off", "day", "This day is over. Choose today or a later one."),
        ("9999-12-31", "off", "day", "This is more than three years ahead."),
        ("2026-03-09", "as-7", "what", "Choose what happens on this date."),
        ("2026-03-09", "", "what", "Choose what happens on this date."),
        ("2026-03-08", "without-b", "what", "That window does not run on Sunday."),
        ("2026-03-12", "as-6", "day", "This date has an exception already."),
    ):
        status, page = await member.submit(EVENING, day=day, what=what)
        assert status == 422
        assert f'id="{field}-wrong">{said}' in page
        assert f'value="{day}"' in page

    assert rig.house.schedules.get("evening") == before


async def test_a_window_of_the_weekday_it_runs_as_can_be_left_out(member, rig):
    await two_windows(rig)

    status, _ = await member.submit(EVENING, day="2026-03-12", what="without-b")

    assert status == 200


async def test_one_date_too_many_is_refused_and_those_long_over_make_room(member, rig):
    evening = rig.house.schedules.get("evening")
    many = tuple(DayException(TODAY + timedelta(days=n)) for n in range(1, MAX_EXCEPTIONS + 1))
    asked = {"day": "2026-03-06", "what": "off"}
    await rig.house.schedules.save(replace(evening, exceptions=many))
    status, page = await member.submit(EVENING, **asked)
    assert status == 422
    assert "There are too many exceptions." in page

    over = DayException(date(2025, 3, 6))
    await rig.house.schedules.save(replace(evening, exceptions=(over, *many[1:])))
    await member.submit(EVENING, **asked)

    kept = rig.house.schedules.get("evening").exceptions
    assert (len(kept), kept[-1]) == (MAX_EXCEPTIONS, DayException(TODAY))


async def test_the_dates_of_an_unknown_schedule_are_not_found(member):
    for path in ("/schedules/none/dates", "/schedules/none/dates/remove"):
        assert (await member.submit(path))[0] == 404


async def two_windows(rig):
    """An evening of two windows, the later one on Mondays; a Thursday runs as a Monday."""
    evening = rig.house.schedules.get("evening")
    late = a_window("b", "23:00", "23:30", [Weekday.MONDAY])
    monday = DayException(date(2026, 3, 12), Weekday.MONDAY)
    changed = replace(evening, entries=(*evening.entries, late), exceptions=(monday,))
    return await rig.house.schedules.save(changed)
