"""What conditions and actions ask, in plain words for the trace. Pure."""

from datetime import time

from scentd.model.action import (
    Action,
    ActivateScene,
    Notify,
    PublishMessage,
    SetDiffuser,
    StopEverything,
    SwitchRule,
    Wait,
    WaitUntil,
)
from scentd.model.cartridge import SlotKey
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Condition,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    MemberIs,
    NobodyHome,
    NotSo,
    OnDays,
    SensorIs,
    SomeoneHome,
    SunElevation,
    SunWindow,
    TimeWindow,
)


def condition_words(condition: Condition) -> str:
    """Say what a condition asks."""
    match condition:
        case AllOf() | AnyOf():
            joint = " and " if isinstance(condition, AllOf) else " or "
            return f"({joint.join(condition_words(part) for part in condition.conditions)})"
        case NotSo():
            return f"not {condition_words(condition.condition)}"
        case Cooldown():
            return f"at least {condition.seconds} s since it last ran"
        case DeviceStateIs():
            return f"{condition.diffuser_id}: {condition.attribute} is {condition.value}"
        case SensorIs():
            return _sensor_words(condition)
        case LevelAbove() | LevelBelow():
            slot = SlotKey(condition.diffuser_id, condition.slot_no)
            side = "more" if isinstance(condition, LevelAbove) else "less"
            return f"{slot}: {side} than {condition.percent:g} % left"
        case SomeoneHome() | NobodyHome() | MemberIs():
            return _people_words(condition)
        case TimeWindow() | OnDays() | SunElevation() | SunWindow():
            return _time_words(condition)


def action_words(action: Action) -> str:
    """Say what an action does."""
    match action:
        case SetDiffuser():
            return _set_words(action)
        case ActivateScene():
            return f"scene {action.scene_id}"
        case StopEverything():
            return "stop everything"
        case Wait():
            return f"wait {action.seconds} s"
        case WaitUntil():
            until = condition_words(action.condition)
            return f"wait until {until}, at most {action.timeout_s} s"
        case PublishMessage():
            return f"publish on {action.topic}"
        case Notify():
            return f"say “{action.text}”"
        case SwitchRule():
            return f"switch rule {action.rule_id} {'on' if action.enabled else 'off'}"


def _time_words(condition: TimeWindow | OnDays | SunElevation | SunWindow) -> str:
    match condition:
        case TimeWindow():
            return f"between {_clock(condition.start)} and {_clock(condition.end)}"
        case OnDays():
            return f"on {', '.join(day.name.capitalize() for day in sorted(condition.days))}"
        case SunElevation():
            return f"the sun stands {_bounds(condition.above, condition.below, '°')}"
        case SunWindow():
            parts = []
            if condition.after:
                parts.append(f"after {condition.after}{_offset(condition.after_offset_min)}")
            if condition.before:
                parts.append(f"before {condition.before}{_offset(condition.before_offset_min)}")
            return " and ".join(parts)


def _people_words(condition: SomeoneHome | NobodyHome | MemberIs) -> str:
    match condition:
        case SomeoneHome():
            return "someone is home"
        case NobodyHome():
            return "nobody is home"
        case MemberIs():
            return f"{condition.member_id} is {condition.whereabouts}"


def _sensor_words(condition: SensorIs) -> str:
    what = f"{condition.topic} {condition.path}".strip()
    unit = f" {condition.unit}" if condition.unit else ""
    lasting = "" if condition.for_s is None else f" for {condition.for_s} s"
    return f"{what} is {_bounds(condition.above, condition.below, unit)}{lasting}"


def _bounds(above: float | None, below: float | None, unit: str) -> str:
    parts = []
    if above is not None:
        parts.append(f"above {above:g}{unit}")
    if below is not None:
        parts.append(f"below {below:g}{unit}")
    return " and ".join(parts)


def _offset(minutes: int) -> str:
    return f" {minutes:+d} min" if minutes else ""


def _set_words(action: SetDiffuser) -> str:
    parts = []
    if action.power is not None:
        parts.append("on" if action.power else "off")
    if action.intensity_percent is not None:
        parts.append(f"{action.intensity_percent} %")
    if action.light is not None:
        parts.append("light on" if action.light else "light off")
    if action.for_s is not None:
        parts.append(f"for {action.for_s} s")
    return f"set {action.diffuser_id}: {', '.join(parts)}"


def _clock(wall: time) -> str:
    return f"{wall:%H:%M}"
