"""What the form of a rule asks for each kind of trigger, condition and action. Pure data."""

from dataclasses import dataclass
from enum import StrEnum


class Widget(StrEnum):
    """How a field is shown and how what is typed in it is read."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    TIME = "time"
    DAYS = "days"
    NUMBER = "number"
    MINUTES = "minutes"
    """A span kept in seconds and typed in minutes."""
    PERCENT = "percent"
    DIFFUSER = "diffuser"
    ATTRIBUTE = "attribute"
    VALUE = "value"
    """A value as JSON writes it; what is no JSON is a text."""
    UNIT = "unit"
    MEMBER = "member"
    ZONE = "zone"
    SCENE = "scene"
    RULE = "rule"
    CHECK = "check"
    CHOICE = "choice"
    """One of the field's options; `on` and `off` stand for true and false."""
    LINES = "lines"
    PAIRS = "pairs"
    """`name = value`, one a line."""
    CONDITION = "condition"
    CONDITIONS = "conditions"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a part; `options` of a choice, "" among them for none."""

    name: str
    widget: Widget
    options: tuple[str, ...] = ()


_DAYS = Field("days", Widget.DAYS)
_LASTS = Field("for_s", Widget.MINUTES)
_DEVICE = Field("diffuser_id", Widget.DIFFUSER)
_SUN_POINTS = ("", "dawn", "sunrise", "sunset", "dusk")
_SENSOR = (
    Field("topic", Widget.TEXT),
    Field("path", Widget.TEXT),
    Field("above", Widget.NUMBER),
    Field("below", Widget.NUMBER),
    Field("unit", Widget.UNIT),
    Field("sensor_unit", Widget.UNIT),
    Field("hysteresis", Widget.NUMBER),
    _LASTS,
)
_LEVEL = (_DEVICE, Field("percent", Widget.NUMBER), Field("slot_no", Widget.NUMBER))


def _sun(*points: str) -> tuple[Field, ...]:
    return (
        Field("point", Widget.CHOICE, points),
        Field("offset_min", Widget.NUMBER),
        Field("otherwise_at", Widget.TIME),
        _DAYS,
    )


TRIGGERS: dict[str, tuple[Field, ...]] = {
    "time_of_day": (Field("at", Widget.TIME), _DAYS),
    "sunrise": _sun("sunrise", "dawn"),
    "sunset": _sun("sunset", "dusk"),
    "user_enters_location": (
        Field("member_id", Widget.MEMBER),
        Field("zone_id", Widget.ZONE),
        Field("first", Widget.CHECK),
    ),
    "user_leaves_location": (
        Field("member_id", Widget.MEMBER),
        Field("zone_id", Widget.ZONE),
        Field("last", Widget.CHECK),
    ),
    "device_state_change": (
        _DEVICE,
        Field("attribute", Widget.ATTRIBUTE),
        Field("was", Widget.VALUE),
        Field("to", Widget.VALUE),
        _LASTS,
    ),
    "sensor_reading": _SENSOR,
    "voice_command": (
        Field("phrases", Widget.LINES),
        Field("language", Widget.TEXT),
        Field("room", Widget.TEXT),
    ),
    "app_event": (Field("name", Widget.TEXT), Field("data", Widget.PAIRS)),
}

CONDITIONS: dict[str, tuple[Field, ...]] = {
    "time_window": (Field("start", Widget.TIME), Field("end", Widget.TIME), _DAYS),
    "days": (_DAYS,),
    "sun_window": (
        Field("after", Widget.CHOICE, _SUN_POINTS),
        Field("after_offset_min", Widget.NUMBER),
        Field("before", Widget.CHOICE, _SUN_POINTS),
        Field("before_offset_min", Widget.NUMBER),
    ),
    "sun_elevation": (Field("above", Widget.NUMBER), Field("below", Widget.NUMBER)),
    "someone_home": (),
    "nobody_home": (),
    "member_is": (
        Field("member_id", Widget.MEMBER),
        Field("whereabouts", Widget.CHOICE, ("home", "away")),
    ),
    "device_state_is": (
        _DEVICE,
        Field("attribute", Widget.ATTRIBUTE),
        Field("value", Widget.VALUE),
    ),
    "sensor_is": _SENSOR,
    "level_above": _LEVEL,
    "level_below": _LEVEL,
    "cooldown": (Field("seconds", Widget.MINUTES),),
    "any_of": (Field("conditions", Widget.CONDITIONS),),
    "all_of": (Field("conditions", Widget.CONDITIONS),),
    "not": (Field("condition", Widget.CONDITION),),
}

ACTIONS: dict[str, tuple[Field, ...]] = {
    "set_diffuser": (
        _DEVICE,
        Field("power", Widget.CHOICE, ("on", "off", "")),
        Field("intensity_percent", Widget.PERCENT),
        Field("light", Widget.CHOICE, ("", "on", "off")),
        _LASTS,
    ),
    "scene": (Field("scene_id", Widget.SCENE),),
    "stop_all": (),
    "wait": (Field("seconds", Widget.MINUTES),),
    "wait_until": (
        Field("condition", Widget.CONDITION),
        Field("timeout_s", Widget.MINUTES),
        Field("go_on", Widget.CHECK),
    ),
    "notify": (Field("text", Widget.TEXT),),
    "publish": (Field("topic", Widget.TEXT), Field("payload", Widget.LONG_TEXT)),
    "switch_rule": (
        Field("rule_id", Widget.RULE),
        Field("enabled", Widget.CHOICE, ("on", "off")),
    ),
}

FRESH: dict[str, object] = {
    "days": [0, 1, 2, 3, 4, 5, 6],
    "zone_id": "home",
    "slot_no": 1,
    "offset_min": 0,
    "after_offset_min": 0,
    "before_offset_min": 0,
    "hysteresis": 0,
    "go_on": True,
    "power": True,
    "enabled": True,
    "whereabouts": "home",
}
"""What a field holds when its part is new; any other is empty, a choice its first option."""
