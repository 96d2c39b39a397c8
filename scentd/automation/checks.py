"""What types alone do not rule out: the first thing wrong with a rule, with path and next step."""

from collections.abc import Container, Iterator
from datetime import time
from itertools import chain

from scentd.automation import units
from scentd.automation.attributes import BUTTON, STATES, TRIGGERS, value_problem
from scentd.automation.named import MAX_DATA, is_name
from scentd.automation.spoken import plain
from scentd.model.action import (
    Action,
    ActivateScene,
    Notify,
    PublishMessage,
    SetDiffuser,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Condition,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    MemberIs,
    NotSo,
    OnDays,
    SensorIs,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.parsing import Problem
from scentd.model.reasons import Reason
from scentd.model.rule import AutomationRule
from scentd.model.trigger import (
    AppEvent,
    DeviceStateChange,
    Scalar,
    SensorReading,
    Sunrise,
    Sunset,
    TimeOfDay,
    Trigger,
    UserEntersLocation,
    UserLeavesLocation,
    VoiceCommand,
)

MAX_NAME = 120
MAX_ACTIONS = 50
MAX_CONDITIONS = 20
MAX_DEPTH = 4
MAX_PHRASES = 20
MAX_TOPIC_BYTES = 256
MAX_PAYLOAD_BYTES = 4096
MAX_OFFSET_MIN = 720
LONGEST_WAIT_S = 86_400
LONGEST_COOLDOWN_S = 366 * 86_400

Problems = Iterator[Problem]

_NAME = Reason("name_length", {"most": MAX_NAME})
_ACTIONS = Reason("actions_count", {"most": MAX_ACTIONS})
_PHRASES = Reason("phrases_count", {"most": MAX_PHRASES})
_TOPIC, _PATTERN = Reason("topic_length", {"most": MAX_TOPIC_BYTES}), Reason("topic_pattern")
_NOTHING, _BETWEEN, _DAY = Reason("nothing_asked"), Reason("no_between"), Reason("no_day")
_LEVEL, _PERCENT, _WALL = Reason("level"), Reason("percent"), Reason("wall_time")


def problems(
    rule: AutomationRule, diffusers: Container[str] | None, scenes: Container[str] | None
) -> Problems:
    """Give what is wrong, in the order a person reads a rule.

    `diffusers` and `scenes` are the ids known here, None when any may yet appear.
    """
    if not rule.id or len(rule.id) > MAX_NAME:
        yield Problem("id", f"an id has 1 to {MAX_NAME} characters", "Leave it out for a new one.")
    if not rule.name.strip() or len(rule.name) > MAX_NAME:
        yield Problem("name", f"a name has 1 to {MAX_NAME} characters", "Give it a name.", _NAME)
    yield from _of_trigger(rule.trigger)
    if not 0 < len(rule.actions) <= MAX_ACTIONS:
        yield Problem(
            "actions", f"a rule does 1 to {MAX_ACTIONS} things", "Say what it does.", _ACTIONS
        )
    yield from _of_conditions(rule.conditions, "conditions", 1)
    for number, action in enumerate(rule.actions):
        yield from _of_action(action, f"actions[{number}]", rule.id)
    if diffusers is not None:
        yield from _unknown(rule, "diffuser_id", diffusers, "diffuser")
    if scenes is not None:
        yield from _unknown(rule, "scene_id", scenes, "scene")


def _of_trigger(trigger: Trigger) -> Problems:
    path = "trigger"
    match trigger:
        case TimeOfDay():
            yield from _of_wall_time(trigger.at, f"{path}.at")
            yield from _of_days(trigger.days, path)
        case Sunrise() | Sunset():
            yield from _of_offset(trigger.offset_min, f"{path}.offset_min")
            if trigger.otherwise_at is not None:
                yield from _of_wall_time(trigger.otherwise_at, f"{path}.otherwise_at")
            yield from _of_days(trigger.days, path)
        case UserEntersLocation() | UserLeavesLocation():
            if trigger.member_id is not None:
                yield from _of_text(trigger.member_id, f"{path}.member_id", "a member's id")
            yield from _of_text(trigger.zone_id, f"{path}.zone_id", "a zone's id")
        case DeviceStateChange():
            yield from _of_change(trigger, path)
        case SensorReading():
            yield from _of_sensor(trigger, path)
        case VoiceCommand():
            yield from _of_voice(trigger, path)
        case AppEvent():
            yield from _of_event(trigger, path)


def _of_change(trigger: DeviceStateChange, path: str) -> Problems:
    yield from _of_attribute(trigger.attribute, TRIGGERS, path)
    if trigger.attribute == BUTTON and (trigger.was is not None or trigger.for_s is not None):
        yield Problem(path, "a button is pressed, it does not last", "Leave out was and for_s.")
    for name, value in (("to", trigger.to), ("was", trigger.was)):
        if value is not None:
            yield from _of_value(trigger.attribute, value, f"{path}.{name}")
    if trigger.for_s is None:
        return
    if trigger.to is None:
        yield Problem(f"{path}.for_s", "only a value can last", "Say to which value with “to”.")
    yield from _of_seconds(trigger.for_s, f"{path}.for_s", 1)


def _of_sensor(sensor: SensorReading | SensorIs, path: str) -> Problems:
    yield from _of_topic(sensor.topic, f"{path}.topic")
    for name, bound in (("above", sensor.above), ("below", sensor.below)):
        if bound is not None and not _is_finite(bound):
            yield Problem(f"{path}.{name}", "not a number to compare with", "Write one.")
    if not _is_finite(sensor.hysteresis) or sensor.hysteresis < 0:
        yield Problem(f"{path}.hysteresis", "less than nothing", "Write 0 or more.")
    for name, unit in (("unit", sensor.unit), ("sensor_unit", sensor.sensor_unit)):
        if not units.is_known(unit):
            hint = f"One of {', '.join(units.NAMES)}; leave it out for a bare number."
            yield Problem(f"{path}.{name}", f"the unit “{unit}” is not known", hint)
            return
    if sensor.sensor_unit and not units.fit(sensor.unit, sensor.sensor_unit):
        said = f"“{sensor.sensor_unit}” cannot be compared with “{sensor.unit}”"
        yield Problem(f"{path}.sensor_unit", said, "Use units of the same quantity.")
    if sensor.for_s is None:
        return
    if sensor.above is None and sensor.below is None:
        yield Problem(f"{path}.for_s", "only a bound can last", "Set above or below.")
    yield from _of_seconds(sensor.for_s, f"{path}.for_s", 1)


def _of_voice(trigger: VoiceCommand, path: str) -> Problems:
    if not 0 < len(trigger.phrases) <= MAX_PHRASES:
        yield Problem(
            f"{path}.phrases", f"1 to {MAX_PHRASES} phrases", "Write what is said.", _PHRASES
        )
    for number, phrase in enumerate(trigger.phrases):
        if not plain(phrase) or len(phrase) > MAX_NAME:
            said = f"a phrase has 1 to {MAX_NAME} characters and a word in it"
            yield Problem(f"{path}.phrases[{number}]", said, "Write what is said.")


def _of_event(trigger: AppEvent, path: str) -> Problems:
    if not is_name(trigger.name):
        hint = "Write it as “doorbell.pressed”: a-z, 0-9, joined by . _ or -."
        yield Problem(f"{path}.name", "not a name of an event", hint)
    if len(trigger.data) > MAX_DATA:
        yield Problem(f"{path}.data", f"more than {MAX_DATA} values", "Ask for less.")


def _of_conditions(conditions: tuple[Condition, ...], path: str, depth: int) -> Problems:
    if len(conditions) > MAX_CONDITIONS:
        yield Problem(path, f"more than {MAX_CONDITIONS}", "Split the rule in two.")
    for number, condition in enumerate(conditions):
        yield from _of_condition(condition, f"{path}[{number}]", depth)


def _of_condition(condition: Condition, path: str, depth: int) -> Problems:
    match condition:
        case AllOf() | AnyOf() | NotSo():
            yield from _of_group(condition, path, depth)
        case TimeWindow() | OnDays():
            yield from _of_window(condition, path)
        case SunElevation() | SunWindow():
            yield from _of_sun(condition, path)
        case MemberIs():
            yield from _of_text(condition.member_id, f"{path}.member_id", "a member's id")
        case DeviceStateIs():
            yield from _of_attribute(condition.attribute, STATES, path)
            yield from _of_value(condition.attribute, condition.value, f"{path}.value")
        case SensorIs():
            yield from _of_sensor_is(condition, path)
        case LevelAbove() | LevelBelow():
            yield from _of_level(condition, path)
        case Cooldown():
            yield from _of_seconds(condition.seconds, f"{path}.seconds", 0, LONGEST_COOLDOWN_S)


def _of_group(condition: AllOf | AnyOf | NotSo, path: str, depth: int) -> Problems:
    if depth >= MAX_DEPTH:
        yield Problem(path, f"groups more than {MAX_DEPTH - 1} deep", "Make it simpler.")
    elif isinstance(condition, NotSo):
        yield from _of_condition(condition.condition, f"{path}.condition", depth + 1)
    else:
        if not condition.conditions:
            yield Problem(f"{path}.conditions", "a group of nothing", "Put a condition in it.")
        yield from _of_conditions(condition.conditions, f"{path}.conditions", depth + 1)


def _of_window(condition: TimeWindow | OnDays, path: str) -> Problems:
    if isinstance(condition, TimeWindow):
        yield from _of_wall_time(condition.start, f"{path}.start")
        yield from _of_wall_time(condition.end, f"{path}.end")
    yield from _of_days(condition.days, path)


def _of_level(condition: LevelAbove | LevelBelow, path: str) -> Problems:
    if not 0 <= condition.percent <= 100:
        yield Problem(f"{path}.percent", "outside 0 to 100", "Write percent.", _LEVEL)
    if condition.slot_no < 1:
        yield Problem(f"{path}.slot_no", "slots count from 1", "Write 1.")


def _of_sun(condition: SunElevation | SunWindow, path: str) -> Problems:
    if isinstance(condition, SunElevation):
        if condition.above is None and condition.below is None:
            yield Problem(path, "it asks for nothing", "Set above or below, in degrees.", _NOTHING)
        for name, bound in (("above", condition.above), ("below", condition.below)):
            if bound is not None and not -90 <= bound <= 90:
                yield Problem(f"{path}.{name}", "outside -90 to 90", "Write degrees.")
        return
    if condition.after is None and condition.before is None:
        yield Problem(path, "it asks for nothing", "Set after or before.", _NOTHING)
    yield from _of_offset(condition.after_offset_min, f"{path}.after_offset_min")
    yield from _of_offset(condition.before_offset_min, f"{path}.before_offset_min")


def _of_sensor_is(condition: SensorIs, path: str) -> Problems:
    above, below = condition.above, condition.below
    if above is None and below is None:
        yield Problem(path, "it asks for nothing", "Set above or below.", _NOTHING)
    if above is not None and below is not None and above >= below:
        hint = "Make below the larger one, or use any_of with two conditions."
        yield Problem(f"{path}.above", "nothing lies between the two bounds", hint, _BETWEEN)
    yield from _of_sensor(condition, path)


def _of_action(action: Action, path: str, rule_id: str) -> Problems:
    match action:
        case SetDiffuser():
            yield from _of_set(action, path)
        case ActivateScene():
            yield from _of_text(action.scene_id, f"{path}.scene_id", "a scene's id")
        case Wait():
            yield from _of_seconds(action.seconds, f"{path}.seconds", 1)
        case WaitUntil():
            yield from _of_condition(action.condition, f"{path}.condition", 1)
            yield from _of_seconds(action.timeout_s, f"{path}.timeout_s", 1)
        case PublishMessage():
            yield from _of_topic(action.topic, f"{path}.topic")
            if len(action.payload.encode(errors="replace")) > MAX_PAYLOAD_BYTES:
                yield Problem(f"{path}.payload", f"over {MAX_PAYLOAD_BYTES} bytes", "Shorten it.")
        case Notify():
            yield from _of_text(action.text.strip(), f"{path}.text", "a message", 500)
        case SwitchRule():
            yield from _of_text(action.rule_id, f"{path}.rule_id", "a rule's id")
            if action.rule_id == rule_id and action.enabled:
                yield Problem(f"{path}.rule_id", "it is on while it runs", "Name another rule.")


def _of_set(action: SetDiffuser, path: str) -> Problems:
    if (action.power, action.intensity_percent, action.light) == (None, None, None):
        yield Problem(
            path, "it asks for nothing", "Set power, intensity_percent or light.", _NOTHING
        )
    percent = action.intensity_percent
    if percent is not None and not 0 < percent <= 100:
        yield Problem(f"{path}.intensity_percent", "outside 1 to 100", "Write percent.", _PERCENT)
    if action.for_s is None:
        return
    if action.power is not True:
        yield Problem(f"{path}.for_s", "only what is switched on ends", "Set power to true.")
    yield from _of_seconds(action.for_s, f"{path}.for_s", 1)


def _of_wall_time(wall: time, path: str) -> Problems:
    if wall.tzinfo is not None or wall.microsecond:
        yield Problem(path, "a wall time of the home", "Write it as “07:30”.", _WALL)


def _of_days(days: frozenset[object], path: str) -> Problems:
    if not days:
        yield Problem(f"{path}.days", "no day is chosen", "Choose at least one day.", _DAY)


def _of_offset(minutes: int, path: str) -> Problems:
    if abs(minutes) > MAX_OFFSET_MIN:
        yield Problem(path, f"outside ±{MAX_OFFSET_MIN} minutes", "Write fewer minutes.")


def _of_seconds(seconds: int, path: str, least: int, most: int = LONGEST_WAIT_S) -> Problems:
    if not least <= seconds <= most:
        because = Reason("seconds", {"least": least, "most": most})
        yield Problem(path, f"outside {least} to {most}", "Write seconds.", because)


def _of_text(text: str, path: str, what: str, most: int = MAX_NAME) -> Problems:
    if not 0 < len(text) <= most:
        because = Reason("text_length", {"most": most})
        yield Problem(path, f"{what} has 1 to {most} characters", "Write it.", because)


def _of_attribute(attribute: str, known: frozenset[str], path: str) -> Problems:
    if attribute not in known:
        hint = f"One of {', '.join(sorted(known))}."
        yield Problem(f"{path}.attribute", f"“{attribute}” is not known", hint)


def _of_value(attribute: str, value: Scalar, path: str) -> Problems:
    wanted = value_problem(attribute, value)
    if wanted:
        said = f"“{value}” is never the value of {attribute}"
        yield Problem(path, said, f"Write {wanted}.")


def _of_topic(topic: str, path: str) -> Problems:
    if not 0 < len(topic.encode(errors="replace")) <= MAX_TOPIC_BYTES or "\0" in topic:
        yield Problem(
            path, f"a topic has 1 to {MAX_TOPIC_BYTES} bytes", "Correct the topic.", _TOPIC
        )
    elif "+" in topic or "#" in topic:
        yield Problem(path, "one exact topic, no pattern", "Write a rule for each topic.", _PATTERN)


def _unknown(rule: AutomationRule, field: str, known: Container[str], what: str) -> Problems:
    for path, part in chain([("trigger", rule.trigger)], _parts(rule)):
        named = getattr(part, field, None)
        if named is not None and named not in known:
            because = Reason(f"no_{field}", {"named": str(named)})
            said = f"there is no {what} “{named}”"
            yield Problem(f"{path}.{field}", said, "Choose another.", because)


def _parts(rule: AutomationRule) -> Iterator[tuple[str, object]]:
    for number, condition in enumerate(rule.conditions):
        yield from _with_inner(condition, f"conditions[{number}]")
    for number, action in enumerate(rule.actions):
        yield f"actions[{number}]", action
        if isinstance(action, WaitUntil):
            yield from _with_inner(action.condition, f"actions[{number}].condition")


def _with_inner(condition: Condition, path: str) -> Iterator[tuple[str, object]]:
    match condition:
        case AllOf() | AnyOf():
            for number, inner in enumerate(condition.conditions):
                yield from _with_inner(inner, f"{path}.conditions[{number}]")
        case NotSo():
            yield from _with_inner(condition.condition, f"{path}.condition")
        case _:
            yield path, condition


def _is_finite(number: float) -> bool:
    return number - number == 0
