"""What the house remembers of its day, over a real store."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scentd.api.activity import ActivityLog
from scentd.api.formats import Formats
from scentd.api.names import Names
from scentd.api.sentences import tell
from scentd.api.words import Languages
from scentd.model.cartridge import RunOut, SlotKey
from scentd.model.commands import Origin, Source
from scentd.model.diffuser import Availability
from scentd.model.events import (
    BrokerLink,
    CartridgeEmpty,
    CartridgeRunningLow,
    ClockStepped,
    CommandUnconfirmed,
    RuleFired,
    ScheduleMissed,
    ScheduleSwitched,
    StateChanged,
)
from scentd.model.reasons import Reason
from scentd.model.rule import RuleTrace, Verdict

ENGLISH = Formats(Languages.load().of("en"), ZoneInfo("Europe/Berlin"))


@pytest.fixture
def said(rig):
    """Give the sentences told since the house was furnished, the oldest first."""
    start = rig.house.activity.newest(1)[0].id

    def read():
        return [tell(line, ENGLISH, rig.clock.now()) for line in rig.house.activity.after(start)]

    return read


def publish(rig, event_type, *facts, **more):
    rig.house.bus.publish(event_type(rig.clock.now(), *facts, **more))


async def test_a_refill_that_is_asked_for_is_told(rig, said):
    rig.house.refill_asks.ask(SlotKey("tasmota-b2"), Source(Origin.PLATFORM, "home_assistant"))

    assert said() == ["Somebody asks for a refill of Bedroom (by another app)"]


async def test_what_a_device_does_is_told_in_plain_words(rig, said):
    rig.devices.report("tasmota-b2", power=False)
    rig.devices.report("tasmota-b2", power=True, intensity_percent=60)
    rig.devices.report("tasmota-b2", intensity_percent=80)
    rig.devices.report("tasmota-b2", fault="tilt")
    rig.devices.report("tasmota-b2", fault="E7")

    assert said() == [
        "Bedroom: off",
        "Bedroom: on, intensity 60 %",
        "Bedroom: intensity 80 %",
        "Bedroom reports a fault: tipped over",
        "Bedroom reports a fault: E7",
    ]


async def test_who_stands_behind_a_switch_is_told_unless_a_hand_did_it(rig, said):
    rig.devices.report("tasmota-b2", Source(Origin.SCHEDULE, "wind"), power=False)
    rig.devices.report("tasmota-b2", Source(Origin.MANUAL, "page"), power=True)

    assert said() == ["Bedroom: off (by schedule)", "Bedroom: on, intensity 40 %"]


async def test_coming_and_going_is_told(rig, said):
    known = rig.devices.state("tasmota-b2")
    rig.devices.put("tasmota-b2", replace(known, availability=Availability.OFFLINE))
    rig.devices.put("tasmota-b2", known)

    assert said() == ["Bedroom went offline", "Bedroom is back online"]


async def test_old_news_and_first_reports_are_not_told(rig, said):
    before = rig.devices.state("tasmota-b2")
    after = replace(before, reported=replace(before.reported, power=False))
    publish(rig, StateChanged, "tasmota-b2", before, after, None, is_retained=True)
    unknown = replace(before, reported=replace(before.reported, power=None))
    publish(rig, StateChanged, "tasmota-b2", unknown, after, None, is_retained=False)

    assert said() == []


async def test_schedules_cartridges_and_commands_are_told_by_name(rig, said):
    low = rig.cartridges.get(SlotKey("native-c3"))
    publish(rig, ScheduleSwitched, "native-a1", "evening", "a", True)
    publish(rig, ScheduleMissed, "native-a1", "evening", "a", rig.clock.now(), Reason("hub_off"))
    publish(rig, CartridgeRunningLow, low, RunOut(None, None, None))
    publish(rig, CartridgeEmpty, SlotKey("native-c3"))
    publish(rig, CommandUnconfirmed, "native-c3", "c1", Source(Origin.MANUAL))
    publish(rig, ClockStepped, 3600.4)

    assert said() == [
        "Evening started in Living room",
        "Evening was missed in Living room: The hub was not running then.",
        "Bathroom runs low: Eucalyptus Mint at 10 %",
        "Bathroom is empty",
        "Bathroom did not confirm a command",
        "The clock jumped by 3600 s; schedules were planned anew",
    ]


async def test_a_busy_rule_is_told_once_a_minute(rig, said):
    trace = RuleTrace("unknown", rig.clock.now(), "humidity 70", Verdict.RAN)
    for _ in range(50):
        publish(rig, RuleFired, trace)
    await rig.clock.advance(timedelta(minutes=1))
    publish(rig, RuleFired, trace)
    publish(rig, RuleFired, replace(trace, verdict=Verdict.CONDITION_FAILED))

    assert said() == ["Rule “unknown” ran", "Rule “unknown” ran"]


async def test_links_are_told_when_they_turn_not_each_time_they_are_tried(rig, said):
    rig.lose_broker("connection refused")
    rig.lose_broker("connection refused")
    publish(rig, BrokerLink, True)
    rig.lose_cloud(3)
    rig.lose_cloud(4)

    assert said() == [
        "Broker lost: connection refused",
        "Broker connected",
        "Cloud offline; events are kept until it is back",
    ]


async def test_a_removed_device_keeps_its_name(rig, said):
    await rig.devices.remove("native-a1")

    assert said() == ["Living room was removed"]


async def test_lines_survive_a_restart_and_count_on(rig):
    rig.devices.report("tasmota-b2", power=False)
    await rig.house.database.write(lambda connection: None)  # put-off work goes along
    before = rig.house.activity.newest(5)
    names = Names(
        rig.devices, rig.house.schedules, rig.house.rules, rig.house.scenes, rig.house.roster
    )

    after = ActivityLog(rig.house.database, rig.house.bus, names)
    await after.load()
    after.start()
    publish(rig, ClockStepped, 5.0)

    assert after.newest(6)[1:] == before
    assert after.newest(1)[0].id == before[0].id + 1


async def test_only_the_newest_lines_are_kept(rig):
    names = Names(
        rig.devices, rig.house.schedules, rig.house.rules, rig.house.scenes, rig.house.roster
    )
    log = ActivityLog(rig.house.database, rig.house.bus, names, kept=3)
    await log.load()
    log.start()
    for seconds in range(10):
        publish(rig, ClockStepped, float(seconds))
    await rig.house.database.write(lambda connection: None)

    def kept(connection):
        return connection.execute("SELECT count(*) FROM activity").fetchone()[0]

    assert [line.facts["seconds"] for line in log.newest(9)] == [9, 8, 7]
    assert await rig.house.database.read(kept) == 3
