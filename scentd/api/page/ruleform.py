"""A rule as a plain form: what its fields mean, both ways. Pure.

The form holds one condition of each kind and actions without lights; a rule beyond that is shown
and edited as JSON, never cut down to what the form can say.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from scentd.api.page.visit import Form

MOST_ACTIONS = 20
EMPTY_ACTION: Mapping[str, str] = {"do": ""}

_SAYABLE = frozenset(
    [
        "time_of_day",
        "device_state_change",
        "sensor_reading",
        "time_window",
        "device_state_is",
        "level_above",
        "cooldown",
        "set_diffuser",
        "wait",
        "stop_all",
        "publish",
    ]
)

_TO_THE_MINUTE = re.compile(r"(\d\d:\d\d(:00)?)?")
"""A wall time as the form shows it; empty before one was chosen."""

Written = Mapping[str, Any]
"""A rule as JSON holds it."""

Fields = dict[str, Any]


def fits_form(rule: Written) -> bool:
    """Say whether the form can show all of a rule."""
    kinds = [condition["kind"] for condition in rule["conditions"]]
    parts = [rule["trigger"], *rule["conditions"], *rule["actions"]]
    return (
        len(kinds) == len(set(kinds))
        and len(rule["actions"]) < MOST_ACTIONS
        and all(_is_sayable(part) for part in parts)
    )


def to_fields(rule: Written) -> Fields:
    """Give the form's fields of a rule that fits it."""
    conditions = {condition["kind"]: condition for condition in rule["conditions"]}
    cooldown = conditions.get("cooldown")
    return {
        "trigger": rule["trigger"],
        "conditions": conditions,
        "cooldown": _minutes(cooldown["seconds"]) if cooldown else "",
        "actions": [_to_row(action) for action in rule["actions"]],
    }


def logic_json(rule: Written) -> str:
    """Give the part of a rule that is edited as JSON."""
    parts = {key: rule[key] for key in ("trigger", "conditions", "actions", "mode")}
    return json.dumps(_without_nulls(parts), indent=2, ensure_ascii=False)


def read_form(form: Form) -> dict[str, Any] | str:
    """Give the rule a form describes as JSON would hold it; a text when its JSON is no object."""
    head = {"name": form.get("name", "").strip(), "enabled": "enabled" in form}
    if form.get("edit") == "json":
        try:
            logic = json.loads(form.get("json", ""))
        except (ValueError, RecursionError):
            return form.get("json", "")
        return {**logic, **head} if isinstance(logic, dict) else form.get("json", "")
    return {
        **head,
        "trigger": _trigger(form),
        "conditions": _conditions(form),
        "actions": _actions(form),
        "mode": form.get("mode") or "single",
    }


def _trigger(form: Form) -> Fields:
    kind = form.get("trigger", "")
    if kind == "time_of_day":
        return {"kind": kind, "at": form.get("at", ""), "days": _days(form, "trigger-days")}
    if kind == "device_state_change":
        return {
            "kind": kind,
            "diffuser_id": form.get("state-diffuser", ""),
            "attribute": form.get("state-attribute", ""),
            **_given("to", _value(form.get("state-to", ""))),
        }
    return {
        "kind": kind,
        "topic": form.get("topic", "").strip(),
        "path": form.get("path", "").strip(),
        **_given("above", _value(form.get("above", ""))),
        **_given("below", _value(form.get("below", ""))),
    }


def _conditions(form: Form) -> list[Fields]:
    found: list[Fields] = []
    if form.get("window-start") and form.get("window-end"):
        found.append(
            {
                "kind": "time_window",
                "start": form["window-start"],
                "end": form["window-end"],
                "days": _days(form, "window-days"),
            }
        )
    if form.get("is-diffuser"):
        found.append(
            {
                "kind": "device_state_is",
                "diffuser_id": form["is-diffuser"],
                "attribute": form.get("is-attribute", ""),
                "value": _value(form.get("is-value", "")),
            }
        )
    if form.get("level-diffuser"):
        level = {"kind": "level_above", "diffuser_id": form["level-diffuser"]}
        found.append({**level, "percent": _value(form.get("level-percent", ""))})
    if form.get("cooldown"):
        found.append({"kind": "cooldown", "seconds": _seconds(form["cooldown"])})
    return found


def _actions(form: Form) -> list[Fields]:
    rows = (_action(form, number) for number in range(MOST_ACTIONS))
    return [row for row in rows if row is not None]


def _action(form: Form, number: int) -> Fields | None:
    do = form.get(f"do-{number}", "")
    if not do or f"remove-{number}" in form:
        return None
    if do == "wait":
        return {"kind": do, "seconds": _seconds(form.get(f"minutes-{number}", ""))}
    if do == "publish":
        topic, payload = form.get(f"topic-{number}", ""), form.get(f"payload-{number}", "")
        return {"kind": do, "topic": topic.strip(), "payload": payload}
    if do == "stop_all":
        return {"kind": do}
    minutes = form.get(f"minutes-{number}", "") if do == "on" else ""
    return {
        "kind": "set_diffuser",
        "diffuser_id": form.get(f"diffuser-{number}", ""),
        **({} if do == "set" else {"power": do == "on"}),
        **_given("intensity_percent", _value(form.get(f"intensity-{number}", ""))),
        **_given("for_s", _seconds(minutes) if minutes else None),
    }


def _is_sayable(part: Written) -> bool:
    """Say whether every field of a part comes back from the form as it was."""
    clocks = [part[name] for name in ("at", "start", "end") if name in part]
    values = [part[name] for name in ("to", "value") if part.get(name) is not None]
    texts = [part[name] for name in ("topic", "path", "payload") if name in part]
    return (
        part["kind"] in _SAYABLE
        and not any(part.get(name) for name in ("was", "hysteresis", "unit", "sensor_unit"))
        and (part.get("for_s") is None or part["kind"] == "set_diffuser")
        and all(_TO_THE_MINUTE.fullmatch(clock) for clock in clocks)
        and all(_value(_typed(value)) == value for value in values)
        and all(text == text.strip() and text.isprintable() for text in texts)
        and part.get("slot_no", 1) == 1
        and part.get("light") is None
        and (part.get("for_s") is None or part.get("power") is True)
    )


def _typed(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _to_row(action: Written) -> Fields:
    kind = action["kind"]
    if kind == "wait":
        return {"do": kind, "minutes": _minutes(action["seconds"])}
    if kind == "publish":
        return {"do": kind, "topic": action["topic"], "payload": action["payload"]}
    if kind == "stop_all":
        return {"do": kind}
    power = action.get("power")
    return {
        "do": "set" if power is None else "on" if power else "off",
        "diffuser_id": action["diffuser_id"],
        "intensity": action.get("intensity_percent"),
        "minutes": _minutes(action["for_s"]) if action.get("for_s") else "",
    }


def _days(form: Form, name: str) -> Sequence[int]:
    return sorted({int(day) for day in form.getall(name, []) if day.isdecimal()})


def _given(key: str, value: object) -> Fields:
    return {} if value is None else {key: value}


def _value(text: str) -> bool | float | str | None:
    """Read a value as JSON writes it; anything else is a text; nothing is None."""
    text = text.strip()
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _seconds(minutes: str) -> object:
    """Give seconds of a number of minutes; what is no number goes on to be refused by name."""
    try:
        return round(float(minutes.replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        return minutes


def _minutes(seconds: object) -> str:
    if not isinstance(seconds, int):
        return str(seconds)
    return f"{seconds / 60:.2f}".rstrip("0").rstrip(".")


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
