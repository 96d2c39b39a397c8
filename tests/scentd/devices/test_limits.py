"""How long a device may run without a pause, whoever wishes."""

from datetime import timedelta

import pytest

from adapters.simulator.native import NativeThing
from scentd.devices.settings import DeviceSettings
from scentd.model.commands import Answer, Origin
from tests.fakes.devices import Devices

LAMP = "native-drift-7"


class TestLimits:
    @pytest.fixture
    async def devices(self, tmp_path, clock):
        house = Devices(
            tmp_path / "limits.db",
            clock,
            DeviceSettings(max_run_minutes=6, rest_minutes=1, max_run_minutes_of={"other": 5}),
        )
        await house.begin()
        yield house
        await house.end()

    async def test_nothing_runs_longer_than_it_may_not_even_by_hand(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        await devices.pass_time(6 * 60 - 2)
        assert lamp.power
        await devices.pass_time(3)

        assert not lamp.power

    async def test_after_that_it_rests_whoever_wishes(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        await devices.pass_time(6 * 60 + 2)

        for origin in Origin:
            outcome = devices.ask(LAMP, origin, power=True)
            assert outcome.answer is Answer.REFUSED
            assert "6 minutes without a pause" in outcome.why
        await devices.pass_time(60)

        assert devices.ask(LAMP, power=True).answer is Answer.SENT

    async def test_a_run_by_the_button_counts_too(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.let(lamp.press())

        await devices.pass_time(6 * 60 + 2)

        assert not lamp.power

    async def test_a_pause_begins_the_count_anew(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        for power in (True, False, True):
            devices.ask(LAMP, power=power)
            await devices.pass_time(4 * 60)

        assert lamp.power

    async def test_a_restart_does_not_begin_it_anew(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        await devices.pass_time(4 * 60)

        await devices.restart()
        await devices.pass_time(2 * 60 + 5)

        assert not lamp.power

    async def test_a_stepped_clock_changes_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.clock.step(timedelta(hours=3))

        await devices.pass_time(5 * 60)

        assert lamp.power
