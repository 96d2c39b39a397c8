"""Wishes for devices that are away: off is never lost, on is never late."""

from adapters.simulator.native import NativeThing
from scentd.model.commands import Answer, Origin
from scentd.model.diffuser import Availability
from tests.fakes.devices import Devices

LAMP = "native-drift-7"


class TestAway:
    async def test_a_switching_on_is_never_delivered_late(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()

        outcome = devices.ask(LAMP, power=True)
        await devices.pass_time(60)
        devices.plug_in(lamp)
        await devices.pass_time(60)

        assert outcome.answer is Answer.OFFLINE
        assert outcome.why == "It is not there now; nothing is sent late."
        assert devices.said_to("drift-7") == []
        assert devices.commander.override(LAMP) is None

    async def test_a_switching_off_is_delivered_within_a_second_of_the_return(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, Origin.SCHEDULE, power=True)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()

        outcome = devices.ask(LAMP, Origin.SCHEDULE, power=False)
        await devices.pass_time(600)
        assert lamp.power
        devices.plug_in(lamp)
        await devices.pass_time(1)

        assert outcome.answer is Answer.OFFLINE
        assert "as soon as it can be reached" in outcome.why
        assert not lamp.power

    async def test_a_promised_switching_off_survives_a_restart(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()
        devices.ask(LAMP, power=False)
        await devices.pass_time(1)

        await devices.restart()
        devices.plug_in(lamp)
        await devices.pass_time(1)

        assert not lamp.power

    async def test_a_later_wish_to_run_cancels_the_promise(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.lose_broker()
        devices.ask(LAMP, power=False)
        devices.broker.is_up = True

        devices.ask(LAMP, power=True, intensity_percent=80)
        devices.find_broker()
        await devices.pass_time(120)

        assert lamp.power

    async def test_a_device_that_vanishes_while_asked_to_stop_is_stopped_on_return(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=False)
        await devices.pass_time(2)

        devices.broker.pull_out(lamp)
        await devices.pass_time(100)
        devices.plug_in(lamp)
        await devices.pass_time(1)

        assert not lamp.power

    async def test_without_a_broker_off_is_promised_and_on_is_not(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.lose_broker()

        on = devices.ask(LAMP, intensity_percent=100)
        off = devices.ask(LAMP, power=False)
        await devices.pass_time(60)
        devices.find_broker()
        await devices.pass_time(1)

        assert (on.answer, off.answer) == (Answer.OFFLINE, Answer.OFFLINE)
        assert "broker" in off.why
        assert not lamp.power
        assert lamp.intensity != 100

    async def test_a_device_that_ignores_the_promise_is_asked_once_a_minute(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=False)
        before = len(devices.said_to("drift-7"))

        for _ in range(240):
            devices.broker.let([lamp.connected()[-1]])
            await devices.pass_time(1)

        # Three tries each of the first and of four more attempts.
        assert 12 <= len(devices.said_to("drift-7")) - before + 1 <= 15

    async def test_a_device_that_stopped_meanwhile_is_owed_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()
        devices.ask(LAMP, power=False)
        lamp.power = False
        before = len(devices.said_to("drift-7"))

        devices.plug_in(lamp)
        await devices.pass_time(20)

        devices.broker.let(lamp.press())
        await devices.pass_time(20)

        assert len(devices.said_to("drift-7")) <= before + 1
        assert lamp.power

    async def test_an_unknown_device_is_asked_and_judged_by_its_answer(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        await devices.restart()
        assert devices.state(LAMP).availability is Availability.UNKNOWN

        assert devices.ask(LAMP, power=True).answer is Answer.SENT
        assert lamp.power
