"""The oil behind a pulsed plug: what is reckoned is what it truly uses, and pauses are no fall."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from scentd.cartridges.shelf import Shelf
from scentd.devices.rhythm import PERIOD_S
from scentd.model.cartridge import SlotKey
from scentd.model.events import CartridgeEmpty, CartridgeRunningLow, CartridgeSuspectedEmpty
from tests.fakes.clock import ManualClock
from tests.fakes.plug_house import PLUG, PlugHouse
from tests.fakes.plugs import DRY_W, RUNNING_W

SLOT = SlotKey(PLUG)
HOUR_S = 3_600.0


class Oiled(PlugHouse):
    """A plug with its bottle, and the shelf that reckons with it."""

    async def _load_plan(self) -> None:
        self.shelf = Shelf(
            self.database,
            self.bus,
            self.clock,
            self.registry.get,
            self.states.state,
            lambda *_: (),
        )
        await self.shelf.load()
        for kind in (CartridgeSuspectedEmpty, CartridgeRunningLow, CartridgeEmpty):
            self.bus.subscribe(kind, self.heard.append)

    def _more_parts(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (self.shelf.run,)

    async def fit(self, capacity_ul: int) -> None:
        self.plug.vial.capacity_ul, self.plug.vial.remaining_ul = capacity_ul, float(capacity_ul)
        await self.shelf.fit(SLOT, sku="CED-30", scent_name="Cedar", capacity_ul=capacity_ul)
        await self.database.settle()


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Oiled]:
    house = Oiled(tmp_path / "hub.db", clock)
    await house.begin()
    house.plug_in(house.plug)
    await house.fit(50_000)
    yield house
    await house.end()


@pytest.mark.parametrize("percent", [25, 50, 75])
async def test_the_oil_reckoned_is_the_oil_used(house: Oiled, percent: int) -> None:
    house.ask_plug(power=True, intensity_percent=percent)
    await house.live(2 * HOUR_S)

    used_ul = 50_000 - house.plug.vial.remaining_ul
    reckoned_ul = 50_000 - house.shelf.get(SLOT).remaining_ul
    assert used_ul == pytest.approx(2_000 * percent / 100, rel=0.02)
    assert reckoned_ul == pytest.approx(used_ul, rel=0.05)


async def test_the_pauses_of_a_rhythm_make_nobody_suspicious(house: Oiled) -> None:
    house.ask_plug(power=True, intensity_percent=25)
    for _ in range(24):
        await house.live(PERIOD_S / 4)
        house.broker.let([house.plug.state()])

    assert house.told(CartridgeSuspectedEmpty) == []
    assert not house.shelf.knowledge(SLOT).is_suspected
    assert house.state(PLUG).reported.watts == RUNNING_W


async def test_a_dry_diffuser_is_suspected_by_its_power_and_nothing_is_concluded(
    house: Oiled,
) -> None:
    house.ask_plug(power=True, intensity_percent=50)
    await house.live(6 * PERIOD_S)
    house.plug.vial.remaining_ul = 0.0
    before_ul = house.shelf.get(SLOT).remaining_ul
    await house.live(6 * PERIOD_S)

    (event,) = house.told(CartridgeSuspectedEmpty)
    assert (event.watts, event.usual_watts) == (DRY_W, pytest.approx(RUNNING_W))
    assert house.shelf.knowledge(SLOT).is_suspected
    assert house.told(CartridgeEmpty) == []
    assert house.told(CartridgeRunningLow) == []
    assert house.shelf.get(SLOT).remaining_ul == pytest.approx(before_ul, abs=300)
    assert house.seen() == (True, 50)


async def test_the_usual_power_is_one_at_every_step_of_a_rhythm(house: Oiled) -> None:
    house.ask_plug(power=True, intensity_percent=75)
    await house.live(6 * PERIOD_S)
    house.plug.vial.remaining_ul = 0.0

    house.ask_plug(intensity_percent=25)
    await house.live(6 * PERIOD_S)

    assert len(house.told(CartridgeSuspectedEmpty)) == 1
