"""What must last before it counts: its length, its end, restarts and stepped clocks."""

from datetime import timedelta

import pytest

from scentd.model.condition import SensorIs
from scentd.model.events import ClockStepped
from scentd.model.trigger import DeviceStateChange, SensorReading
from tests.fakes.rules import rule, say

MINUTE = 60.0
DAMP = SensorReading("bath", above=65, for_s=1200)
OFF_LONG = DeviceStateChange("lamp", "power", to=False, for_s=1200)


def ran(home) -> list[str]:
    return [str(trace.trigger) for trace in home.fired if trace.verdict.value == "ran"]


async def test_a_number_must_stay_beyond_its_bound_for_so_long(home) -> None:
    await home.start(rule(DAMP, say("fan")))
    home.topics.deliver("bath", b"60")

    home.topics.deliver("bath", b"70")
    await home.clock.advance(19 * MINUTE)
    home.topics.deliver("bath", b"72")
    before = ran(home)
    await home.clock.advance(MINUTE)
    await home.clock.advance(60 * MINUTE)

    assert before == []
    assert ran(home) == ["bath: 70, for 1200 s"]


async def test_what_does_not_last_fires_nothing(home) -> None:
    await home.start(rule(DAMP, say("fan")), rule(OFF_LONG, say("dark"), name="off"))
    home.topics.deliver("bath", b"60")
    home.change("lamp", power=True)

    home.topics.deliver("bath", b"70")
    home.change("lamp", power=False)
    await home.clock.advance(10 * MINUTE)
    home.topics.deliver("bath", b"60")
    home.change("lamp", power=True)
    await home.clock.advance(60 * MINUTE)

    assert home.fired == []


async def test_a_device_must_keep_its_value_for_so_long(home) -> None:
    await home.start(rule(OFF_LONG, say("dark")))
    home.change("lamp", power=True)

    home.change("lamp", power=False)
    await home.clock.advance(20 * MINUTE)

    assert ran(home) == ["lamp: power became False, for 1200 s"]


@pytest.mark.parametrize(("away_min", "left_min"), [(5, 10), (12, 3)])
async def test_a_restart_in_the_middle_neither_shortens_nor_lengthens_it(
    home, away_min: int, left_min: int
) -> None:
    await home.start(rule(OFF_LONG, say("dark")))
    home.change("lamp", power=True)
    home.change("lamp", power=False)
    await home.clock.advance(5 * MINUTE)

    await home.restart_after(hours=away_min / 60)
    await home.clock.advance((left_min - 1) * MINUTE)
    before = ran(home)
    await home.clock.advance(2 * MINUTE)

    assert before == []
    assert len(ran(home)) == 1


async def test_what_lasted_while_the_hub_was_off_fires_at_its_start(home) -> None:
    await home.start(rule(OFF_LONG, say("dark")))
    home.change("lamp", power=True)
    home.change("lamp", power=False)
    await home.clock.advance(5 * MINUTE)

    await home.restart_after(hours=0.3)
    await home.restart_after(hours=0.3)

    assert home.verdicts() == [("r", "ran")]


async def test_what_lasted_long_ago_is_noted_as_missed(home) -> None:
    await home.start(rule(OFF_LONG, say("dark")))
    home.change("lamp", power=True)
    home.change("lamp", power=False)
    await home.clock.advance(5 * MINUTE)

    await home.restart_after(hours=5)
    await home.restart_after(hours=1)

    assert home.verdicts() == [("r", "missed")]


async def test_a_clock_that_steps_does_not_change_how_long_it_lasts(home) -> None:
    await home.start(rule(OFF_LONG, say("dark")))
    home.change("lamp", power=True)
    home.change("lamp", power=False)

    for hours in (3, -5):
        await home.clock.advance(5 * MINUTE)
        home.clock.step(timedelta(hours=hours))
        home.bus.publish(ClockStepped(home.clock.now(), hours * 3600.0))
    await home.clock.advance(9 * MINUTE)
    before = ran(home)
    await home.clock.advance(2 * MINUTE)

    assert before == []
    assert len(ran(home)) == 1


async def test_an_edit_of_its_rule_ends_a_wait_and_one_of_another_does_not(home) -> None:
    await home.start(rule(OFF_LONG, say("dark")), rule(DAMP, say("fan"), name="b"))
    home.topics.deliver("bath", b"60")
    home.change("lamp", power=True)
    home.change("lamp", power=False)
    home.topics.deliver("bath", b"70")

    longer = DeviceStateChange("lamp", "power", to=False, for_s=1500)
    await home.book.save(rule(longer, say("dark")))
    await home.clock.advance(60 * MINUTE)

    assert [trace.rule_id for trace in home.fired] == ["b"]


async def test_a_band_is_remembered_over_a_restart(home) -> None:
    await home.start(rule(SensorReading("bath", above=65, hysteresis=5), say("fan")))
    home.topics.deliver("bath", b"60")
    home.topics.deliver("bath", b"66")
    await home.clock.advance(1)

    await home.restart_after(hours=1)
    home.topics.deliver("bath", b"63")
    home.topics.deliver("bath", b"66")
    within = len(home.fired)
    home.topics.deliver("bath", b"60")
    home.topics.deliver("bath", b"66")

    assert within == 1
    assert len(home.fired) == 2


async def test_a_condition_that_lasts_counts_from_before_a_restart(home) -> None:
    damp = SensorIs("bath", above=65, for_s=3600)
    await home.start(rule(SensorReading("door"), say("fan"), conditions=(damp,)))
    home.topics.deliver("bath", b"60")
    home.topics.deliver("bath", b"70")
    await home.clock.advance(1)

    await home.restart_after(hours=0.5)
    home.topics.deliver("bath", b"71")
    home.topics.deliver("door", b"1")
    await home.clock.advance(31 * MINUTE)
    home.topics.deliver("door", b"1")

    assert [verdict for _, verdict in home.verdicts()] == ["condition_failed", "ran"]
    assert home.fired[-1].steps[0].said.startswith("holds: it is 71 for 36")
