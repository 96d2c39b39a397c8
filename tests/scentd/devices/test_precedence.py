"""Who may wish what, and for how long it holds."""

import json
from datetime import timedelta
from itertools import product

import pytest

from adapters.simulator.native import NativeThing
from scentd.devices.precedence import BY_HAND
from scentd.model.commands import UNTIL_I_SAY, Answer, Origin, Source
from scentd.store.devices import read_memory
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
AUTOMATIC = (Origin.SCHEDULE, Origin.RULE)


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


class TestPlanAndRules:
    """Within a window the later wish wins, and what a rule stopped stays stopped."""

    async def in_a_window(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=2)
        devices.ask(LAMP, Origin.SCHEDULE, power=True, intensity_percent=60)

    async def test_a_rule_stops_a_window_and_the_plan_does_not_start_it_again(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)

        stopped = devices.ask(LAMP, Origin.RULE, power=False)
        await devices.pass_time(1)
        await devices.restart()
        devices.plug_in(lamp)
        again = devices.ask(LAMP, Origin.SCHEDULE, power=True)

        assert stopped.answer is Answer.SENT
        assert (again.answer, again.reason.code) == (Answer.OVERRIDDEN, "by_rule")
        assert again.reason.until == devices.switches[LAMP]
        assert not lamp.power
        assert devices.commander.override(LAMP) is None

    async def test_without_a_plan_a_rules_stop_holds_nothing_and_writes_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, Origin.RULE, power=True)

        devices.ask(LAMP, Origin.RULE, power=False)
        await devices.pass_time(1)
        kept = await devices.database.write(lambda c: read_memory(c, "override"))

        assert kept == {}

    async def test_so_it_is_when_a_rule_stops_everything(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)

        devices.commander.stop_all(Source(Origin.RULE, "leave"))
        devices.broker.deliver()

        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.OVERRIDDEN
        assert not lamp.power

    async def test_a_rule_that_stops_everything_ends_no_hands_switching_off(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)
        devices.ask(LAMP, power=False, until=UNTIL_I_SAY)

        devices.commander.stop_all(Source(Origin.RULE, "leave"))

        assert devices.commander.override_ends_at(LAMP) == UNTIL_I_SAY

    async def test_at_its_next_switch_the_plan_has_the_word_again(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)
        devices.ask(LAMP, Origin.RULE, power=False)

        await devices.clock.leap(2 * 3600)
        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=1)

        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT

    async def test_a_plan_that_was_changed_has_the_word_at_once(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)
        devices.ask(LAMP, Origin.RULE, power=False)

        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=3)

        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT

    async def test_a_rule_or_a_hand_starts_again_what_a_rule_stopped(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)
        devices.ask(LAMP, Origin.RULE, power=False)

        by_rule = devices.ask(LAMP, Origin.RULE, power=True)
        by_plan = devices.ask(LAMP, Origin.SCHEDULE, power=True, intensity_percent=40)
        devices.ask(LAMP, Origin.RULE, power=False)
        by_hand = devices.ask(LAMP, Origin.VOICE, power=True)

        assert [by_rule.answer, by_plan.answer, by_hand.answer] == [Answer.SENT] * 3
        assert devices.ask(LAMP, Origin.RULE, power=False).answer is Answer.OVERRIDDEN

    async def test_what_stood_still_was_not_stopped(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + timedelta(hours=2)

        idle = devices.ask(LAMP, Origin.RULE, power=False)

        assert idle.answer is Answer.ALREADY_SO
        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT

    async def test_a_device_that_was_away_when_a_rule_stopped_it_stops_on_its_return(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        await self.in_a_window(devices, lamp)
        devices.broker.pull_out(lamp)
        devices.broker.deliver()

        devices.ask(LAMP, Origin.RULE, power=False)
        devices.plug_in(lamp)
        devices.ask(LAMP, Origin.SCHEDULE, power=True)
        await devices.pass_time(1)

        assert not lamp.power


class TestTimers:
    async def test_a_wish_with_an_end_is_a_timer(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))

        await devices.pass_time(2 * 60 - 1)
        assert lamp.power
        await devices.pass_time(2)

        assert not lamp.power

    async def test_turning_it_up_leaves_the_timer_alone(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))
        devices.ask(LAMP, intensity_percent=100)

        await devices.pass_time(2 * 60 + 1)

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
