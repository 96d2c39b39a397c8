"""The demo's household: a week that reads well and always runs something."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.automation.reading import read_rule
from scentd.schedules.reading import read_schedule
from tools.demo import household
from tools.demo.household import Window

IDS = {room: f"id-{room}" for room in household.ROOMS}
MONDAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Berlin"))
MOMENTS = st.integers(0, 7 * 24 * 60 - 1).map(lambda minute: MONDAY + timedelta(minutes=minute))


def window(start, end, days=household.EVERY_DAY):
    return Window("Any", "Bathroom", time(*start), time(*end), days, 60)


@pytest.mark.parametrize(
    ("opened", "moment", "is_open"),
    [
        (window((7, 0), (8, 0)), MONDAY.replace(hour=7), True),
        (window((7, 0), (8, 0)), MONDAY.replace(hour=8), False),
        (window((22, 0), (2, 0)), MONDAY.replace(hour=1), True),
        (window((22, 0), (2, 0), days=(0,)), MONDAY.replace(hour=1), False),
        (window((22, 0), (2, 0), days=(6,)), MONDAY.replace(hour=1), True),
        (window((0, 0), (0, 0)), MONDAY.replace(hour=23, minute=59), True),
    ],
)
def test_window_knows_when_it_is_open(opened, moment, is_open):
    assert opened.covers(moment) is is_open


@given(MOMENTS, st.integers(0, 19))
def test_bathroom_and_living_room_run_whenever_the_demo_begins(began, minutes_later):
    week = household.week_from(began)
    seen = began + timedelta(minutes=minutes_later)

    running = {window.room for window in week if window.covers(seen)}

    assert running >= {"Bathroom", "Living room"}


@given(MOMENTS)
def test_one_room_uses_its_bottle_up_before_a_parcel_can_come(began):
    week = household.week_from(began)
    quarters = [MONDAY + timedelta(minutes=15 * n) for n in range(7 * 24 * 4)]

    runs = [any(w.room == "Bathroom" and w.covers(quarter) for w in week) for quarter in quarters]

    assert sum(runs) / 4 / 7 >= household.RUNS_LOW_BY_H_A_DAY


@given(MOMENTS)
def test_hub_takes_every_window_of_the_week(began):
    for each in household.week_from(began):
        schedule = household.schedule(each, IDS[each.room])

        assert read_schedule(schedule, diffusers=IDS.values(), schedule_id="1").name == each.name


def test_hub_takes_the_rule():
    assert read_rule(household.rule(IDS), diffusers=IDS.values(), rule_id="1").enabled


def test_bottles_stand_in_rooms_that_exist():
    assert {bottle.room for bottle in household.BOTTLES} <= set(household.ROOMS)
