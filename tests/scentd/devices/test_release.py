"""Letting go of the stop that holds ends what the stop began, and nothing of what was before."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.simulator.native import NativeThing
from scentd.model.commands import UNTIL_I_SAY, Answer, Origin, Source
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
HAND = Source(Origin.MANUAL, "page")


@pytest.fixture
async def in_a_window(devices: Devices, lamp: NativeThing) -> Devices:
    """A house in whose window the lamp runs, for two hours more."""
    devices.plug_in(lamp)
    devices.switches[LAMP] = devices.clock.now() + timedelta(hours=2)
    devices.ask(LAMP, Origin.SCHEDULE, power=True)
    return devices


async def hold_and_release(devices: Devices) -> None:
    await devices.safety.hold(HAND)
    await devices.pass_time(1)
    await devices.restart()
    await devices.safety.release()


@pytest.mark.parametrize("origin", [Origin.MANUAL, Origin.RULE])
async def test_an_earlier_switching_off_stays(
    in_a_window: Devices, lamp: NativeThing, origin: Origin
) -> None:
    in_a_window.ask(LAMP, origin, power=False)

    await hold_and_release(in_a_window)

    assert in_a_window.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.OVERRIDDEN
    assert not lamp.power


@pytest.mark.parametrize("ends_at", [UNTIL_I_SAY, datetime(2026, 3, 2, 13, tzinfo=UTC)])
async def test_its_end_stays_too(in_a_window: Devices, ends_at: datetime) -> None:
    in_a_window.ask(LAMP, source=HAND, power=False, until=ends_at)

    await hold_and_release(in_a_window)

    assert in_a_window.commander.override_ends_at(LAMP) == ends_at


async def test_what_a_hand_switches_off_meanwhile_stays(in_a_window: Devices) -> None:
    await in_a_window.safety.hold(HAND)
    in_a_window.ask(LAMP, source=HAND, power=False, until=UNTIL_I_SAY)

    await in_a_window.safety.release()

    assert in_a_window.commander.override_ends_at(LAMP) == UNTIL_I_SAY


async def test_the_plan_goes_on_where_nobody_had_switched_off(in_a_window: Devices) -> None:
    resumed: list[str] = []
    in_a_window.resumed = resumed.append

    await hold_and_release(in_a_window)

    assert resumed == [LAMP]
    assert in_a_window.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT


async def test_what_a_hand_had_switched_on_is_over(in_a_window: Devices) -> None:
    in_a_window.ask(LAMP, source=HAND, power=True, until=UNTIL_I_SAY)

    await hold_and_release(in_a_window)

    assert in_a_window.commander.override(LAMP) is None
