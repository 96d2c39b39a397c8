"""A day in the fake house, for pages that are looked at."""

import json
from datetime import time, timedelta

from scentd.model.action import SetDiffuser
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source
from scentd.model.condition import Cooldown, TimeWindow
from scentd.model.events import CartridgeRunningLow, RuleFired
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule, RuleTrace, TraceStep, Verdict
from scentd.model.trigger import SensorReading, TimeOfDay
from tests.fakes.parts import FRIDAY_EVENING

FRESH_AIR = AutomationRule(
    "fresh",
    "Fresh air after a shower",
    SensorReading("home/bath/humidity", "value", above=65.0),
    (SetDiffuser("native-c3", power=True, intensity_percent=60, for_s=1200),),
    (TimeWindow(time(6), time(22)), Cooldown(3600)),
)
GOOD_NIGHT = AutomationRule(
    "night",
    "Good night",
    TimeOfDay(time(23)),
    (SetDiffuser("native-a1", power=False), SetDiffuser("tasmota-d4", power=False)),
    enabled=False,
)
PROPOSED = {
    "state": "proposed",
    "product_name": "Eucalyptus Mint",
    "variant_name": "30 ml",
    "quantity": 1,
    "total_minor": 1490,
    "currency": "EUR",
    "install_id": "install-native-c3",
    "proposal_url": "http://127.0.0.1:9/proposals/1",
    "changed_at": "2026-03-06T12:00:00Z",
}


async def tell_story(rig) -> None:
    """Let a bottle run low, a rule fire, a schedule begin, and the cloud go away."""
    bus, clock = rig.house.bus, rig.clock
    colours = {"CEDBER-50": "#b5622f", "EUCMNT-30": "#2aa57a"}
    for sku, colour in colours.items():
        body = json.dumps({"sku": sku, "colour": colour})
        await rig.tell_document("catalogue", sku, body)
    await rig.tell_document("reorder", "native-c3/1", json.dumps(PROPOSED))
    for rule in (FRESH_AIR, GOOD_NIGHT):
        await rig.house.rules.save(rule)

    clock.set(FRIDAY_EVENING - timedelta(hours=4, minutes=12))
    low = rig.cartridges.get(SlotKey("native-c3"))
    bus.publish(CartridgeRunningLow(clock.now(), low, rig.cartridges.run_out(low.slot)))
    clock.set(FRIDAY_EVENING - timedelta(hours=3))
    for trace in traces(clock.now()):
        rig.house.rules.trace_log.add(trace)
    bus.publish(RuleFired(clock.now(), trace))
    clock.set(FRIDAY_EVENING - timedelta(hours=2, minutes=10))
    rig.devices.report("native-a1", Source(Origin.SCHEDULE, "evening"), power=False)
    rig.devices.report("native-a1", Source(Origin.SCHEDULE, "evening"), power=True)
    clock.set(FRIDAY_EVENING - timedelta(minutes=38))
    rig.lose_cloud(3)
    clock.set(FRIDAY_EVENING - timedelta(minutes=3))
    rig.devices.report("tasmota-b2", Source(Origin.MANUAL, "page"), intensity_percent=20)
    rig.devices.report("tasmota-b2", Source(Origin.MANUAL, "page"), intensity_percent=40)
    clock.set(FRIDAY_EVENING)


def traces(now):
    """Two firings of the rule, the older one first."""
    why_not = TraceStep(
        "not again within 1 hour", (Reason("ran_ago", {"seconds": 720}),), now, held=False
    )
    holds = TraceStep(
        "between 06:00 and 22:00",
        (Reason("wall", {"weekday": "Friday", "time": "20:10"}),),
        now,
        held=True,
    )
    done = TraceStep("Bathroom on at 60 %", (Reason("asked"),), now)
    before = now - timedelta(hours=27)
    damp, wet = (Reason("reading", {"topic": "bath", "value": said}) for said in ("68", "71"))
    return (
        RuleTrace("fresh", before, damp, Verdict.CONDITION_FAILED, (why_not,)),
        RuleTrace("fresh", now, wet, Verdict.RAN, (holds, done)),
    )
