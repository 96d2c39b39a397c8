"""What the household allows at most, for every wish of anybody."""

import asyncio
import json
import random
from dataclasses import replace
from datetime import time, timedelta
from itertools import product

import pytest

from adapters.simulator.boards import KCL_M1801C
from adapters.simulator.native import NativeThing
from adapters.simulator.tasmota import TasmotaThing
from adapters.simulator.thing import Vial
from scentd.devices.precedence import BY_HAND
from scentd.model.commands import UNTIL_I_SAY, Answer, Origin, Source
from scentd.model.diffuser import Mode
from scentd.model.events import ClockStepped
from scentd.model.safety import Happened, Limits, QuietHours, SafetyRules, StopHold, Ward
from scentd.store.safety import read_facts
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
EVERYBODY = tuple(Origin)


def obey(devices: Devices, **rules: object) -> None:
    devices.rules = SafetyRules(**rules)
    devices.guard.obey(devices.rules)


class TestNobodyPasses:
    @pytest.mark.parametrize("origin", EVERYBODY)
    @pytest.mark.parametrize(
        ("rules", "code"),
        [
            ({"hold": StopHold("page", None)}, "held"),
            ({"quiet": (QuietHours(time(11), time(13)),)}, "quiet"),
            ({"wards": frozenset({Ward.PET})}, "unsafe_pet"),
            ({"everywhere": Limits(day_minutes=1, least_run_s=61)}, "least_run"),
        ],
    )
    async def test_whoever_wishes(
        self, devices: Devices, lamp: NativeThing, origin: Origin, rules: dict, code: str
    ) -> None:
        devices.plug_in(lamp)
        devices.unsafe_scents = {Ward.PET: "Tea tree"}
        obey(devices, **rules)

        outcome = devices.ask(LAMP, origin, power=True)

        assert outcome.answer is Answer.REFUSED
        assert outcome.reason.code == code
        assert not lamp.power

    async def test_a_mode_that_starts_a_device_starts_none_that_may_not(
        self, devices: Devices
    ) -> None:
        vial, chance = Vial("CEDBER-50", "Cedar", 9_000, 9_000), random.Random(1)
        thing = TasmotaThing(
            "5CCF7F1A2B3D", "Bedroom", KCL_M1801C, vial, now=devices.clock.now, chance=chance
        )
        devices.plug_in(thing)
        obey(devices, hold=StopHold("page", None))

        outcome = devices.ask("tasmota-5ccf7f1a2b3d", mode=Mode.INTERVAL)

        assert outcome.reason.code == "held"
        assert not thing.is_running

    async def test_a_pause_lies_between_two_runs(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(pause_minutes=2))
        devices.ask(LAMP, power=True)
        devices.ask(LAMP, power=False)

        early = devices.ask(LAMP, power=True)
        await devices.pass_time(120)

        assert early.reason.code == "pause"
        assert devices.ask(LAMP, power=True).answer is Answer.SENT


