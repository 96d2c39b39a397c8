"""Rules from the outside, read once into values that cannot be wrong."""

from collections.abc import Container, Iterator
from datetime import time
from typing import Any

from pydantic import TypeAdapter

from scentd.automation.attributes import STATES, TRIGGERS
from scentd.automation.errors import RuleInvalid
from scentd.model.parsing import Problem, Unreadable, parse, write
from scentd.model.rule import (
    Action,
    AutomationRule,
    Condition,
    Cooldown,
    DeviceStateChange,
    DeviceStateIs,
    LevelAbove,
    PublishMessage,
    SensorReading,
    SetDiffuser,
    TimeOfDay,
    TimeWindow,
    Trigger,
    Wait,
)

MAX_NAME = 120
MAX_ACTIONS = 50
MAX_CONDITIONS = 20
MAX_TOPIC_BYTES = 256
MAX_PAYLOAD_BYTES = 4096
LONGEST_WAIT_S = 86_400

_RULE: TypeAdapter[AutomationRule] = TypeAdapter(AutomationRule)


def read_rule(
    raw: object, *, diffusers: Container[str] | None, rule_id: str | None = None
) -> AutomationRule:
    """Read JSON text or a JSON-like value; `rule_id` takes the place of the value's own id.

    `diffusers` are the ids known here, None when any may yet appear. Raises RuleInvalid with the
    field's path and a hint.
    """
    if rule_id is not None and isinstance(raw, dict):
        raw = {**raw, "id": rule_id}
    try:
        rule = parse(_RULE, raw)
    except Unreadable as error:
        raise RuleInvalid(error.problem) from error
    check_rule(rule, diffusers)
    return rule


def write_rule(rule: AutomationRule) -> dict[str, Any]:
    """Give the rule as JSON holds it; `read_rule` of it is the same rule."""
    return write(_RULE, rule)


def check_rule(rule: AutomationRule, diffusers: Container[str] | None) -> None:
    """Raise RuleInvalid for the first thing that types alone do not rule out."""
    problem = next(_problems(rule, diffusers), None)
    if problem is not None:
        raise RuleInvalid(problem)


def _problems(rule: AutomationRule, diffusers: Container[str] | None) -> Iterator[Problem]:
    if not rule.id or len(rule.id) > MAX_NAME:
        yield Problem("id", f"an id has 1 to {MAX_NAME} characters", "Leave it out for a new one.")
    if not rule.name.strip() or len(rule.name) > MAX_NAME:
        yield Problem("name", f"a name has 1 to {MAX_NAME} characters", "Give it a name.")
    yield from _of_trigger(rule.trigger)
    if not 0 < len(rule.actions) <= MAX_ACTIONS:
        yield Problem("actions", f"a rule does 1 to {MAX_ACTIONS} things", "Say what it does.")
    if len(rule.conditions) > MAX_CONDITIONS:
        yield Problem("conditions", f"more than {MAX_CONDITIONS}", "Split the rule in two.")
    for number, condition in enumerate(rule.conditions):
        yield from _of_condition(condition, f"conditions[{number}]")
    for number, action in enumerate(rule.actions):
        yield from _of_action(action, f"actions[{number}]")
    if diffusers is not None:
        yield from _unknown_diffusers(rule, diffusers)


def _of_trigger(trigger: Trigger) -> Iterator[Problem]:
    path = "trigger"
    match trigger:
        case TimeOfDay():
            yield from _of_wall_time(trigger.at, f"{path}.at")
            if not trigger.days:
                yield Problem(f"{path}.days", "no day is chosen", "Choose at least one day.")
        case DeviceStateChange():
            yield from _of_attribute(trigger.attribute, TRIGGERS, path)
        case SensorReading():
            yield from _of_topic(trigger.topic, f"{path}.topic")
            for name, bound in (("above", trigger.above), ("below", trigger.below)):
                if bound is not None and not _is_finite(bound):
                    yield Problem(f"{path}.{name}", "not a number to compare with", "Write one.")


