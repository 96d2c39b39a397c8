from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.weekgrid import DAY_MIN, MOST_LANES, lay_out
from scentd.model.schedule import ScentSchedule, ScheduleEntry, Weekday
from tests.fakes.furniture import a_window

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
entries = st.builds(
    ScheduleEntry,
    id=st.uuids().map(str),
    start=times,
    end=times,
    days=st.frozensets(st.sampled_from(Weekday), min_size=1),
)
schedules = st.builds(
    ScentSchedule,
    id=st.uuids().map(str),
    name=st.sampled_from(["Evening", "Shower"]),
    diffuser_id=st.just("a"),
    entries=st.lists(entries, max_size=6).map(tuple),
)


def schedule(*windows, enabled=True):
    return ScentSchedule("s", "Evening", "a", windows, enabled)


def test_blocks_that_overlap_lie_in_lanes_of_their_own():
    evening = a_window("a", "18:00", "22:30", [Weekday.MONDAY])
    late = a_window("b", "21:30", "23:00", [Weekday.MONDAY])
    after = a_window("c", "22:30", "23:30", [Weekday.MONDAY])

    week = lay_out([schedule(evening, late, after)], {"a": "amber"})

    assert [(block.entry.id, block.lane) for block in week.days[0]] == [
        ("a", 0),
        ("b", 1),
        ("c", 0),
    ]
    assert week.lanes == 2


def test_a_window_past_midnight_shows_on_both_days():
    night = a_window("a", "22:00", "06:00", [Weekday.SUNDAY])

    week = lay_out([schedule(night)], {"a": "amber"})

    (sunday,), (monday,) = week.days[6], week.days[0]
    assert (sunday.start_min, sunday.end_min, sunday.is_tail) == (1320, DAY_MIN, False)
    assert (monday.start_min, monday.end_min, monday.is_tail) == (0, 360, True)


def test_a_window_until_midnight_leaves_nothing_on_the_next_day():
    week = lay_out([schedule(a_window("a", "22:00", "00:00", [Weekday.MONDAY]))], {"a": "amber"})

    assert week.days[1] == ()


def test_paused_schedules_do_not_show():
    week = lay_out([schedule(a_window("a", "08:00", "09:00", Weekday), enabled=False)], {})

    assert week.blocks == []
    assert week.lanes == 1


@given(st.lists(schedules, max_size=4))
def test_blocks_of_a_lane_never_touch_while_there_are_lanes(plans):
    week = lay_out(plans, {"a": "amber"})

    assert 1 <= week.lanes <= MOST_LANES
    for day in week.days:
        for block in day:
            assert 0 <= block.start_min < block.end_min <= DAY_MIN
            others = [one for one in day if one is not block and one.lane == block.lane]
            if block.lane < MOST_LANES - 1:
                assert all(
                    one.end_min <= block.start_min or one.start_min >= block.end_min
                    for one in others
                )


@given(st.lists(schedules, max_size=4))
def test_every_planned_minute_of_the_week_is_shown(plans):
    planned = sum(
        len(entry.days) * (((_minutes(entry.end) - _minutes(entry.start) - 1) % DAY_MIN) + 1)
        for plan in plans
        for entry in plan.entries
    )

    week = lay_out(plans, {"a": "amber"})

    assert sum(block.end_min - block.start_min for block in week.blocks) == planned


def _minutes(wall):
    return wall.hour * 60 + wall.minute
