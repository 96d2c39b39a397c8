"""A rule stops a window of the plan: the plan's own look does not start it again."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.simulator.native import NativeThing
from adapters.simulator.thing import Vial
from scentd.model.commands import Origin
from tests.fakes.clock import ManualClock
from tests.fakes.planned_house import PlannedHouse
from tests.fakes.plans import entry, plan

LAMP = "native-lamp"
HOUR = 3600.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PlannedHouse]:
    """A lamp in the middle of its window from 17:00 to 22:00, and a plan for the next day."""
    clock = ManualClock(datetime(2026, 3, 2, 18, tzinfo=UTC))
    house = PlannedHouse(tmp_path / "hub.db", clock, ZoneInfo("UTC"))
    await house.begin()
    vial = Vial("CEDBER-50", "Cedar & Bergamot", 50_000, 25_000, "04a1b2c3d4e5f607")
    house.plug_in(NativeThing("lamp", "Study", vial, now=clock.now, chance=random.Random(1)))
    evening = plan(entry("evening", "17:00", "22:00"))
    await house.book.save(replace(evening, diffuser_id=LAMP))
    await house.pass_time(1)
    assert house.state(LAMP).reported.power
    yield house
    await house.end()


async def go_on(house: PlannedHouse, seconds: float) -> None:
    await house.clock.leap(seconds)
    house.broker.deliver()
    await house.pass_time(1)


async def test_it_stays_stopped_through_a_power_cut_and_an_edit_of_another_schedule(
    house: PlannedHouse,
) -> None:
    house.ask(LAMP, Origin.RULE, power=False)
    await house.pass_time(1)
    await house.power_cut()
    await house.begin()
    await house.pass_time(1)

    await house.book.save(replace(plan(name="other"), diffuser_id=LAMP))
    await house.pass_time(1)

    assert house.state(LAMP).reported.power is False


async def test_the_next_window_runs(house: PlannedHouse) -> None:
    house.ask(LAMP, Origin.RULE, power=False)
    await go_on(house, 4 * HOUR)
    before = house.state(LAMP).reported.power

    await go_on(house, 19 * HOUR)

    assert before is False
    assert house.state(LAMP).reported.power


async def test_the_window_ends_what_a_rule_started_again(house: PlannedHouse) -> None:
    house.ask(LAMP, Origin.RULE, power=False)
    await go_on(house, HOUR)
    house.ask(LAMP, Origin.RULE, power=True)
    await go_on(house, HOUR)
    meanwhile = house.state(LAMP).reported.power

    await go_on(house, 2 * HOUR)

    assert meanwhile
    assert house.state(LAMP).reported.power is False
