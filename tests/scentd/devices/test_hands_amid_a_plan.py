"""What a hand wished while the hub did not know the time, and the real plan after it was told."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.simulator.native import NativeThing
from adapters.simulator.thing import Vial
from tests.fakes.clock import ManualClock
from tests.fakes.planned_house import PlannedHouse
from tests.fakes.plans import entry, plan

LAMP = "native-lamp"
LOST = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
IN_THE_WINDOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
HOUR_S = 3600.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PlannedHouse]:
    """A hub that booted without the time, with a window from 17:00 to 22:00 every day."""
    clock = ManualClock(LOST)
    clock.trusted = False
    house = PlannedHouse(tmp_path / "hub.db", clock, ZoneInfo("UTC"))
    await house.begin()
    vial = Vial("CEDBER-50", "Cedar & Bergamot", 50_000, 25_000, "04a1b2c3d4e5f607")
    house.plug_in(NativeThing("lamp", "Study", vial, now=clock.now, chance=random.Random(1)))
    await house.book.save(replace(plan(entry("evening", "17:00", "22:00")), diffuser_id=LAMP))
    await house.pass_time(1)
    yield house
    await house.end()


async def learn_the_time(house: PlannedHouse) -> None:
    house.clock.set(IN_THE_WINDOW)
    house.clock.trusted = True
    await house.pass_time(3)


async def go_on(house: PlannedHouse, seconds: float) -> None:
    await house.clock.leap(seconds)
    house.broker.deliver()
    await house.pass_time(2)


def runs(house: PlannedHouse) -> bool:
    return house.state(LAMP).reported.power is True


async def test_off_for_two_hours_is_two_hours_and_then_the_window_runs(
    house: PlannedHouse,
) -> None:
    house.ask(LAMP, power=False, until=LOST + timedelta(hours=2))
    await house.pass_time(60)

    await learn_the_time(house)
    at_once = runs(house)
    await go_on(house, 2 * HOUR_S - 90)
    shortly_before = runs(house)
    await go_on(house, 60)

    assert (at_once, shortly_before) == (False, False)
    assert runs(house)


async def test_off_until_the_next_switch_is_for_the_rest_of_the_window(
    house: PlannedHouse,
) -> None:
    house.ask(LAMP, power=False)

    await learn_the_time(house)
    at_once = runs(house)
    await go_on(house, 3 * HOUR_S)
    in_the_evening = runs(house)
    await go_on(house, 20.5 * HOUR_S)

    assert (at_once, in_the_evening) == (False, False)
    assert runs(house)


async def test_on_for_half_an_hour_runs_on_by_the_window(house: PlannedHouse) -> None:
    house.ask(LAMP, power=True, until=house.clock.now() + timedelta(minutes=30))

    await learn_the_time(house)
    await go_on(house, 0.6 * HOUR_S)
    within = runs(house)
    await go_on(house, 4 * HOUR_S)

    assert within
    assert not runs(house)


async def test_on_until_the_next_switch_stops_with_the_window(house: PlannedHouse) -> None:
    house.ask(LAMP, power=True)

    await learn_the_time(house)
    within = runs(house)
    await go_on(house, 4 * HOUR_S)

    assert within
    assert not runs(house)
