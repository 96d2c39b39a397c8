"""Whether conditions hold."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scentd.automation.conditions import Facts, judge
from scentd.automation.place import Place
from scentd.automation.sensors import Standing
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.condition import (
    Condition,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    MemberIs,
    NobodyHome,
    SomeoneHome,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.diffuser import Availability, DiffuserState, LevelQuality, Mode, ReportedState
from scentd.model.errors import DiffuserUnknown
from scentd.model.schedule import Weekday
from scentd.sun import Sky
from tests.fakes.people import FakePeople

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
STATE = DiffuserState(
    reported=ReportedState(power=True, intensity_percent=60, mode=Mode.INTERVAL),
    availability=Availability.ONLINE,
)
CARTRIDGE = Cartridge(
    SlotKey("lamp"), "i" * 8, 1, None, "Cedar", 30_000, 6_000, 0, LevelQuality.MEASURED, NOON, NOON
)


def state(diffuser_id: str) -> DiffuserState:
    if diffuser_id != "lamp":
        raise DiffuserUnknown(diffuser_id)
    return STATE


FACTS = Facts(
    state,
    {SlotKey("lamp"): CARTRIDGE}.get,
    lambda: Place(BERLIN, Sky(52.52, 13.405, BERLIN)),
    FakePeople(),
    lambda condition: Standing(None, None),
)


def holds(condition: Condition, local: str = "2026-03-02T12:00", ran: float | None = None) -> bool:
    now = datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(UTC)
    return judge(condition, FACTS, now, ran).holds


def window(start: str, end: str, *days: Weekday) -> TimeWindow:
    chosen = frozenset(days) or frozenset(Weekday)
    return TimeWindow(time.fromisoformat(start), time.fromisoformat(end), chosen)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-02T07:00", True),
        ("2026-03-02T08:59", True),
        ("2026-03-02T09:00", False),
        ("2026-03-02T06:59", False),
    ],
)
def test_a_window_holds_from_its_start_until_its_end(local: str, expected: bool) -> None:
    assert holds(window("07:00", "09:00"), local) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-02T23:00", True),  # Monday evening
        ("2026-03-03T01:00", True),  # the same night
        ("2026-03-02T01:00", False),  # the night before
        ("2026-03-03T23:00", False),  # Tuesday evening
        ("2026-03-03T12:00", False),
    ],
)
def test_a_window_across_midnight_belongs_to_its_evening(local: str, expected: bool) -> None:
    assert holds(window("22:00", "02:00", Weekday.MONDAY), local) is expected


@pytest.mark.parametrize(
    ("ada", "ben", "someone", "nobody"),
    [
        ("home", "away", True, False),
        ("home", "unknown", True, False),
        ("away", "away", False, True),
        ("away", "unknown", False, False),
        ("unknown", "unknown", False, False),
    ],
)
def test_unknown_is_neither_home_nor_away(ada: str, ben: str, someone: bool, nobody: bool) -> None:
    people = FakePeople(ada=ada, ben=ben)

    def says(condition: Condition) -> bool:
        return judge(condition, replace(FACTS, people=people), NOON, None).holds

    assert says(SomeoneHome()) is someone
    assert says(NobodyHome()) is nobody
    assert says(MemberIs("ada")) is (ada == "home")
    assert says(MemberIs("ben", "away")) is (ben == "away")
    assert says(MemberIs("nobody-of-that-name", "away")) is False


def test_equal_ends_hold_for_a_day() -> None:
    assert holds(window("06:00", "06:00", Weekday.MONDAY), "2026-03-03T05:00")
    assert not holds(window("06:00", "06:00", Weekday.MONDAY), "2026-03-03T07:00")


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("power", True, True),
        ("power", 1, False),
        ("intensity_percent", 60, True),
        ("intensity_percent", 60.0, True),
        ("intensity_percent", 40, False),
        ("mode", "interval", True),
        ("availability", "online", True),
        ("fault", "", True),
        ("watts", 3, False),
    ],
)
def test_a_state_is_compared_as_json_would_write_it(
    attribute: str, value: bool | float | str, expected: bool
) -> None:
    assert holds(DeviceStateIs("lamp", attribute, value)) is expected


def test_an_unknown_diffuser_holds_nothing() -> None:
    assert not holds(DeviceStateIs("toaster", "power", value=True))


@pytest.mark.parametrize(("percent", "expected"), [(19.9, True), (20, False), (50, False)])
def test_a_level_is_above_or_not(percent: float, expected: bool) -> None:
    assert holds(LevelAbove("lamp", percent)) is expected


def test_an_empty_slot_is_above_nothing() -> None:
    assert not holds(LevelAbove("lamp", 0, slot_no=2))


@pytest.mark.parametrize(("ran", "expected"), [(None, True), (59.9, False), (60.0, True)])
def test_a_cooldown_counts_from_the_last_run(ran: float | None, expected: bool) -> None:
    assert holds(Cooldown(60), ran=ran) is expected


@pytest.mark.parametrize(
    ("local", "night", "day", "eve"),
    [
        ("2026-03-02T00:10", True, False, False),
        ("2026-03-02T06:40", True, False, False),
        ("2026-03-02T07:00", False, True, False),
        ("2026-03-02T17:20", False, True, True),
        ("2026-03-02T18:00", True, False, True),
        ("2026-03-02T23:50", True, False, True),
        # Clocks go forward: the sun rises at 6:45 on the new wall, which is 5:45 on the old.
        ("2026-03-29T06:30", True, False, False),
        ("2026-03-29T07:00", False, True, False),
    ],
)
def test_windows_of_the_sun_reach_through_the_night(
    local: str, *, night: bool, day: bool, eve: bool
) -> None:
    assert holds(SunWindow(after="sunset", before="sunrise"), local) is night
    assert holds(SunWindow(after="sunrise", before="sunset"), local) is day
    assert holds(SunWindow(after="sunset", after_offset_min=-30), local) is eve


def test_the_suns_height_is_judged() -> None:
    assert holds(SunElevation(above=20), "2026-03-02T12:00")
    assert not holds(SunElevation(above=20), "2026-03-02T08:00")
    assert holds(SunElevation(below=-6), "2026-03-02T20:00")
