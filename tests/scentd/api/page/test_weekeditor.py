"""The schedule's week as it is drawn on the page, before any script."""

import re

from hypothesis import given

from scentd.api.page.weekeditor import HOUR_PX, draw, draw_others
from scentd.model.schedule import ScentSchedule, Weekday
from tests.fakes.furniture import a_window
from tests.scentd.api.page.test_weekgrid import schedules

MONDAY, SUNDAY = Weekday.MONDAY, Weekday.SUNDAY


def drawn(*windows):
    return draw([ScentSchedule("s", "Evening", "a", windows, enabled=False)])


def test_a_window_past_midnight_is_drawn_on_both_its_days():
    tail, head = drawn(a_window("a", "22:00", "02:00", [SUNDAY]))

    assert (head.x_percent, head.y_px, head.height_px) == (85.714, 22 * HOUR_PX, 2 * HOUR_PX)
    assert (tail.x_percent, tail.y_px, tail.height_px) == (0, 0, 2 * HOUR_PX)


def test_intensity_is_told_by_five_strengths_and_one_for_as_it_is():
    percents = [None, 1, 20, 21, 60, 80, 81, 100]

    parts = [drawn(a_window("a", "07:00", "08:00", [MONDAY], one))[0] for one in percents]

    assert [part.strength for part in parts] == ["s0", "s1", "s1", "s2", "s3", "s4", "s5", "s5"]


@given(schedules)
def test_the_drawing_stays_on_its_paper_and_is_as_long_as_the_windows(schedule):
    parts = draw([schedule])

    assert all(
        0 <= part.x_percent <= part.x_percent + part.width_percent <= 100.1 for part in parts
    )
    assert all(0 <= part.y_px < part.y_px + part.height_px <= 24 * HOUR_PX for part in parts)
    minutes = sum(
        len(entry.days) * ((_minute(entry.end) - _minute(entry.start) - 1) % 1440 + 1)
        for entry in schedule.entries
    )
    assert abs(sum(part.height_px for part in parts) - minutes * HOUR_PX / 60) < 0.1 * (
        len(parts) + 1
    )


def _minute(wall):
    return wall.hour * 60 + wall.minute


def test_other_schedules_are_drawn_by_diffuser_without_those_that_are_off():
    one = ScentSchedule("one", "One", "a", (a_window("a", "07:00", "08:00", [MONDAY]),))
    two = ScentSchedule("two", "Two", "b", (a_window("a", "09:00", "10:00", [MONDAY]),))
    off = ScentSchedule("off", "Off", "b", two.entries, enabled=False)

    others = draw_others([one, two, off], but=one)

    assert [(key, [part.block.schedule.id for part in parts]) for key, parts in others] == [
        ("b", ["two"])
    ]


async def test_the_page_shows_what_is_saved_and_hides_an_empty_week(member):
    _, saved = await member.read("/schedules/evening")
    _, new = await member.read("/schedule/new")

    assert len(re.findall(r'class="part s3"', saved)) == 7
    assert not re.search(r'id="editor"[^>]* hidden', saved)
    assert re.search(r'id="editor"[^>]* hidden', new)
