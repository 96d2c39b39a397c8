"""Actions that take time: their order, their modes, and timers that outlive the hub."""

from dataclasses import replace

import pytest

from scentd.automation.settings import AutomationSettings
from scentd.model.action import SetDiffuser, Wait
from scentd.model.rule import RuleMode
from scentd.model.trigger import SensorReading
from tests.fakes.rules import LAMP_OFF, LAMP_ON, rule, say

MINUTE = 60.0
HOUR = 3600.0

ANY = SensorReading("door")


async def test_actions_come_in_order_with_their_waits(home) -> None:
    await home.start(rule(ANY, say("a"), Wait(60), say("b"), Wait(60), say("c")))

    home.topics.deliver("door", b"1")
    await home.clock.advance(61)

    assert [message.topic for message in home.topics.published] == ["a", "b"]
    await home.clock.advance(60)
    assert [message.topic for message in home.topics.published] == ["a", "b", "c"]
    assert home.verdicts() == [("r", "ran")]


@pytest.mark.parametrize("end", ["restart", "disable", "delete", "nothing"])
async def test_what_a_rule_would_switch_off_later_goes_off_whatever_ends_the_rule(
    home, end: str
) -> None:
    await home.start(rule(ANY, LAMP_ON, Wait(600), LAMP_OFF))
    home.topics.deliver("door", b"1")
    await home.clock.advance(10)

    if end == "restart":
        await home.restart_after(hours=0)
    elif end == "disable":
        await home.book.save(replace(home.book.get("r"), enabled=False))
    elif end == "delete":
        await home.book.delete("r")
    await home.clock.advance(HOUR)

    assert [wish.power for wish in home.commander.wishes] == [True, False]


@pytest.mark.parametrize(
    ("mode", "said", "verdicts"),
    [
        (RuleMode.SINGLE, ["a", "b"], ["busy", "ran"]),
        (RuleMode.RESTART, ["a", "a", "b"], ["ran", "ran"]),
        (RuleMode.QUEUED, ["a", "b", "a", "b"], ["ran", "ran"]),
        (RuleMode.PARALLEL, ["a", "a", "b", "b"], ["ran", "ran"]),
    ],
)
async def test_a_second_firing_does_as_the_mode_says(
    home, mode: RuleMode, said: list[str], verdicts: list[str]
) -> None:
    await home.start(rule(ANY, say("a"), Wait(60), say("b"), mode=mode))

    home.topics.deliver("door", b"1")
    await home.clock.advance(30)
    home.topics.deliver("door", b"1")
    await home.clock.advance(5 * MINUTE)

    assert [message.topic for message in home.topics.published] == said
    assert [verdict for _, verdict in home.verdicts()] == verdicts


@pytest.mark.parametrize("mode", [RuleMode.QUEUED, RuleMode.PARALLEL])
async def test_firings_that_wait_are_bounded(home, mode: RuleMode) -> None:
    home.settings = AutomationSettings(queue_length=2)
    await home.start(rule(ANY, Wait(60), say("a"), mode=mode))

    for _ in range(20):
        home.topics.deliver("door", b"1")
    await home.clock.advance(HOUR)

    assert len(home.topics.published) <= 3
    assert home.verdicts().count(("r", "busy")) == 20 - len(home.topics.published)


async def test_deleting_a_rule_stops_what_runs_of_it(home) -> None:
    await home.start(rule(ANY, Wait(60), say("a")))
    home.topics.deliver("door", b"1")
    await home.clock.advance(1)

    await home.book.delete("r")
    await home.clock.advance(5 * MINUTE)

    assert home.topics.published == []


async def test_what_is_switched_on_for_a_while_goes_off_again(home) -> None:
    await home.start(rule(ANY, SetDiffuser("lamp", power=True, for_s=900)))

    home.topics.deliver("door", b"1")
    await home.clock.advance(14 * MINUTE)
    before = home.commander.on["lamp"]
    await home.clock.advance(2 * MINUTE)

    assert before is True
    assert home.commander.on["lamp"] is False


@pytest.mark.parametrize("hours", [0.1, 5])
async def test_a_timer_survives_a_restart(home, hours: float) -> None:
    await home.start(rule(ANY, SetDiffuser("lamp", power=True, for_s=900)))
    home.topics.deliver("door", b"1")
    await home.clock.advance(1)

    await home.restart_after(hours)
    await home.clock.advance(15 * MINUTE)

    assert home.commander.on["lamp"] is False


async def test_a_timer_that_ends_within_a_schedules_window_leaves_it_to_the_schedule(home) -> None:
    home.planned.add("lamp")
    await home.start(rule(ANY, SetDiffuser("lamp", power=True, for_s=900)))

    home.topics.deliver("door", b"1")
    await home.clock.advance(HOUR)

    assert home.commander.on["lamp"] is True


async def test_a_newer_wish_of_a_rule_takes_the_timer_back(home) -> None:
    await home.start(
        rule(ANY, SetDiffuser("lamp", power=True, for_s=900)),
        rule(SensorReading("stay"), LAMP_ON, name="stay"),
    )
    home.topics.deliver("door", b"1")
    await home.clock.advance(60)

    home.topics.deliver("stay", b"1")
    await home.clock.advance(HOUR)

    assert home.commander.on["lamp"] is True
