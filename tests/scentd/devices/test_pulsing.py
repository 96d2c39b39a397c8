"""A plug that only switches is, for everybody else, a device that runs at a step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scentd.devices.rhythm import LEAST_S, PERIOD_S, begin, phases_s
from scentd.model.commands import Answer, Origin, Source
from scentd.model.events import CommandConfirmed
from scentd.ports import Inbound
from tests.fakes.clock import ManualClock
from tests.fakes.plug_house import PLUG, PlugHouse
from tests.fakes.plugs import RUNNING_W

HALF_S = PERIOD_S / 2


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[PlugHouse]:
    house = PlugHouse(tmp_path / "hub.db", clock)
    await house.begin()
    house.plug_in(house.plug)
    yield house
    await house.end()


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_no_phase_is_shorter_than_a_diffuser_needs_to_begin(percent: int) -> None:
    on_s, off_s = phases_s(percent)

    assert min(on_s, off_s) >= LEAST_S
    assert on_s / (on_s + off_s) == pytest.approx(percent / 100)


def test_a_look_that_comes_late_shortens_the_next_phase_and_not_the_rhythm() -> None:
    first = begin(50, 1_000.0)

    second = first.next_phase(first.ends_s + 0.4)
    third = second.next_phase(second.ends_s + 0.4)

    assert second.ends_s == 1_000.0 + PERIOD_S
    assert third.ends_s == 1_000.0 + 1.5 * PERIOD_S


def test_a_hub_that_slept_through_a_phase_begins_the_next_one_whole() -> None:
    first = begin(50, 1_000.0)
    woken_s = first.ends_s + LEAST_S

    assert first.next_phase(woken_s).ends_s == woken_s + HALF_S


class TestSeenFromAbove:
    async def test_a_plug_runs_at_half_strength_by_being_on_half_the_time(
        self, house: PlugHouse
    ) -> None:
        answer = house.ask_plug(power=True, intensity_percent=50)
        await house.live(4 * PERIOD_S)

        assert answer is Answer.SENT
        assert house.plug.on_s == pytest.approx(2 * PERIOD_S, abs=2)
        assert house.plug.switched in {8, 9}
        assert house.seen() == (True, 50)
        assert house.runs_seen() == [False, True]
        assert len(house.told(CommandConfirmed)) == 1

    async def test_the_step_may_be_set_while_it_is_off_and_holds_when_it_starts(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(intensity_percent=25)
        after_step = house.seen()
        house.ask_plug(power=True)
        await house.live(2 * PERIOD_S)

        assert after_step == (False, 25)
        assert house.seen() == (True, 25)
        assert house.plug.on_s == pytest.approx(PERIOD_S / 2, abs=2)

    async def test_power_first_and_the_step_behind_it_come_to_the_same(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True)
        house.ask_plug(intensity_percent=75)
        await house.live(2 * PERIOD_S)

        assert house.seen() == (True, 75)
        assert house.plug.on_s == pytest.approx(1.5 * PERIOD_S, abs=2)

    async def test_full_strength_never_switches(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=100)
        await house.live(2 * PERIOD_S)

        assert house.seen() == (True, 100)
        assert house.plug.switched == 1

    async def test_a_wish_of_full_strength_ends_the_rhythm_amid_a_pause(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S + 10)
        was_on = house.plug.on

        house.ask_plug(intensity_percent=100)
        await house.live(2 * PERIOD_S)

        assert not was_on
        assert house.plug.on
        assert house.plug.switched == 3
        assert house.seen() == (True, 100)

    @pytest.mark.parametrize("after_s", [HALF_S - 30, HALF_S + 30])
    async def test_a_wish_of_off_ends_the_rhythm_in_either_phase(
        self, house: PlugHouse, after_s: float
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(after_s)

        house.ask_plug(power=False)
        await house.live(2 * PERIOD_S)

        assert not house.plug.on
        assert house.seen() == (False, 50)
        assert house.plug.on_s == pytest.approx(min(after_s, HALF_S), abs=1)

    @pytest.mark.parametrize("after_s", [HALF_S - 30, HALF_S + 30])
    async def test_stop_all_stops_it_at_once_in_either_phase(
        self, house: PlugHouse, after_s: float
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(after_s)

        house.commander.stop_all(Source(Origin.MANUAL, "page"))
        house.broker.deliver()
        at_once = house.plug.on
        await house.live(PERIOD_S)

        assert not at_once
        assert not house.plug.on
        assert house.seen() == (False, 50)

    async def test_the_pauses_are_not_taken_for_power_that_fell(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S * 1.5)
        house.broker.let([house.plug.state()])

        assert not house.plug.on
        assert house.state(PLUG).reported.watts == RUNNING_W

    async def test_a_plug_that_says_nothing_when_it_stays_as_it_is_shows_it_when_asked(
        self, house: PlugHouse
    ) -> None:
        house.plug.reports_same = False
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S + 10)

        house.ask_plug(power=False)
        await house.live(30)
        house.broker.let([house.plug.state()])

        assert house.seen() == (False, 50)


class TestSomebodyElse:
    async def test_a_hand_that_switches_it_off_ends_the_rhythm(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)

        house.broker.let(house.plug.press())
        seen = house.seen()
        await house.live(2 * PERIOD_S)

        assert seen == (False, 50)
        assert not house.plug.on
        assert house.changes()[-1].source is None

    async def test_a_hand_that_switches_it_on_amid_a_pause_has_it_run_at_full_strength(
        self, house: PlugHouse
    ) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S + 30)

        house.broker.let(house.plug.press())
        await house.live(2 * PERIOD_S)

        assert house.seen() == (True, 100)
        assert house.plug.on

    async def test_old_news_of_the_other_phase_ends_nothing(self, house: PlugHouse) -> None:
        off = house.plug.state()
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(30)

        old = Inbound(off.topic, off.payload, True, house.clock.now())
        house.broker.say_again(old, is_old=True)
        await house.live(PERIOD_S)

        assert house.seen() == (True, 50)
        assert house.plug.switched == 3

    async def test_late_news_of_the_phase_before_ends_nothing(self, house: PlugHouse) -> None:
        off = house.plug.state()
        house.plug.is_deaf = True
        house.ask_plug(power=True, intensity_percent=50)

        house.broker.let([off])
        house.plug.is_deaf = False
        await house.live(PERIOD_S)

        assert house.seen() == (True, 50)

    async def test_a_plug_that_will_not_go_off_is_shown_as_it_is(self, house: PlugHouse) -> None:
        house.ask_plug(power=True, intensity_percent=50)
        await house.live(HALF_S - 5)
        house.plug.is_deaf = True
        seen = []
        for _ in range(6):
            await house.live(10)
            house.broker.let([house.plug.state()])
            seen.append(house.seen())

        assert seen[0] == seen[1] == (True, 50)
        assert seen[-1] == (True, 100)
