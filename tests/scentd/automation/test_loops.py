"""Rules that fire each other, and those that only look like it."""

import logging
from dataclasses import replace

from scentd.automation.settings import AutomationSettings
from scentd.model.rule import Verdict
from scentd.model.trigger import DeviceStateChange, SensorReading
from tests.fakes.rules import LAMP_OFF, LAMP_ON, rule, say

MINUTE = 60.0

ANY = SensorReading("door")
POWER_ON = DeviceStateChange("lamp", "power", to=True)


async def test_a_rule_that_feeds_itself_is_stopped_and_named(home, caplog) -> None:
    home.topics.echo = True
    await home.start(replace(rule(ANY, say("door", "1")), name="Door bell"))

    with caplog.at_level(logging.WARNING):
        home.topics.deliver("door", b"1")

    assert home.verdicts()[:1] == [("r", "loop_stopped")]
    assert len(home.topics.published) == AutomationSettings().loop_links
    assert "Door bell" in caplog.text
    assert home.engine.is_stopped("r")


async def test_two_rules_that_fire_each_other_are_stopped_and_named(home) -> None:
    on_off = rule(POWER_ON, LAMP_OFF, name="ping")
    off_on = rule(DeviceStateChange("lamp", "power", to=False), LAMP_ON, name="pong")
    await home.start(on_off, off_on)
    home.change("lamp", power=False)

    power, by = True, None
    for _ in range(30):
        seen = len(home.fired)
        home.change("lamp", power=power, by_rule=by)
        await home.clock.advance(1)
        if len(home.fired) == seen:
            break
        by, power = home.fired[-1].rule_id, not power

    stopped = [trace for trace in home.fired if trace.verdict is Verdict.LOOP_STOPPED]
    assert len(stopped) == 1
    assert "“ping” → “pong” → “ping”" in stopped[0].steps[-1].said


async def test_rules_that_take_turns_slowly_are_no_loop(home) -> None:
    on_off = rule(POWER_ON, LAMP_OFF, name="ping")
    off_on = rule(DeviceStateChange("lamp", "power", to=False), LAMP_ON, name="pong")
    await home.start(on_off, off_on)
    home.change("lamp", power=False)

    power, by = True, None
    for _ in range(40):
        home.change("lamp", power=power, by_rule=by)
        await home.clock.advance(2 * MINUTE)
        by, power = home.fired[-1].rule_id, not power

    assert {verdict for _, verdict in home.verdicts()} == {"ran"}


async def test_a_flood_from_outside_is_no_loop(home) -> None:
    await home.start(rule(ANY, say("chime")))

    for _ in range(1_000):
        home.topics.deliver("door", b"1")

    assert len(home.topics.published) == 1_000


async def test_editing_a_stopped_rule_lets_it_go(home) -> None:
    home.topics.echo = True
    await home.start(rule(ANY, say("door", "1")))
    home.topics.deliver("door", b"1")

    await home.book.save(rule(ANY, say("chime")))
    home.topics.deliver("door", b"1")

    assert home.verdicts()[-1] == ("r", "ran")
