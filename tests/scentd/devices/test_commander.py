"""What becomes of a wish: sent, confirmed, repeated, given up."""

import json

import pytest

from adapters.simulator.native import NativeThing
from scentd.model.commands import Answer, Origin, Source, Wish
from scentd.model.diffuser import Mode
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    CommandConfirmed,
    CommandRefused,
    CommandUnconfirmed,
    StateChanged,
)
from scentd.model.reasons import Reason
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
COMMAND = "scent/1/drift-7/command"
TWIN = "native-twin-9"


class TestOneWish:
    async def test_one_wish_sets_power_and_strength_and_is_confirmed(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        outcome = devices.ask(LAMP, power=True, intensity_percent=70, mode=Mode.INTERVAL)

        assert outcome.answer is Answer.SENT
        assert outcome.intensity_percent == 60
        assert outcome.reason.code == "asked"
        assert devices.said_to("drift-7") == [{"power": True, "intensity": 60, "mode": "interval"}]
        assert (lamp.power, lamp.intensity, lamp.mode) == (True, 60, "interval")
        assert [e.command_id for e in devices.told(CommandConfirmed)] == [outcome.command_id]
        assert not devices.state(LAMP).unconfirmed

    async def test_one_wish_sets_slot_and_all_else_and_it_is_read_back(
        self, devices: Devices, twin: NativeThing
    ) -> None:
        devices.plug_in(twin)

        outcome = devices.ask(TWIN, power=True, intensity_percent=80, light=True, slot_no=2)

        assert outcome.answer is Answer.SENT
        reported = devices.state(TWIN).reported
        assert (reported.power, reported.intensity_percent) == (True, 80)
        assert (reported.light, reported.slot_no) == (True, 2)
        assert len(devices.said_to("twin-9")) == len(devices.told(CommandConfirmed)) == 1
        assert devices.ask(TWIN, slot_no=2).answer is Answer.ALREADY_SO

    @pytest.mark.parametrize("slot_no", [0, 3])
    async def test_a_slot_the_device_has_not_is_refused(
        self, devices: Devices, twin: NativeThing, slot_no: int
    ) -> None:
        devices.plug_in(twin)

        assert devices.ask(TWIN, slot_no=slot_no).answer is Answer.REFUSED

    async def test_the_change_is_put_to_the_account_of_who_wished_it(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.heard.clear()

        devices.ask(LAMP, Origin.RULE, power=True)
        devices.broker.let(lamp.press())

        powers = [
            (e.after.reported.power, e.source)
            for e in devices.told(StateChanged)
            if e.before.reported.power != e.after.reported.power
        ]
        assert powers == [(True, Source(Origin.RULE, "test")), (False, None)]

    async def test_what_is_so_already_is_not_sent(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, intensity_percent=60)

        again = devices.ask(LAMP, power=True, intensity_percent=55)

        assert again.answer is Answer.ALREADY_SO
        assert again.intensity_percent == 60
        assert len(devices.said_to("drift-7")) == 1

    async def test_the_same_wish_again_at_once_is_said_once(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)

        outcomes = [devices.ask(LAMP, power=True) for _ in range(5)]

        assert {o.command_id for o in outcomes} == {outcomes[0].command_id}
        assert {o.answer for o in outcomes} == {Answer.SENT}
        assert len(devices.said_to("drift-7")) == 1

    async def test_strength_and_power_may_come_in_either_order(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        wishes = (
            Wish(LAMP, Source(Origin.PLATFORM), power=True),
            Wish(LAMP, Source(Origin.PLATFORM), intensity_percent=100),
        )
        for wish in wishes:
            devices.commander.submit(wish)
        devices.broker.deliver()

        assert (lamp.power, lamp.intensity) == (True, 100)
        assert not devices.told(CommandUnconfirmed)

    async def test_an_intensity_of_nothing_means_off(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        devices.ask(LAMP, intensity_percent=0)

        assert not lamp.power

    async def test_what_the_device_cannot_do_is_refused_in_words(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        outcome = devices.ask(LAMP, mode=Mode.SLEEP)

        assert (outcome.answer, outcome.why) == (Answer.REFUSED, "The device cannot do that.")
        assert [e.reason for e in devices.told(CommandRefused)] == [outcome.reason]

    async def test_a_device_may_refuse_and_its_reason_is_told(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        lamp.vial.remaining_ul = 0
        devices.plug_in(lamp)

        devices.ask(LAMP, power=True)

        (refused,) = devices.told(CommandRefused)
        assert refused.reason == Reason("device_refused", {"error": "empty"})
        await devices.pass_time(30)
        assert len(devices.said_to("drift-7")) == 1

    async def test_identify_and_refresh_are_sent_and_not_waited_for(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        assert devices.ask(LAMP, identify=True).answer is Answer.SENT
        await devices.pass_time(30)

        assert not devices.told(CommandUnconfirmed)
        assert devices.commander.override(LAMP) is None

    async def test_a_wish_until_a_moment_that_is_past_is_refused(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        outcome = devices.ask(LAMP, power=True, until=devices.clock.now())

        assert outcome.answer is Answer.REFUSED
        assert not lamp.power

    async def test_a_device_that_is_away_cannot_show_itself(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()

        assert devices.ask(LAMP, identify=True).answer is Answer.OFFLINE

    async def test_a_hub_whose_clock_is_not_set_is_obeyed_all_the_same(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.clock.trusted = False
        devices.plug_in(lamp)

        devices.ask(LAMP, power=True)

        assert lamp.power
        assert not any(b"expires_at" in p for p in devices.commands("scent/1/drift-7/command"))

    async def test_nobody_can_wish_of_a_device_that_is_not_known(self, devices: Devices) -> None:
        with pytest.raises(DiffuserUnknown):
            devices.ask("native-nobody", power=True)


class TestConfirmation:
    async def test_a_deaf_device_is_asked_three_times_and_then_told_of(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)

        outcome = devices.ask(LAMP, power=True)
        await devices.pass_time(14.5)
        assert not devices.told(CommandUnconfirmed)
        await devices.pass_time(1)

        ids = {json.loads(p)["id"] for p in devices.commands(COMMAND) if b"power" in p}
        assert ids == {outcome.command_id}
        assert len(devices.said_to("drift-7")) == 3
        assert [e.command_id for e in devices.told(CommandUnconfirmed)] == [outcome.command_id]
        assert devices.state(LAMP).unconfirmed

    async def test_the_second_try_may_succeed(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=True)

        await devices.pass_time(4)
        devices.broker.unsilence(lamp)
        await devices.pass_time(2)

        assert lamp.power
        assert len(devices.told(CommandConfirmed)) == 1
        assert not devices.state(LAMP).unconfirmed

    async def test_the_hub_believes_reports_and_never_its_own_command(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)

        devices.ask(LAMP, power=True)
        await devices.pass_time(20)

        state = devices.state(LAMP)
        assert (state.desired.power, state.reported.power) == (True, False)

    async def test_a_newer_wish_replaces_the_older_and_keeps_its_other_parts(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=True)
        devices.ask(LAMP, intensity_percent=100)

        await devices.pass_time(6)

        assert devices.said_to("drift-7")[-1] == {"power": True, "intensity": 100}

    async def test_off_is_off_whatever_was_asked_before(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=True, intensity_percent=100)

        devices.ask(LAMP, power=False)
        await devices.pass_time(6)

        assert devices.said_to("drift-7")[-1] == {"power": False}


async def test_a_device_that_runs_already_is_given_its_timer_all_the_same(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    devices.ask(LAMP, power=True)

    outcome = devices.ask(LAMP, power=True, timer_s=600)

    assert outcome.answer is Answer.SENT
    assert devices.state(LAMP).reported.timer_s == 600


async def test_a_timer_wished_while_the_device_has_not_answered_goes_along(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    devices.broker.silence(lamp)
    devices.ask(LAMP, power=True)
    devices.ask(LAMP, power=True, timer_s=600)

    assert devices.said_to("drift-7")[-1] == {"power": True, "timer_s": 600}


async def test_an_own_timer_is_asked_for_without_touching_how_the_device_runs(
    devices: Devices, lamp: NativeThing
) -> None:
    devices.plug_in(lamp)
    devices.ask(LAMP, power=True)
    devices.ask(LAMP, timer_s=600)

    assert devices.said_to("drift-7")[-1] == {"timer_s": 600}
    assert devices.state(LAMP).reported.timer_s == 600