class TestRunsEnd:
    @pytest.mark.parametrize(
        ("limits", "code"),
        [
            (Limits(run_minutes=1), "run"),
            (Limits(session_minutes=1), "session"),
            (Limits(hour_minutes=1), "hour"),
            (Limits(day_minutes=1), "day"),
            (Limits(session_ul=1), "session_oil"),
            (Limits(hour_ul=1), "hour_oil"),
            (Limits(day_ul=1), "day_oil"),
        ],
    )
    async def test_at_every_limit(
        self, devices: Devices, lamp: NativeThing, limits: Limits, code: str
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=limits)
        devices.ask(LAMP, Origin.SCHEDULE, power=True)

        await devices.pass_time(62)

        assert not lamp.power
        lines = await devices.commander.decisions.before(LAMP, devices.clock.now())
        assert [one.code for one in lines if one.happened is Happened.STOPPED] == [code]

    async def test_when_a_button_starts_what_has_to_rest(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(run_minutes=2, rest_minutes=30))
        devices.ask(LAMP, power=True)
        await devices.pass_time(150)
        was_stopped = not lamp.power

        devices.broker.let(lamp.press())
        await devices.pass_time(2)

        assert was_stopped
        assert not lamp.power

    async def test_when_a_quiet_hour_begins(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, quiet=(QuietHours(time(12, 1), time(7)),))
        devices.ask(LAMP, power=True)

        await devices.pass_time(59)
        assert lamp.power
        await devices.pass_time(2)

        assert not lamp.power

    async def test_a_room_counts_all_its_devices(self, devices: Devices, lamp, mister) -> None:
        devices.plug_in(lamp)
        devices.plug_in(mister)
        for name in (LAMP, "tasmota-5ccf7f1a2b3c"):
            await devices.registry.rename(name, room="Bath")
        obey(devices, rooms={"Bath": Limits(day_minutes=4)})
        for name in (LAMP, "tasmota-5ccf7f1a2b3c"):
            devices.ask(name, power=True)

        await devices.pass_time(118)
        assert lamp.power
        await devices.pass_time(3)

        assert not lamp.power
        assert devices.ask(LAMP, power=True).reason.code == "room_day"

    async def test_the_plan_goes_on_when_the_limit_lets_it(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(pause_minutes=1))
        asked: list[str] = []
        devices.resumed = asked.append
        for power in (True, False, True):
            devices.ask(LAMP, Origin.SCHEDULE, power=power)

        await devices.pass_time(58)
        early = list(asked)
        await devices.pass_time(35)

        assert early == []
        assert asked == [LAMP]


class TestTheCount:
    async def test_a_kill_costs_nothing_of_it(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(day_minutes=10))
        devices.ask(LAMP, power=True)
        await devices.pass_time(6 * 60)

        await devices.restart()
        await devices.pass_time(4 * 60)

        assert not lamp.power
        assert devices.ask(LAMP, power=True).reason.code == "day"

    @pytest.mark.parametrize("step", [timedelta(days=-1), timedelta(hours=-3), timedelta(hours=14)])
    async def test_a_stepped_clock_gives_no_second_allowance(
        self, devices: Devices, lamp: NativeThing, step: timedelta
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(day_minutes=1))
        devices.ask(LAMP, power=True)
        await devices.pass_time(60)

        devices.clock.step(step)
        await devices.pass_time(2)
        await devices.restart()

        assert devices.ask(LAMP, power=True).reason.code == "day"

    async def test_nor_does_a_clock_that_lost_its_time(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(day_minutes=1))
        devices.ask(LAMP, power=True)
        await devices.pass_time(60)
        devices.boot = "another"
        devices.clock.trusted = False
        devices.clock.step(timedelta(days=-365 * 56))

        await devices.restart()

        assert devices.ask(LAMP, power=True).reason.code == "day"

    async def test_a_step_is_written_down_before_a_power_cut_can_follow(
        self, devices: Devices
    ) -> None:
        devices.clock.step(timedelta(days=2))
        devices.bus.publish(ClockStepped(devices.clock.now(), 2 * 86_400.0))
        await devices.pass_time(1)

        # Asked of the writer, it is answered after what stands in its queue.
        kept = await devices.database.write(lambda c: read_facts(c, "time"))

        assert json.loads(kept[""])["wall"].startswith("2026-03-04")

    async def test_midnight_gives_a_new_one(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, everywhere=Limits(day_minutes=1))
        devices.ask(LAMP, power=True)
        await devices.pass_time(60)
        await devices.clock.advance(12 * 3600)

        assert devices.ask(LAMP, power=True).answer is Answer.SENT


