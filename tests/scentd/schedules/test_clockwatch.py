"""The watch over the wall clock."""

from datetime import timedelta

import pytest

from scentd.bus import Bus
from scentd.model.events import ClockStepped
from scentd.schedules.clockwatch import ClockWatch
from tests.fakes.clock import ManualClock
from tests.fakes.running import running


@pytest.mark.parametrize("step_s", [3 * 3600, 45, -3600])
async def test_a_step_is_told_once_within_a_second(clock: ManualClock, step_s: int) -> None:
    bus, heard = Bus(), []
    bus.subscribe(ClockStepped, heard.append)

    async with running(ClockWatch(clock, bus).run):
        await clock.advance(10)
        clock.step(timedelta(seconds=step_s))
        await clock.advance(1)
        await clock.advance(10)

    assert [round(event.by_s) for event in heard] == [step_s]


async def test_a_clock_set_right_gently_is_nobodys_business(clock: ManualClock) -> None:
    bus, heard = Bus(), []
    bus.subscribe(ClockStepped, heard.append)

    async with running(ClockWatch(clock, bus).run):
        for _ in range(20):
            await clock.advance(1)
            clock.step(timedelta(seconds=-0.5))

    assert heard == []
