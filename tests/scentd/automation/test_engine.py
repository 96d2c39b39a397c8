"""Rules at work over a manual clock and a real database."""

import logging
import sys
from collections.abc import Callable

from scentd.automation.settings import AutomationSettings
from scentd.model.action import StopEverything
from scentd.model.commands import Answer, Origin, Source
from scentd.model.condition import Cooldown, DeviceStateIs
from scentd.model.diffuser import Availability
from scentd.model.rule import Verdict
from scentd.model.trigger import DeviceStateChange, SensorReading
from tests.fakes.rules import LAMP_OFF, LAMP_ON, rule, say

MINUTE = 60.0
HOUR = 3600.0

ANY = SensorReading("door")
POWER_ON = DeviceStateChange("lamp", "power", to=True)


async def test_a_message_is_answered_before_its_handler_returns(home) -> None:
    await home.start(rule(SensorReading("air/voc", "voc", above=400), LAMP_ON, say("chime", "1")))
    home.topics.deliver("air/voc", b'{"voc": 380}')

    home.topics.deliver("air/voc", b'{"voc": 420}')

    (wish,) = home.commander.wishes
    assert (wish.power, wish.source) == (True, Source(Origin.RULE, "r"))
    assert [(m.topic, m.payload, m.qos, m.retain) for m in home.topics.published] == [
        ("chime", b"1", 0, False)
    ]
    (trace,) = home.fired
    assert str(trace.trigger) == "air/voc: 420"
    assert trace.verdict is Verdict.RAN
    assert [step.what for step in trace.steps] == ["set lamp: on", "publish on chime"]


async def test_a_retained_message_fires_nothing(home) -> None:
    await home.start(rule(ANY), rule(POWER_ON, name="p"), rule(BUTTON, name="b"))

    home.topics.deliver("door", b"1", retained=True)
    home.change("lamp", power=False)
    home.change("lamp", power=True, retained=True)
    home.press("lamp", "top", retained=True)

    assert home.fired == []


BUTTON = DeviceStateChange("lamp", "button", to="top")


async def test_a_change_of_a_device_fires_the_rules_that_wait_for_its_value(home) -> None:
    await home.start(
        rule(POWER_ON, name="on"),
        rule(DeviceStateChange("lamp", "power"), name="any"),
        rule(DeviceStateChange("lamp", "power", to=False), name="off"),
        rule(DeviceStateChange("fan", "power"), name="fan"),
    )
    home.change("lamp", power=False)

    home.change("lamp", power=True)
    home.change("lamp", power=True, signal_dbm=-60)

    assert sorted(home.verdicts()) == [("any", "ran"), ("on", "ran")]


async def test_learning_a_value_is_no_change(home) -> None:
    await home.start(rule(POWER_ON))

    home.change("lamp", power=True)

    assert home.fired == []


async def test_the_first_word_of_a_fault_is_a_change(home) -> None:
    await home.start(rule(DeviceStateChange("lamp", "fault", to="empty")))

    home.change("lamp", fault="empty")

    assert home.verdicts() == [("r", "ran")]


async def test_availability_fires_too(home) -> None:
    await home.start(rule(DeviceStateChange("lamp", "availability", to="offline")))

    home.reach("lamp", Availability.OFFLINE)

    assert home.verdicts() == [("r", "ran")]


async def test_a_button_fires_each_time_it_is_pressed(home) -> None:
    await home.start(rule(BUTTON))

    home.press("lamp", "top")
    home.press("lamp", "side")
    home.press("lamp", "top")

    assert home.verdicts() == [("r", "ran"), ("r", "ran")]


async def test_a_condition_that_fails_stops_the_rule_and_is_in_the_trace(home) -> None:
    conditions = (DeviceStateIs("lamp", "power", value=False), Cooldown(60))
    await home.start(rule(ANY, conditions=conditions))
    home.change("lamp", power=True)

    home.topics.deliver("door", b"1")

    (trace,) = home.fired
    assert trace.verdict is Verdict.CONDITION_FAILED
    assert [step.said for step in trace.steps] == [
        "does not hold: it is True",
        "holds: it never ran",
    ]
    assert home.commander.wishes == []


