"""A rhythm while plug, broker or hub is away, and what holds it in bounds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.devices.rhythm import MARGIN_S, PERIOD_S
from scentd.model.commands import Answer
from scentd.model.diffuser import Availability
from scentd.model.events import CommandUnconfirmed
from scentd.model.safety import Limits, SafetyRules
from tests.fakes.clock import ManualClock
from tests.fakes.plug_house import PLUG, PlugHouse

HALF_S = PERIOD_S / 2


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[PlugHouse]:
    house = PlugHouse(tmp_path / "hub.db", clock)
    await house.begin()
    house.plug_in(house.plug)
    yield house
    await house.end()


class TestAway:
    async def test_a_switching_on_that_was_lost_is_not_made_up_for(self, house: PlugHouse) -> None:
        house.plug.is_deaf = True
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)
        house.plug.is_deaf = False
        await house.live(2 * PERIOD_S)

        assert len(house.told(CommandUnconfirmed)) == 1
        assert house.state(PLUG).unconfirmed
        assert not house.plug.on

    async def test_a_switching_off_is_sent_although_it_never_showed_that_it_went_on(
        self, house: PlugHouse
    ) -> None:
        house.plug.is_mute = True
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)
        was_on, seen = house.plug.on, house.seen()

        answer = house.ask_plug(power=False)

        assert (was_on, seen[0]) == (True, False)
        assert answer is Answer.SENT
        assert not house.plug.on

    async def test_a_phase_that_was_not_shown_is_said_again(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S - 5)
        house.plug.is_deaf = True
        await house.live(12)
        house.plug.is_deaf = False
        await house.live(12)

        assert not house.plug.on
        assert house.seen() == (True, 50)

    async def test_the_rhythm_waits_while_the_broker_is_away_and_goes_on(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S + 30)
        switched = house.plug.switched

        house.lose_broker()
        await house.live(2 * PERIOD_S)
        while_away = house.plug.switched
        house.find_broker()
        await house.live(4 * PERIOD_S)

        assert while_away == switched
        assert house.plug.on_s == pytest.approx(2.5 * PERIOD_S, abs=3)
        assert house.seen() == (True, 50)

    async def test_another_step_that_was_not_confirmed_is_kept_by_a_plug_that_runs(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(10)
        house.plug.is_deaf = True
        house.ask_plug(intensity_percent=25)
        await house.live(30)
        house.plug.is_deaf = False
        await house.live(PERIOD_S)
        on_s = house.plug.on_s

        await house.live(2 * PERIOD_S)

        assert len(house.told(CommandUnconfirmed)) == 1
        assert house.plug.on_s - on_s == pytest.approx(PERIOD_S / 2, abs=2)
        assert house.seen() == (True, 25)

    async def test_a_hand_while_nobody_could_hear_it_ends_no_rhythm(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(10)
        house.lose_broker()
        house.plug.press()
        await house.live(20)
        house.find_broker()
        await house.live(2 * PERIOD_S)

        assert house.plug.on_s == pytest.approx(10 + PERIOD_S, abs=2)
        assert house.seen() == (True, 50)

    async def test_a_plug_wished_off_while_it_was_away_stays_off_when_it_is_back(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)
        house.broker.pull_out(house.plug)
        house.broker.deliver()

        answer = house.ask_plug(power=False)
        house.plug_in(house.plug)
        await house.live(2 * PERIOD_S)

        assert answer is Answer.OFFLINE
        assert house.plug.on_s == pytest.approx(30, abs=2)
        assert house.seen() == (False, 50)

    async def test_the_rhythm_waits_while_the_plug_is_away_and_goes_on(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S + 30)
        house.broker.pull_out(house.plug)
        house.broker.deliver()
        await house.live(PERIOD_S)
        availability = house.state(PLUG).availability

        house.plug_in(house.plug)
        await house.live(2 * PERIOD_S)

        assert availability is Availability.OFFLINE
        assert house.plug.on_s == pytest.approx(1.5 * PERIOD_S, abs=3)

    @pytest.mark.parametrize("after_s", [HALF_S - 30, HALF_S + 30])
    async def test_the_rhythm_goes_on_through_a_restart(
        self, house: PlugHouse, after_s: float
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(after_s)

        await house.restart()
        await house.live(4 * PERIOD_S - after_s)

        assert house.plug.on_s == pytest.approx(2 * PERIOD_S, abs=3)
        assert house.seen() == (True, 50)
        assert house.runs_seen() == []

    async def test_the_rhythm_goes_on_through_a_power_cut(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)

        await house.database.settle()
        await house.power_cut()
        await house.begin()
        await house.live(2 * PERIOD_S)

        assert house.plug.on_s == pytest.approx(PERIOD_S, rel=0.2)
        assert house.seen() == (True, 50)

    async def test_what_was_off_stays_off_through_a_restart(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)
        house.ask_plug(power=False)
        await house.live(5)

        await house.restart()
        await house.live(PERIOD_S)

        assert not house.plug.on
        assert house.seen() == (False, 50)


class TestDeadMan:
    async def test_a_hub_that_falls_silent_leaves_no_plug_with_a_timer_running(
        self, tmp_path: Path, clock: ManualClock
    ) -> None:
        house = PlugHouse(tmp_path / "hub.db", clock)
        house.plug.has_timer = True
        await house.begin()
        house.plug_in(house.plug)
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)

        house.broker.silence(house.plug)
        await house.end()
        for _ in range(1_000):
            house.plug.pass_time(1.0)

        assert not house.plug.on
        assert house.plug.on_s == pytest.approx(HALF_S + MARGIN_S, abs=3)

    async def test_the_timer_never_ends_a_phase_while_the_hub_lives(
        self, tmp_path: Path, clock: ManualClock
    ) -> None:
        house = PlugHouse(tmp_path / "hub.db", clock)
        house.plug.has_timer = True
        await house.begin()
        house.plug_in(house.plug)
        house.ask_plug(power=True, intensity_percent=75)
        await house.live(2 * PERIOD_S)
        house.ask_plug(intensity_percent=100)
        await house.live(2 * PERIOD_S)
        seen, on = house.seen(), house.plug.on
        await house.end()

        assert seen == (True, 100)
        assert on

    async def test_a_run_that_was_wished_for_a_time_ends_then(
        self, tmp_path: Path, clock: ManualClock
    ) -> None:
        house = PlugHouse(tmp_path / "hub.db", clock)
        house.plug.has_timer = True
        await house.begin()
        house.plug_in(house.plug)
        house.ask_plug(power=True, intensity_percent=50, timer_s=1.5 * PERIOD_S)
        await house.live(2 * PERIOD_S)
        seen, on_s = house.seen(), house.plug.on_s
        await house.end()

        assert seen == (False, 50)
        assert on_s == pytest.approx(PERIOD_S, abs=2)


class TestLimits:
    async def test_a_limit_of_minutes_counts_the_pauses_and_stops_in_either_phase(
        self, house: PlugHouse
    ) -> None:
        house.rules = SafetyRules(diffusers={PLUG: Limits(run_minutes=4)})
        house.guard.obey(house.rules)

        house.ask_plug(power=True, intensity_percent=50)
        await house.live(2 * PERIOD_S)

        assert house.seen() == (False, 50)
        assert house.plug.on_s == pytest.approx(HALF_S, abs=2)

    async def test_a_limit_of_oil_counts_what_half_strength_uses(self, house: PlugHouse) -> None:
        house.rules = SafetyRules(diffusers={PLUG: Limits(session_ul=200)})
        house.guard.obey(house.rules)

        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30 * 60)

        assert house.seen() == (False, 50)
        assert not house.plug.on
        # 1,000 µl an hour at half strength: 24 minutes.
        assert 50_000 - house.plug.vial.remaining_ul == pytest.approx(200, rel=0.05)
