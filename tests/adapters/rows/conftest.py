"""The hub's devices, for rows that are about what a household sees of a dialect."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices


@pytest.fixture
async def devices(tmp_path: Path) -> AsyncIterator[Devices]:
    """Registry, states and commander over a real store and a broker within the test."""
    house = Devices(tmp_path / "hub.db", ManualClock())
    await house.begin()
    yield house
    await house.end()