def _of_condition(condition: Condition, path: str) -> Iterator[Problem]:
    match condition:
        case TimeWindow():
            yield from _of_wall_time(condition.start, f"{path}.start")
            yield from _of_wall_time(condition.end, f"{path}.end")
            if not condition.days:
                yield Problem(f"{path}.days", "no day is chosen", "Choose at least one day.")
        case DeviceStateIs():
            yield from _of_attribute(condition.attribute, STATES, path)
        case LevelAbove():
            if not 0 <= condition.percent <= 100:
                yield Problem(f"{path}.percent", "outside 0 to 100", "Write percent.")
            if condition.slot_no < 1:
                yield Problem(f"{path}.slot_no", "slots count from 1", "Write 1.")
        case Cooldown():
            if condition.seconds < 0:
                yield Problem(f"{path}.seconds", "less than nothing", "Write 0 or more.")


def _of_action(action: Action, path: str) -> Iterator[Problem]:
    match action:
        case SetDiffuser():
            yield from _of_set(action, path)
        case Wait():
            if not 1 <= action.seconds <= LONGEST_WAIT_S:
                yield Problem(f"{path}.seconds", f"outside 1 to {LONGEST_WAIT_S}", "Wait less.")
        case PublishMessage():
            yield from _of_topic(action.topic, f"{path}.topic")
            if len(action.payload.encode(errors="replace")) > MAX_PAYLOAD_BYTES:
                yield Problem(f"{path}.payload", f"over {MAX_PAYLOAD_BYTES} bytes", "Shorten it.")


def _of_set(action: SetDiffuser, path: str) -> Iterator[Problem]:
    if (action.power, action.intensity_percent, action.light) == (None, None, None):
        yield Problem(path, "it asks for nothing", "Set power, intensity_percent or light.")
    percent = action.intensity_percent
    if percent is not None and not 0 < percent <= 100:
        yield Problem(f"{path}.intensity_percent", "outside 1 to 100", "Write percent.")
    if action.for_s is None:
        return
    if action.power is not True:
        yield Problem(f"{path}.for_s", "only what is switched on ends", "Set power to true.")
    if not 1 <= action.for_s <= LONGEST_WAIT_S:
        yield Problem(f"{path}.for_s", f"outside 1 to {LONGEST_WAIT_S}", "Write seconds.")


def _of_wall_time(wall: time, path: str) -> Iterator[Problem]:
    if wall.tzinfo is not None or wall.microsecond:
        yield Problem(path, "a wall time of the home", "Write it as “07:30”.")


def _of_attribute(attribute: str, known: frozenset[str], path: str) -> Iterator[Problem]:
    if attribute not in known:
        hint = f"One of {', '.join(sorted(known))}."
        yield Problem(f"{path}.attribute", f"“{attribute}” is not known", hint)


def _of_topic(topic: str, path: str) -> Iterator[Problem]:
    if not 0 < len(topic.encode(errors="replace")) <= MAX_TOPIC_BYTES or "\0" in topic:
        yield Problem(path, f"a topic has 1 to {MAX_TOPIC_BYTES} bytes", "Correct the topic.")
    elif "+" in topic or "#" in topic:
        yield Problem(path, "one exact topic, no pattern", "Write a rule for each topic.")


def _unknown_diffusers(rule: AutomationRule, known: Container[str]) -> Iterator[Problem]:
    named: list[tuple[str, object]] = [("trigger", rule.trigger)]
    named += [(f"conditions[{n}]", condition) for n, condition in enumerate(rule.conditions)]
    named += [(f"actions[{n}]", action) for n, action in enumerate(rule.actions)]
    for path, part in named:
        diffuser_id = getattr(part, "diffuser_id", None)
        if diffuser_id is not None and diffuser_id not in known:
            yield Problem(
                f"{path}.diffuser_id",
                f"there is no diffuser “{diffuser_id}”",
                "Choose one of the devices page.",
            )


def _is_finite(number: float) -> bool:
    return number - number == 0
