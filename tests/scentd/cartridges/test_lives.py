"""Random lives of a hub and its bottles, with everything that can happen to them in between."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scentd.cartridges.settings import CartridgeSettings
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability
from scentd.model.events import CartridgeRunningLow, ClockStepped, LevelChanged
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database
from tests.scentd.cartridges.conftest import Home

LAMP = SlotKey("lamp")
HOUR = 3600.0

happenings = st.one_of(
    st.tuples(st.just("run"), st.integers(1, 12)),
    st.tuples(st.just("rest"), st.integers(1, 24)),
    st.tuples(st.just("restart"), st.integers(0, 12)),
    st.tuples(st.just("step the clock"), st.integers(-24, 24)),
    st.tuples(st.just("lose and find"), st.integers(1, 12)),
    st.tuples(st.just("old message"), st.integers(0, 30_000)),
    st.tuples(st.just("bad reading"), st.integers(0, 30_000)),
    st.tuples(st.just("say it again"), st.integers(1, 5)),
    st.tuples(st.just("refill"), st.just(0)),
)


class Life:
    """One lamp whose bottle really falls, measured now and then, on a hub that may die."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.truth_ul = 30_000.0
        self.bottle = 1

    async def begin(self) -> None:
        await self.home.start()
        await self.put_in_bottle()

    async def put_in_bottle(self) -> None:
        self.home.tag(f"BOTTLE-{self.bottle:04}", level_ul=round(self.truth_ul))
        await self.home.clock.advance(2)

    async def go(self, happening: str, amount: int) -> None:
        home = self.home
        if happening == "run":
            home.change("lamp", power=True, intensity_percent=100)
            await self._pass(amount, falls=True)
            home.change("lamp", power=False)
        elif happening == "rest":
            await self._pass(amount, falls=False)
        elif happening == "restart":
            await home.restart_after(hours=amount)
        elif happening == "step the clock":
            home.clock.step(timedelta(hours=amount))
            home.bus.publish(ClockStepped(home.clock.now(), amount * HOUR))
        elif happening == "lose and find":
            home.reach("lamp", Availability.OFFLINE)
            await home.clock.advance(amount * HOUR)
            home.reach("lamp", Availability.ONLINE)
        elif happening == "refill":
            self.bottle += 1
            self.truth_ul = 30_000.0
            await self.put_in_bottle()
        else:
            await self._speak(happening, amount)

    async def _speak(self, happening: str, amount: int) -> None:
        if happening == "say it again":
            for _ in range(amount):
                self.home.level(round(self.truth_ul))
        else:
            self.home.level(amount, retained=happening == "old message")
        await self.home.clock.advance(60)

    async def _pass(self, hours: int, *, falls: bool) -> None:
        for _ in range(hours):
            await self.home.clock.advance(HOUR)
            if falls:
                self.truth_ul = max(0.0, self.truth_ul - 1_200)
            self.home.level(round(self.truth_ul))
            await self.home.clock.advance(2)


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(happenings, min_size=5, max_size=25))
async def test_over_a_random_life_each_bottle_is_told_of_once_and_never_fills_itself(
    life: list[tuple[str, int]],
) -> None:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder), clock) as database:
            home = Home(database, clock)
            home.settings = CartridgeSettings(tick_s=1800)
            lived = Life(home)
            await lived.begin()

            for happening, amount in life:
                await lived.go(happening, amount)
            await home.stop()

            told = [body["install_id"] for body in await home.outbox("cartridge.running_low")]
    said = [event.cartridge.install_id for event in home.told(CartridgeRunningLow)]
    assert said == told
    assert all(count == 1 for count in Counter(told).values())
    assert _never_rises(home)


def _never_rises(home: Home) -> bool:
    seen: dict[str, int] = {}
    for event in home.told(LevelChanged):
        cartridge = event.cartridge
        if cartridge.remaining_ul > seen.get(cartridge.install_id, cartridge.capacity_ul):
            return False
        seen[cartridge.install_id] = cartridge.remaining_ul
    return True


@settings(max_examples=settings.default.max_examples // 8)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.integers(1, 3))
async def test_every_bottle_that_runs_dry_is_told_of(restarts: list[int], bottles: int) -> None:
    clock = ManualClock()
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder), clock) as database:
            home = Home(database, clock)
            home.settings = CartridgeSettings(tick_s=1800)
            lived = Life(home)
            await lived.begin()

            for _ in range(bottles):
                for hours in restarts:
                    await lived.go("run", 8)
                    await lived.go("restart", hours)
                await lived.go("run", 8)
                await lived.go("refill", 0)
            await home.stop()

            told = [body["install_id"] for body in await home.outbox("cartridge.running_low")]
    assert told == [f"BOTTLE-{number + 1:04}" for number in range(bottles)]
