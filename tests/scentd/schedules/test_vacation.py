"""A household on vacation: rules rest like the plan, and a hand is obeyed."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.simulator.native import NativeThing
from adapters.simulator.thing import Vial
from scentd.model.commands import Answer, Origin
from scentd.model.schedule import Rest, Vacation
from scentd.schedules.calendar import vacation_ends_at
from tests.fakes.clock import ManualClock
from tests.fakes.planned_house import PlannedHouse
from tests.fakes.plans import entry, plan

LAMP = "native-lamp"
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600.0


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PlannedHouse]:
    """One lamp in Berlin, on Monday, 2 March; away from Tuesday to Thursday."""
    clock = ManualClock(on(2, 21))
    house = PlannedHouse(tmp_path / "hub.db", clock, BERLIN)
    await house.begin()
    vial = Vial("CEDBER-50", "Cedar & Bergamot", 50_000, 25_000, "04a1b2c3d4e5f607")
    lamp = NativeThing("lamp", "Study", vial, now=clock.now, chance=random.Random(1))
    house.plug_in(lamp)
    await house.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 5))])
    yield house
    await house.end()


async def go_to(house: PlannedHouse, at: datetime) -> None:
    await house.clock.leap((at - house.clock.now()).total_seconds())
    house.broker.deliver()
    await house.pass_time(1)


async def test_rules_rest_until_the_midnight_after_the_last_day(house: PlannedHouse) -> None:
    before = house.ask(LAMP, Origin.RULE, power=True)
    stopped = house.ask(LAMP, Origin.RULE, power=False)
    await go_to(house, on(3, 0))
    away = house.ask(LAMP, Origin.RULE, power=True)
    await go_to(house, on(5, 23, 59))
    still_away = house.ask(LAMP, Origin.RULE, power=True)
    await go_to(house, on(6, 0))

    assert [before.answer, stopped.answer] == [Answer.SENT, Answer.SENT]
    assert away.answer is still_away.answer is Answer.OVERRIDDEN
    assert away.reason.code == "away"
    assert away.reason.until == on(6, 0)
    assert house.ask(LAMP, Origin.RULE, power=True).answer is Answer.SENT


async def test_hands_are_obeyed_and_a_rule_may_switch_off(house: PlannedHouse) -> None:
    await go_to(house, on(4, 12))

    assert house.ask(LAMP, Origin.VOICE, power=True).answer is Answer.SENT
    house.commander.let_go(LAMP)
    assert house.ask(LAMP, Origin.RULE, power=False).answer is Answer.SENT


async def test_a_window_begun_on_the_eve_runs_to_its_end_even_through_a_restart(
    house: PlannedHouse,
) -> None:
    await house.book.save(replace(plan(entry("late", "22:00", "01:00")), diffuser_id=LAMP))
    await go_to(house, on(2, 22))
    await go_to(house, on(3, 0, 10))

    await house.power_cut()
    await house.begin()
    await house.pass_time(5)
    runs_on = house.state(LAMP).reported.power
    await go_to(house, on(3, 1))
    await house.pass_time(5)

    assert runs_on
    assert house.state(LAMP).reported.power is False
    assert house.ask(LAMP, Origin.RULE, power=True).reason.code == "away"


@pytest.mark.parametrize(
    ("vacations", "ends"),
    [
        ([(3, 5)], 6),
        ([(3, 4), (5, 7)], 8),
        ([(3, 9), (4, 5)], 10),
        ([(5, 7), (4, 4), (3, 4)], 8),
        ([(4, 9)], None),
        ([(1, 2)], None),
    ],
)
def test_vacations_that_touch_are_one(vacations: list[tuple[int, int]], ends: int | None) -> None:
    rest = Rest(tuple(Vacation(date(2026, 3, a), date(2026, 3, b)) for a, b in vacations))

    ends_at = vacation_ends_at(rest, BERLIN, on(3, 12))

    assert ends_at == (None if ends is None else on(ends, 0))


def test_a_vacation_ends_when_the_day_begins_where_midnight_is_skipped() -> None:
    beirut = ZoneInfo("Asia/Beirut")
    rest = Rest((Vacation(date(2026, 3, 27), date(2026, 3, 28)),))
    noon = datetime(2026, 3, 28, 12, tzinfo=beirut).astimezone(UTC)

    ends_at = vacation_ends_at(rest, beirut, noon)

    assert ends_at == datetime(2026, 3, 29, 1, tzinfo=beirut)
    assert ends_at - noon == timedelta(hours=12)
