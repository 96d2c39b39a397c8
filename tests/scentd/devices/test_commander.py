"""Who may wish what, and what becomes of it."""

import json
from datetime import timedelta
from itertools import product

import pytest

from adapters.simulator.native import NativeThing
from scentd.devices.overrides import BY_HAND
from scentd.devices.settings import DeviceSettings
from scentd.model.commands import Answer, Origin, Source, Wish
from scentd.model.diffuser import Availability, Mode
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    CommandConfirmed,
    CommandRefused,
    CommandUnconfirmed,
    StateChanged,
)
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
COMMAND = "scent/1/drift-7/command"
AUTOMATIC = (Origin.SCHEDULE, Origin.RULE)


def said(devices: Devices) -> list[dict[str, object]]:
    """The commands that would change something, without ids and dates."""
    bodies = [json.loads(payload) for payload in devices.commands(COMMAND)]
    parts = [{k: v for k, v in body.items() if k not in {"id", "expires_at"}} for body in bodies]
    return [part for part in parts if part != {"refresh": True}]


class TestOneWish:
    async def test_one_wish_sets_power_and_strength_and_is_confirmed(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        outcome = devices.ask(LAMP, power=True, intensity_percent=70, mode=Mode.INTERVAL)

        assert outcome.answer is Answer.SENT
        assert outcome.intensity_percent == 60
        assert outcome.why == "It was asked to run and use 60 % and use its mode interval."
        assert said(devices) == [{"power": True, "intensity": 60, "mode": "interval"}]
        assert (lamp.power, lamp.intensity, lamp.mode) == (True, 60, "interval")
        assert [e.command_id for e in devices.told(CommandConfirmed)] == [outcome.command_id]
        assert not devices.state(LAMP).unconfirmed

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
        assert len(said(devices)) == 1

    async def test_the_same_wish_again_at_once_is_said_once(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)

        outcomes = [devices.ask(LAMP, power=True) for _ in range(5)]

        assert {o.command_id for o in outcomes} == {outcomes[0].command_id}
        assert {o.answer for o in outcomes} == {Answer.SENT}
        assert len(said(devices)) == 1

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
        assert [e.why for e in devices.told(CommandRefused)] == [outcome.why]

    async def test_a_device_may_refuse_and_its_reason_is_told(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        lamp.vial.remaining_ul = 0
        devices.plug_in(lamp)

        devices.ask(LAMP, power=True)

        assert [e.why for e in devices.told(CommandRefused)] == ["The device refused: empty."]
        await devices.pass_time(30)
        assert len(said(devices)) == 1

    async def test_identify_and_refresh_are_sent_and_not_waited_for(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        assert devices.ask(LAMP, identify=True).answer is Answer.SENT
        await devices.pass_time(30)

        assert not devices.told(CommandUnconfirmed)
        assert devices.commander.override(LAMP) is None

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
        assert len(said(devices)) == 3
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

        assert said(devices)[-1] == {"power": True, "intensity": 100}

    async def test_off_is_off_whatever_was_asked_before(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.broker.silence(lamp)
        devices.ask(LAMP, power=True, intensity_percent=100)

        devices.ask(LAMP, power=False)
        await devices.pass_time(6)

        assert said(devices)[-1] == {"power": False}


class TestPrecedence:
    @pytest.mark.parametrize(("by_hand", "automatic"), [*product(sorted(BY_HAND), AUTOMATIC)])
    async def test_a_hand_holds_against_plan_and_rules_until_the_next_switch(
        self, devices: Devices, lamp: NativeThing, by_hand: Origin, automatic: Origin
    ) -> None:
        devices.plug_in(lamp)
        switch_at = devices.clock.now() + timedelta(minutes=3)
        devices.switches[LAMP] = switch_at

        devices.ask(LAMP, by_hand, power=True)
        early = devices.ask(LAMP, automatic, power=False)
        await devices.pass_time(3 * 60)
        at_the_switch = devices.ask(LAMP, automatic, power=False)

        assert early.answer is Answer.OVERRIDDEN
        assert "by hand" in early.why
        assert at_the_switch.answer is Answer.SENT
        assert not lamp.power

    @pytest.mark.parametrize(("earlier", "later"), [*product(AUTOMATIC, AUTOMATIC)])
    async def test_of_plan_and_rules_the_later_wins(
        self, devices: Devices, lamp: NativeThing, earlier: Origin, later: Origin
    ) -> None:
        devices.plug_in(lamp)

        devices.ask(LAMP, earlier, power=True)
        assert devices.ask(LAMP, later, power=False).answer is Answer.SENT

        assert not lamp.power

    async def test_safety_passes_what_a_hand_holds(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        assert devices.ask(LAMP, Origin.SAFETY, power=False).answer is Answer.SENT

    async def test_a_hand_replaces_what_a_hand_held(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        assert devices.ask(LAMP, power=False).answer is Answer.SENT
        assert devices.commander.override(LAMP).power is False

    async def test_wishing_what_is_so_already_holds_too(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        devices.ask(LAMP, power=False)

        assert devices.ask(LAMP, Origin.RULE, power=True).answer is Answer.OVERRIDDEN

    async def test_without_a_plan_a_hand_holds_for_an_evening(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)

        devices.ask(LAMP, power=True)

        ends = devices.commander.override_ends_at(LAMP)
        assert ends == devices.clock.now() + timedelta(hours=4)

    async def test_a_light_alone_holds_nothing(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)

        devices.ask(LAMP, light=True)

        assert devices.commander.override(LAMP) is None

    async def test_a_hand_at_the_device_counts_like_one_in_the_app(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, Origin.SCHEDULE, power=True)

        devices.broker.let(lamp.press())

        assert devices.ask(LAMP, Origin.RULE, power=True).answer is Answer.OVERRIDDEN
        assert devices.commander.override(LAMP).source == Source(Origin.MANUAL, "button")

    async def test_what_the_device_stops_by_itself_holds_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, Origin.SCHEDULE, power=True)

        devices.broker.let(lamp.press()[1:])  # the state alone, as from a timer of its own

        assert devices.commander.override(LAMP) is None

    async def test_an_override_survives_a_restart(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=2)
        devices.ask(LAMP, power=False)
        await devices.pass_time(1)

        await devices.restart()

        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.OVERRIDDEN


class TestTimers:
    async def test_a_wish_with_an_end_is_a_timer(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))

        await devices.pass_time(2 * 60 - 1)
        assert lamp.power
        await devices.pass_time(2)

        assert not lamp.power

    async def test_when_the_plan_wants_it_then_the_device_runs_on(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.planned.add(LAMP)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))

        await devices.pass_time(2 * 60 + 5)

        assert lamp.power

    async def test_an_end_of_a_switching_off_starts_nothing_by_itself(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False, until=devices.clock.now() + timedelta(minutes=2))

        await devices.pass_time(2 * 60 + 5)

        assert not lamp.power
        assert devices.commander.override(LAMP) is None

    async def test_a_timer_that_ended_while_the_hub_was_off_still_stops(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))
        await devices.pass_time(1)
        await devices.end()
        await devices.clock.advance(3600)

        await devices.begin()
        await devices.pass_time(1)

        assert not lamp.power


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
        assert said(devices) == []
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
        before = len(said(devices))

        for _ in range(240):
            devices.broker.let([lamp.connected()[-1]])
            await devices.pass_time(1)

        # Three tries each of the first and of four more attempts.
        assert 12 <= len(said(devices)) - before + 1 <= 15

    async def test_a_device_that_stopped_meanwhile_is_owed_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()
        devices.ask(LAMP, power=False)
        lamp.power = False
        before = len(said(devices))

        devices.plug_in(lamp)
        await devices.pass_time(20)

        devices.broker.let(lamp.press())
        await devices.pass_time(20)

        assert len(said(devices)) <= before + 1
        assert lamp.power

    async def test_an_unknown_device_is_asked_and_judged_by_its_answer(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        await devices.restart()
        assert devices.state(LAMP).availability is Availability.UNKNOWN

        assert devices.ask(LAMP, power=True).answer is Answer.SENT
        assert lamp.power


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


class TestStopAll:
    async def test_stop_all_wins_over_everything_and_holds(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=1)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(hours=5))

        outcomes = devices.commander.stop_all(Source(Origin.MANUAL))
        devices.broker.deliver()

        assert [o.answer for o in outcomes] == [Answer.SENT]
        assert not lamp.power
        assert devices.ask(LAMP, Origin.RULE, power=True).answer is Answer.OVERRIDDEN

    async def test_a_rule_may_stop_everything_but_holds_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        devices.commander.stop_all(Source(Origin.RULE, "r1"))
        devices.broker.deliver()

        assert not lamp.power
        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT

    async def test_a_device_that_is_away_is_stopped_when_it_returns(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()

        devices.commander.stop_all(Source(Origin.MANUAL))
        devices.plug_in(lamp)
        await devices.pass_time(1)

        assert not lamp.power

    async def test_what_nobody_knows_the_use_of_is_left_alone(self, devices: Devices) -> None:
        config = {
            "t": "freezer",
            "ft": "%prefix%/%topic%/",
            "tp": ["cmnd", "stat", "tele"],
            "state": ["OFF", "ON"],
            "rl": [1],
        }
        devices.broker.say(
            "tasmota/discovery/5CCF7F000001/config", json.dumps(config).encode(), retain=True
        )
        devices.broker.deliver()
        assert [d.needs_profile for d in devices.registry.all()] == [True]

        assert devices.commander.stop_all(Source(Origin.MANUAL)) == ()
        refused = devices.ask("tasmota-5ccf7f000001", power=False)

        assert refused.answer is Answer.REFUSED
        assert devices.commands("cmnd/freezer/POWER") == []
