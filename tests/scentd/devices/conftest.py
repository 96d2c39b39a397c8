import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.simulator.boards import GD_30W
from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.thing import Vial
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices


@pytest.fixture
async def devices(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Devices]:
    """Registry, states and commander over a real store and a broker within the test."""
    house = Devices(tmp_path / "hub.db", clock)
    await house.begin()
    yield house
    await house.end()


def _vial() -> Vial:
    return Vial("CEDBER-50", "Cedar & Bergamot", 50_000, 25_000, "04a1b2c3d4e5f607")


@pytest.fixture
def lamp(clock: ManualClock) -> NativeThing:
    """A native device, off, half full: `native-drift-7`."""
    return NativeThing("drift-7", "Study", _vial(), now=clock.now, chance=random.Random(1))


@pytest.fixture
def twin(clock: ManualClock) -> NativeThing:
    """A native device with two vials, off: `native-twin-9`."""
    lavender = Vial("LAVFLD-30", "Lavender Field", 30_000, 12_000, "04a1b2c3d4e5f608")
    chance = random.Random(2)
    return NativeThing("twin-9", "Study", _vial(), beside=(lavender,), now=clock.now, chance=chance)


@pytest.fixture
def mister(clock: ManualClock) -> TasmotaThing:
    """A GD-30W under Tasmota, off, half full: `tasmota-5ccf7f1a2b3c`."""
    return TasmotaThing(
        "5CCF7F1A2B3C", "Bedroom", GD_30W, _vial(), now=clock.now, chance=random.Random(1)
    )
