"""Rules from JSON: what is refused, with which field and which hint."""

from datetime import time
from typing import Any

import pytest
from hypothesis import given

from scentd.automation.documents import from_fields, to_fields
from scentd.automation.errors import RuleInvalid
from scentd.automation.reading import read_rule, write_rule
from scentd.model.rule import AutomationRule, RuleMode
from scentd.model.trigger import SensorReading, TimeOfDay
from tests.fakes.any_rule import any_rule

GOOD: dict[str, Any] = {
    "id": "r1",
    "name": "When it smells of fish",
    "trigger": {"kind": "sensor_reading", "topic": "kitchen/voc", "path": "voc", "above": 400},
    "conditions": [{"kind": "cooldown", "seconds": 600}],
    "actions": [{"kind": "set_diffuser", "diffuser_id": "lamp", "power": True, "for_s": 900}],
}


def refused(raw: object) -> RuleInvalid:
    with pytest.raises(RuleInvalid) as caught:
        read_rule(raw, diffusers={"lamp"})
    return caught.value


def with_trigger(**trigger: object) -> dict[str, Any]:
    return {**GOOD, "trigger": trigger}


def with_action(**action: object) -> dict[str, Any]:
    return {**GOOD, "actions": [action]}


def with_condition(**condition: object) -> dict[str, Any]:
    return {**GOOD, "conditions": [condition]}


def test_a_good_rule_is_read() -> None:
    rule = read_rule(GOOD, diffusers={"lamp"})

    assert rule.trigger == SensorReading("kitchen/voc", "voc", above=400)
    assert rule.mode is RuleMode.SINGLE


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (with_trigger(kind="sunrize"), "trigger.kind"),
        (with_trigger(at="07:00"), "trigger.kind"),
        (with_trigger(kind="time_of_day", at="25:00"), "trigger.at"),
        (with_trigger(kind="time_of_day", at="07:00", days=[]), "trigger.days"),
        (with_trigger(kind="sensor_reading", topic="a/+/b"), "trigger.topic"),
        (with_trigger(kind="sensor_reading", topic=""), "trigger.topic"),
        (with_trigger(kind="sensor_reading", topic="t", above=float("nan")), "trigger.above"),
        (
            with_trigger(kind="device_state_change", diffuser_id="lamp", attribute="colour"),
            "trigger.attribute",
        ),
        (
            with_trigger(kind="device_state_change", diffuser_id="toaster", attribute="power"),
            "trigger.diffuser_id",
        ),
        (
            with_condition(kind="device_state_is", diffuser_id="x", attribute="power", value=True),
            "conditions[0].diffuser_id",
        ),
        (
            with_condition(kind="device_state_is", diffuser_id="lamp", attribute="button", value=1),
            "conditions[0].attribute",
        ),
        (
            with_condition(kind="level_above", diffuser_id="lamp", percent=101),
            "conditions[0].percent",
        ),
        (with_condition(kind="cooldown", seconds=-1), "conditions[0].seconds"),
        (with_condition(kind="cooldown", seconds="soon"), "conditions[0].seconds"),
        ({**GOOD, "actions": []}, "actions"),
        (with_action(kind="set_diffuser", diffuser_id="lamp"), "actions[0]"),
        (
            with_action(kind="set_diffuser", diffuser_id="lamp", power=False, for_s=5),
            "actions[0].for_s",
        ),
        (
            with_action(kind="set_diffuser", diffuser_id="lamp", power=True, for_s=0),
            "actions[0].for_s",
        ),
        (
            with_action(kind="set_diffuser", diffuser_id="lamp", intensity_percent=0),
            "actions[0].intensity_percent",
        ),
        (with_action(kind="wait", seconds=86_401), "actions[0].seconds"),
        (with_action(kind="publish", topic="#"), "actions[0].topic"),
        (with_action(kind="publish", topic="t", payload="x" * 4097), "actions[0].payload"),
        (with_action(kind="wait", secnds=3), "actions[0].seconds"),
        ({**GOOD, "name": ""}, "name"),
        ({**GOOD, "mode": "twice"}, "mode"),
        ({**GOOD, "modes": "single"}, "modes"),
        ("nonsense", None),
        (17, None),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field(raw: object, field: str | None) -> None:
    error = refused(raw)

    assert error.field == field
    assert error.hint


def test_the_hint_names_the_field_that_was_probably_meant() -> None:
    raw = with_action(kind="set_diffuser", diffuser_id="lamp", power=True, fors=3)

    assert "for_s" in refused(raw).hint


def test_a_rule_of_a_newer_version_is_refused_as_a_document() -> None:
    fields = to_fields(read_rule(GOOD, diffusers=None))
    fields["logic"]["trigger"] = {"kind": "moonrise"}

    with pytest.raises(RuleInvalid) as caught:
        from_fields("r1", fields)

    assert caught.value.field == "trigger.kind"


@given(any_rule())
def test_reading_what_was_written_gives_the_same_rule(rule: AutomationRule) -> None:
    assert read_rule(write_rule(rule), diffusers={"lamp"}) == rule
    assert from_fields("r", to_fields(rule)) == rule


def test_seconds_of_a_time_of_day_are_kept() -> None:
    rule = read_rule(with_trigger(kind="time_of_day", at="07:00:30"), diffusers={"lamp"})

    assert rule.trigger == TimeOfDay(time(7, 0, 30))