class TestChildLock:
    @pytest.mark.parametrize("origin", sorted(BY_HAND))
    async def test_programs_start_nothing_and_are_told_why(
        self, devices: Devices, lamp: NativeThing, origin: Origin
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, child_locked=frozenset({LAMP}))

        outcome = devices.ask(LAMP, origin, power=True)

        assert outcome.answer is Answer.REFUSED
        assert outcome.reason.code == "child_lock"
        assert devices.ask(LAMP, origin, power=False).answer is Answer.ALREADY_SO

    async def test_a_member_and_the_plan_may(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, child_locked=frozenset({LAMP}))
        devices.ask(LAMP, Origin.SCHEDULE, power=True)
        by_plan = lamp.power
        devices.ask(LAMP, Origin.SCHEDULE, power=False)

        devices.ask(LAMP, source=Source(Origin.MANUAL, "page"), power=True)

        assert by_plan
        assert lamp.power

    async def test_the_light_is_free_and_the_timer_is_not(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        obey(devices, child_locked=frozenset({LAMP}))

        lit = devices.ask(LAMP, Origin.VOICE, light=True)
        dimmed = devices.ask(LAMP, Origin.VOICE, light_percent=40)
        timed = devices.ask(LAMP, Origin.VOICE, timer_s=600)
        by_member = devices.ask(LAMP, source=Source(Origin.MANUAL, "page"), timer_s=600)

        assert (lit.answer, dimmed.answer) == (Answer.SENT, Answer.SENT)
        assert (timed.answer, timed.reason.code) == (Answer.REFUSED, "child_lock")
        assert by_member.answer is Answer.SENT

    async def test_the_button_is_undone(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        obey(devices, child_locked=frozenset({LAMP}))

        devices.broker.let(lamp.press())
        await devices.pass_time(1)

        assert not lamp.power
        assert devices.commander.override(LAMP) is None


class TestAway:
    @pytest.mark.parametrize(
        ("origin", "answer"),
        [
            *product((Origin.SCHEDULE, Origin.RULE), (Answer.OVERRIDDEN,)),
            *product(sorted(BY_HAND), (Answer.SENT,)),
        ],
    )
    async def test_plan_and_rules_rest_and_hands_do_not(
        self, devices: Devices, lamp: NativeThing, origin: Origin, answer: Answer
    ) -> None:
        devices.plug_in(lamp)
        devices.away_until = devices.clock.now() + timedelta(days=7)

        assert devices.ask(LAMP, origin, power=True).answer is answer


class TestUntilISay:
    async def test_it_holds_over_restarts_and_until_somebody_lets_go(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + timedelta(minutes=1)
        devices.ask(LAMP, power=False, until=UNTIL_I_SAY)
        await devices.pass_time(120)
        await devices.restart()

        held = devices.ask(LAMP, Origin.SCHEDULE, power=True)
        devices.commander.let_go(LAMP)

        assert held.answer is Answer.OVERRIDDEN
        assert held.reason.code == "by_hand_for_good"
        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT


class TestTheStopThatHolds:
    async def test_it_holds_over_a_restart_until_it_is_let_go(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        await devices.safety.hold(Source(Origin.MANUAL, "page"))
        await devices.pass_time(1)
        await devices.restart()

        held = [devices.ask(LAMP, origin, power=True).reason.code for origin in EVERYBODY]
        await devices.safety.release()

        assert set(held) == {"held"}
        assert not lamp.power
        assert devices.ask(LAMP, Origin.SCHEDULE, power=True).answer is Answer.SENT

    async def test_a_stop_and_new_limits_at_once_are_both_kept(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        limits = SafetyRules(everywhere=Limits(day_minutes=77))
        page = Source(Origin.MANUAL, "page")

        await asyncio.gather(devices.safety.save(limits), devices.safety.hold(page))
        at_once = devices.safety.rules
        await devices.restart()

        for rules in (at_once, devices.safety.rules):
            assert rules.everywhere == Limits(day_minutes=77)
            assert rules.hold is not None

    async def test_other_changes_leave_it(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        await devices.safety.hold(Source(Origin.MANUAL, "page"))

        await devices.safety.save(replace(SafetyRules(), hold=None))

        assert devices.safety.rules.hold is not None


class TestDecisions:
    async def test_the_same_again_is_no_line(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False)
        for _ in range(5):
            devices.ask(LAMP, Origin.RULE, power=True)

        lines = await devices.commander.decisions.before(LAMP, devices.clock.now())

        yielded = [one for one in lines if one.happened is Happened.YIELDED]
        assert [(one.origin, one.code) for one in yielded] == [(Origin.RULE, "by_hand")]

    async def test_they_last_thirty_days(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        await devices.pass_time(1)
        await devices.commander.decisions.before(LAMP, devices.clock.now())
        devices.clock.step(timedelta(days=31))
        devices.ask(LAMP, power=False)

        lines = await devices.commander.decisions.before(LAMP, devices.clock.now())

        assert all(one.power is False for one in lines)
