"""What a hand wished for a time lasts that long by real seconds, whatever the clocks show."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulator.native import NativeThing
from scentd.devices.hubtime import HubTime
from scentd.devices.overrides import Overrides
from scentd.model.commands import UNTIL_I_SAY, Answer, Origin, Source, Wish
from scentd.model.events import ClockStepped, HouseholdChanged
from scentd.model.household import Household
from scentd.model.safety import Happened
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices

LAMP = "native-drift-7"
HAND = Source(Origin.MANUAL, "page")
LOST = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
TODAY = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
EVENING = timedelta(hours=4)


def set_clock(devices: Devices, moment: datetime) -> None:
    """Let NTP set the clock; the watch tells of it."""
    by_s = (moment - devices.clock.now()).total_seconds()
    devices.clock.set(moment)
    devices.bus.publish(ClockStepped(moment, by_s))


class TestNamedByTheHand:
    async def test_a_switching_off_lasts_its_hours_when_a_lost_clock_is_set(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.clock.set(LOST)
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False, until=LOST + timedelta(hours=2))
        await devices.pass_time(60)

        set_clock(devices, TODAY)
        await devices.pass_time(1)
        early = devices.ask(LAMP, Origin.SCHEDULE, power=True)
        ends_at = devices.commander.override_ends_at(LAMP)
        await devices.clock.leap(2 * 3600 - 61)
        late = devices.ask(LAMP, Origin.SCHEDULE, power=True)

        assert early.answer is Answer.OVERRIDDEN
        assert ends_at == TODAY + timedelta(hours=2, seconds=-60)
        assert early.reason.facts["until"] == ends_at.isoformat()
        assert late.answer is Answer.SENT

    async def test_a_run_lasts_its_minutes_when_the_clock_goes_forward(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=3))
        await devices.pass_time(60)

        devices.clock.step(timedelta(hours=5))
        await devices.pass_time(110)
        was_on = lamp.power
        await devices.pass_time(12)

        assert was_on
        assert not lamp.power

    async def test_nor_longer_when_it_goes_back(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True, until=devices.clock.now() + timedelta(minutes=2))

        devices.clock.step(timedelta(hours=-1))
        await devices.pass_time(122)

        assert not lamp.power

    async def test_it_lasts_through_a_restart_amid_a_step(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False, until=devices.clock.now() + timedelta(hours=2))
        await devices.pass_time(60)
        await devices.end()
        devices.clock.step(timedelta(days=3))

        await devices.begin()

        ends_at = devices.commander.override_ends_at(LAMP)
        assert ends_at == devices.clock.now() + timedelta(hours=2, seconds=-60)

    async def test_why_tells_the_new_end(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False, until=devices.clock.now() + timedelta(hours=2))
        await devices.pass_time(60)

        set_clock(devices, devices.clock.now() - timedelta(hours=5))
        await devices.pass_time(1)

        now = devices.clock.now()
        newest = (await devices.commander.decisions.before(LAMP, now))[0]
        assert (newest.happened, newest.power) == (Happened.OBEYED, False)
        assert newest.until == now + timedelta(hours=2, seconds=-61)

    async def test_until_i_say_stays_for_good(self, devices: Devices, lamp: NativeThing) -> None:
        devices.clock.set(LOST)
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False, until=UNTIL_I_SAY)

        set_clock(devices, TODAY)
        await devices.pass_time(1)

        assert devices.commander.override_ends_at(LAMP) == UNTIL_I_SAY


class TestUntilTheNextSwitch:
    @pytest.mark.parametrize("is_told", [True, False])
    async def test_a_set_clock_has_another_next_switch(
        self, devices: Devices, lamp: NativeThing, *, is_told: bool
    ) -> None:
        devices.clock.set(LOST)
        devices.plug_in(lamp)
        devices.switches[LAMP] = LOST + timedelta(hours=1)
        devices.ask(LAMP, power=False)
        devices.switches[LAMP] = TODAY + timedelta(minutes=2)

        devices.clock.set(TODAY)
        if is_told:
            set_clock(devices, TODAY)
        at_once = devices.ask(LAMP, Origin.SCHEDULE, power=True)
        await devices.pass_time(119)
        early = devices.ask(LAMP, Origin.SCHEDULE, power=True)
        await devices.pass_time(2)
        late = devices.ask(LAMP, Origin.SCHEDULE, power=True)

        answers = [at_once.answer, early.answer, late.answer]
        assert answers == [Answer.OVERRIDDEN, Answer.OVERRIDDEN, Answer.SENT]

    async def test_so_has_another_zone(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        now = devices.clock.now()
        devices.switches[LAMP] = now + timedelta(hours=1)
        devices.ask(LAMP, power=False)
        devices.switches[LAMP] = now + timedelta(hours=3)

        devices.bus.publish(HouseholdChanged(now, Household(zone="Asia/Tokyo")))

        assert devices.commander.override_ends_at(LAMP) == now + timedelta(hours=3)

    async def test_a_named_end_does_not_care_for_the_zone(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        now = devices.clock.now()
        devices.ask(LAMP, power=False, until=now + timedelta(hours=2))
        devices.switches[LAMP] = now + timedelta(hours=3)

        devices.bus.publish(HouseholdChanged(now, Household(zone="Asia/Tokyo")))

        assert devices.commander.override_ends_at(LAMP) == now + timedelta(hours=2)


OLD = '{"source":{"origin":"manual","reference":"page"},"power":false,"until":"%s","is_timed":%s}'


@pytest.mark.parametrize("is_timed", ["true", "false"])
def test_what_an_older_hub_kept_is_read(clock: ManualClock, is_timed: str) -> None:
    until = clock.now() + timedelta(hours=1)
    overrides = Overrides(lambda _: None, EVENING, clock, HubTime(clock))

    overrides.recall({LAMP: OLD % (until.isoformat(), is_timed)})
    held = overrides.get(LAMP)
    clock.step(timedelta(hours=-1))
    moved = overrides.get(LAMP)

    assert held.until == until
    assert moved.until == (until - timedelta(hours=1) if is_timed == "true" else _evening(clock))


def _evening(clock: ManualClock) -> datetime:
    return clock.now() + EVENING


SECONDS = st.integers(min_value=1, max_value=7 * 86_400)
STEPS = st.lists(st.tuples(st.integers(0, 40_000), st.integers(-(10**9), 10**9)), max_size=6)


@given(for_s=SECONDS, happenings=STEPS)
async def test_a_named_time_ends_after_its_real_seconds_whatever_the_wall_shows(
    for_s: int, happenings: list[tuple[int, int]]
) -> None:
    clock = ManualClock()
    overrides = Overrides(lambda _: None, EVENING, clock, HubTime(clock))
    overrides.begin(Wish(LAMP, HAND, power=False, until=clock.now() + timedelta(seconds=for_s)))
    passed_s = 0
    for passes_s, steps_s in happenings:
        await clock.leap(passes_s)
        passed_s += passes_s
        clock.step(timedelta(seconds=steps_s))
        overrides.recall(overrides.facts())

        held = overrides.get(LAMP)

        assert (held is not None) == (passed_s < for_s)
        if held is not None:
            left_s = (held.until - clock.now()).total_seconds()
            assert abs(left_s - (for_s - passed_s)) <= 1.0
        assert overrides.take_ended() == {} or held is None


class TestWithoutAPlan:
    """“On” by hand, until nobody says when, ends after an evening."""

    async def after_an_evening(self, devices: Devices) -> None:
        await devices.clock.leap((EVENING - timedelta(seconds=2)).total_seconds())
        await devices.pass_time(3)

    async def test_it_stops(self, devices: Devices, lamp: NativeThing) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)

        await devices.clock.leap((EVENING - timedelta(seconds=2)).total_seconds())
        devices.broker.deliver()
        was_on = lamp.power
        await devices.pass_time(3)

        assert was_on
        assert not lamp.power

    @pytest.mark.parametrize("step", [timedelta(hours=7), timedelta(days=-2)])
    async def test_a_set_clock_changes_nothing_of_that(
        self, devices: Devices, lamp: NativeThing, step: timedelta
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        await devices.pass_time(60)

        set_clock(devices, devices.clock.now() + step)
        await devices.pass_time(1)
        was_on = lamp.power
        await self.after_an_evening(devices)

        assert was_on
        assert not lamp.power

    async def test_whoever_turned_it_up_meanwhile_had_switched_it_on(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.ask(LAMP, intensity_percent=100)

        await self.after_an_evening(devices)

        assert not lamp.power

    async def test_it_runs_on_where_a_window_took_over(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=True)
        devices.planned.add(LAMP)

        await self.after_an_evening(devices)

        assert lamp.power
        assert devices.commander.override(LAMP) is None

    async def test_at_its_own_next_switch_the_plan_speaks_first(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + EVENING
        devices.ask(LAMP, power=True)

        await self.after_an_evening(devices)
        at_the_switch = lamp.power, devices.commander.override(LAMP)
        await devices.pass_time(2)

        assert at_the_switch == (True, None)
        assert not lamp.power

    async def test_what_a_rule_starts_at_that_moment_runs_on(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.switches[LAMP] = devices.clock.now() + EVENING
        devices.ask(LAMP, power=True)

        await self.after_an_evening(devices)
        devices.ask(LAMP, Origin.RULE, power=True)
        await devices.pass_time(5)

        assert lamp.power

    async def test_a_switching_off_starts_nothing(
        self, devices: Devices, lamp: NativeThing
    ) -> None:
        devices.plug_in(lamp)
        devices.ask(LAMP, power=False)

        await self.after_an_evening(devices)

        assert not lamp.power
        assert devices.commander.override(LAMP) is None
