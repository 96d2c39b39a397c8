"""Trying a rule against what was recorded: it says what living with it would have said."""

import random
from datetime import time, timedelta

import pytest

from scentd.automation.settings import AutomationSettings
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Cooldown,
    DeviceStateIs,
    NotSo,
    SensorIs,
    TimeWindow,
)
from scentd.model.events import AppEventHeard
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    SensorReading,
    TimeOfDay,
)
from scentd.store import rule_record
from tests.fakes.rules import rule, say

MINUTE = 60.0
HOUR = 3600.0


TRIGGERS = (
    SensorReading("air", "voc", above=50, hysteresis=10),
    SensorReading("air", "voc", above=50, below=20, for_s=900),
    SensorReading("bath"),
    DeviceStateChange("lamp", "power", to=True),
    DeviceStateChange("lamp", "power", to=False, for_s=1200),
    DeviceStateChange("fan", "intensity_percent", was=30),
    DeviceStateChange("lamp", "button", to="top"),
    AppEvent("bell", {"door": "front"}),
    TimeOfDay(time.fromisoformat("07:30")),
)
CONDITIONS = (
    TimeWindow(time.fromisoformat("06:00"), time.fromisoformat("20:00")),
    DeviceStateIs("lamp", "power", value=True),
    NotSo(DeviceStateIs("fan", "intensity_percent", value=60)),
    AnyOf((SensorIs("air", "voc", above=40), DeviceStateIs("lamp", "power", value=True))),
    AllOf((SensorIs("air", "voc", below=60, for_s=600),)),
    Cooldown(3600),
)


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda trigger: str(trigger)[:70])
async def test_a_dry_run_says_what_living_with_the_rule_said(home, trigger) -> None:
    chance = random.Random(7)
    others = [rule(one, say("x"), name=f"o{n}") for n, one in enumerate(TRIGGERS)]
    conditions = tuple(chance.sample(CONDITIONS, 2))
    tried = rule(trigger, say("t"), conditions=conditions)
    engine = await home.start(tried, *others)
    home.fired.clear()

    for _ in range(150):
        await home.clock.advance(chance.choice([2.0, 60.0, 400.0, 1500.0, 4000.0]))
        something_happens(home, chance)
    found = await engine.dry_run(tried, days=30)

    lived = [trace for trace in home.fired if trace.rule_id == "r"]
    told = [(trace.at, trace.trigger, trace.verdict) for trace in found.traces]
    assert told == [(trace.at, trace.trigger, trace.verdict) for trace in lived]
    assert found.set_off == len(lived)
    assert found.would_run == sum(trace.verdict.value == "ran" for trace in lived)
    assert [one.held + one.failed for one in found.conditions] == [len(lived)] * 2
    assert lived


def something_happens(home, chance: random.Random) -> None:
    match chance.randrange(6):
        case 0 | 1:
            value = chance.randrange(0, 80)
            home.topics.deliver("air", b'{"voc": %d}' % value)
        case 2:
            home.change("lamp", power=chance.random() < 0.5)
        case 3:
            home.change("fan", intensity_percent=chance.choice([30, 60, 100]))
        case 4:
            home.press("lamp", chance.choice(["top", "side"]))
            home.topics.deliver("bath", b"1")
        case 5:
            door = chance.choice(["front", "back"])
            home.bus.publish(AppEventHeard(home.clock.now(), "bell", {"door": door}))


async def test_nothing_is_done_in_a_dry_run(home) -> None:
    engine = await home.start(rule(SensorReading("door"), say("other"), name="other"))
    home.topics.deliver("door", b"1")
    home.topics.published.clear()

    tried = rule(SensorReading("door", above=0.5), say("t"), enabled=False)
    found = await engine.dry_run(tried, days=1)

    assert (found.set_off, found.entries > 0) == (0, True)
    assert home.topics.published == []
    assert [trace.rule_id for trace in home.fired] == ["other"]


async def test_what_is_recorded_outlives_a_restart_and_what_is_unsaved_is_tried_too(home) -> None:
    await home.start(rule(SensorReading("door"), say("other"), name="other"))
    for _ in range(3):
        home.topics.deliver("door", b"1")
        await home.clock.advance(10)
        home.topics.deliver("door", b"0")
        await home.clock.advance(10)
    await home.restart_after(hours=1)

    found = await home.engine.dry_run(rule(SensorReading("door", below=0.5), say("t")), days=1)

    assert found.would_run == 3
    assert found.recorded_since is not None


async def test_a_time_needs_no_record(home) -> None:
    engine = await home.start()

    found = await engine.dry_run(rule(TimeOfDay(time.fromisoformat("07:00")), say("t")), days=7)

    assert found.would_run == 7


async def test_a_record_is_bounded_in_age_and_size(home) -> None:
    home.settings = AutomationSettings(record_days=2, record_bytes=100_000)
    engine = await home.start(rule(SensorReading("door"), say("other"), name="other"))
    chance = random.Random(3)

    for _ in range(4):
        for _ in range(3_000):
            home.topics.deliver("door", repr(chance.random()).encode())
            home.clock._now += timedelta(seconds=20)
            home.clock._monotonic += 20
        await home.clock.advance(400)

    def look(connection):
        row = connection.execute(
            "SELECT sum(length(body)) AS size, min(until_ms) AS first_ms FROM rule_record"
        ).fetchone()
        return row["size"], row["first_ms"]

    size, first_ms = await home.database.read(look)
    assert 0 < size <= 100_000
    assert first_ms / 1000 >= home.clock.now().timestamp() - 2 * 86_400 - 600
    found = await engine.dry_run(rule(SensorReading("door"), say("t")), days=30)
    assert 0 < found.set_off < 12_000


async def test_a_full_disk_takes_the_record(home) -> None:
    await home.start(rule(SensorReading("door"), say("other"), name="other"))
    home.topics.deliver("door", b"1")
    await home.stop()

    await home.database.write(rule_record.forget_all)

    assert await home.database.read(rule_record.oldest) is None