async def test_a_cooldown_survives_a_restart(home) -> None:
    await home.start(rule(ANY, conditions=(Cooldown(3600),)))

    home.topics.deliver("door", b"1")
    await home.restart_after(hours=0.5)
    home.topics.deliver("door", b"1")
    await home.restart_after(hours=0.6)
    home.topics.deliver("door", b"1")

    assert [verdict for _, verdict in home.verdicts()] == ["ran", "condition_failed", "ran"]


async def test_a_disabled_rule_does_nothing(home) -> None:
    await home.start(rule(ANY, enabled=False))

    home.topics.deliver("door", b"1")

    assert home.fired == []
    assert home.topics.watched() == set()


async def test_a_refusal_is_in_the_trace_and_the_next_step_still_happens(home) -> None:
    home.commander.answers["lamp"] = Answer.OVERRIDDEN
    await home.start(rule(ANY, LAMP_ON, say("chime")))

    home.topics.deliver("door", b"1")

    (trace,) = home.fired
    assert trace.steps[0].said == "the test says overridden"
    assert len(home.topics.published) == 1


async def test_a_publish_without_a_broker_says_so(home) -> None:
    await home.start(rule(ANY, say("chime")))
    home.topics.is_connected = False

    home.topics.deliver("door", b"1")

    assert home.fired[0].steps[0].said == "not sent: the broker is away"


async def test_stop_everything_stops_everything(home) -> None:
    await home.start(rule(ANY, StopEverything()))

    home.topics.deliver("door", b"1")

    assert home.stopped_by == [Source(Origin.RULE, "r")]


async def test_traces_are_kept_newest_first_and_only_the_last(home) -> None:
    home.settings = AutomationSettings(traces_kept=5)
    await home.start(rule(ANY, say("chime")))

    for number in range(12):
        home.topics.deliver("door", str(number).encode())
        if number == 8:
            await home.restart_after(hours=0)
    traces = await home.book.traces("r")

    assert [str(trace.trigger) for trace in traces] == [f"door: {n}" for n in (11, 10, 9, 8, 7)]
    assert home.book.last_ran_at("r") == traces[0].at


async def test_the_cloud_hears_of_a_flood_once_a_batch(home) -> None:
    await home.start(rule(ANY, say("chime")))

    for _ in range(500):
        home.topics.deliver("door", b"1")
    await home.clock.advance(MINUTE)

    count = await home.database.read(
        lambda c: c.execute("SELECT count(*) FROM outbox WHERE kind = 'rule.fired'").fetchone()[0]
    )
    assert count == 1


async def test_a_bad_payload_is_logged_once_a_minute(home, caplog) -> None:
    await home.start(rule(ANY))

    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            home.topics.deliver("door", b"\xff\x00")

    assert len([r for r in caplog.records if "door" in r.getMessage()]) == 1
    assert home.fired == []


async def test_a_rule_edited_keeps_where_its_number_stood(home) -> None:
    above = SensorReading("t", above=20)
    await home.start(rule(above))
    home.topics.deliver("t", b"19")

    await home.book.save(rule(above, LAMP_OFF))
    home.topics.deliver("t", b"21")

    assert home.verdicts() == [("r", "ran")]
    assert home.commander.wishes[0].power is False


async def test_a_message_costs_the_same_however_many_rules_there_are(home) -> None:
    await home.start(rule(ANY, say("chime")))
    alone = calls_of(lambda: hear_something_of_each(home))
    await home.stop()

    bystanders = [
        bystander
        for n in range(100)
        for bystander in (
            rule(SensorReading(f"t/{n}", above=n), say("chime"), name=f"t{n}"),
            rule(SensorReading("door", above=1_000 + n), say("chime"), name=f"b{n}"),
            rule(DeviceStateChange("lamp", "watts", to=n), say("chime"), name=f"d{n}"),
            rule(DeviceStateChange("fan", "power"), say("chime"), name=f"f{n}"),
        )
    ]
    await home.start(*bystanders)
    among_many = calls_of(lambda: hear_something_of_each(home))

    assert {rule_id for rule_id, _ in home.verdicts()} == {"r"}
    # A device with a waiting rule is looked at for the one attribute that rule names.
    assert 0 <= among_many - alone < 20


def hear_something_of_each(home) -> None:
    home.topics.deliver("door", b"1")
    home.change("lamp", watts=2_000.0)
    home.change("lamp", watts=2_001.0)


def calls_of(work: Callable[[], None]) -> int:
    """Count the calls of Python functions that a piece of work makes, the second time round."""
    work()
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count
