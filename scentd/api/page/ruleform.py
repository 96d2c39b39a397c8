"""A rule as a form: what its fields mean, both ways. Pure.

A part of a rule has a prefix: `t` the trigger, `c.0` the first condition, `c.0.conditions.1` the
second one in its group, `a.2` the third action. What cannot be read as its field wants stays as
it was typed, to be refused by name and shown again.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from multidict import MultiDict, MultiDictProxy

from scentd.api.page.ruleparts import ACTIONS, CONDITIONS, FRESH, TRIGGERS, Field, Widget
from scentd.api.page.visit import Form

MOST_ROWS = 50
MOST_DEEP = 4

Written = Mapping[str, Any]
"""A rule as JSON holds it, or what was typed in its place."""

Part = dict[str, Any]
Kinds = Mapping[str, tuple[Field, ...]]

NEW: Written = {
    "name": "",
    "enabled": True,
    "trigger": {"kind": "time_of_day", "at": "", "days": [0, 1, 2, 3, 4, 5, 6]},
    "conditions": [],
    "actions": [],
    "mode": "single",
}


def fresh(kind: str, fields: Sequence[Field]) -> Part:
    """Give a new part of a kind, as the form first shows it."""
    part: Part = {"kind": kind}
    for field in fields:
        if field.name in FRESH:
            part[field.name] = FRESH[field.name]
        elif field.widget is Widget.CONDITIONS:
            part[field.name] = [fresh("time_window", CONDITIONS["time_window"])]
        elif field.widget is Widget.CONDITION:
            part[field.name] = fresh("device_state_is", CONDITIONS["device_state_is"])
        elif field.widget is Widget.CHOICE and field.options[0]:
            part[field.name] = field.options[0]
    return part


def read_form(form: Form) -> dict[str, Any]:
    """Give the rule a form describes, after the row it asks to add or remove."""
    rule = {
        "name": form.get("name", "").strip(),
        "enabled": "enabled" in form,
        "trigger": _part(form, "t", TRIGGERS, 0),
        "conditions": _rows(form, "c", CONDITIONS, 0),
        "actions": _rows(form, "a", ACTIONS, 0),
        "mode": form.get("mode") or "single",
    }
    if "remove" in form:
        _remove(rule, form["remove"])
    if "add" in form:
        _add(rule, form["add"])
    return rule


def fits_form(rule: Written) -> bool:
    """Say whether the form, sent as it is shown, gives the same rule: no text of it is bent."""
    return _bare(read_form(fill(rule))) == _bare({name: rule[name] for name in NEW})


def fill(rule: Written) -> Form:
    """Give what the form holds of a rule, as a browser would send it."""
    form: MultiDict[str] = MultiDict({"name": _one_line(rule["name"]), "mode": rule["mode"]})
    if rule["enabled"]:
        form["enabled"] = "on"
    _fill_part(form, "t", rule["trigger"], TRIGGERS)
    _fill_rows(form, "c", rule["conditions"], CONDITIONS)
    _fill_rows(form, "a", rule["actions"], ACTIONS)
    return MultiDictProxy(form)


def shown(field: Field, value: object) -> str:
    """Give what stands in a field that holds one text."""
    if value is None:
        return ""
    match field.widget:
        case Widget.MINUTES:
            return _minutes(value)
        case Widget.TIME:
            return _to_the_minute(str(value))
        case Widget.CHOICE if isinstance(value, bool):
            return "on" if value else "off"
        case Widget.LINES if isinstance(value, list | tuple):
            return "\n".join(str(line) for line in value)
        case Widget.PAIRS if isinstance(value, Mapping):
            return "\n".join(f"{name} = {_typed(one)}" for name, one in value.items())
        case Widget.VALUE:
            return _typed(value)
        case Widget.NUMBER if isinstance(value, float):
            return repr(value).removesuffix(".0")
        case _:
            return str(value)


def _fill_rows(form: MultiDict[str], prefix: str, parts: Sequence[Written], kinds: Kinds) -> None:
    for number, part in enumerate(parts):
        _fill_part(form, f"{prefix}.{number}", part, kinds)


def _fill_part(form: MultiDict[str], prefix: str, part: Written, kinds: Kinds) -> None:
    form[f"{prefix}.kind"] = form[f"{prefix}.shown"] = part["kind"]
    for field in kinds[part["kind"]]:
        name, value = f"{prefix}.{field.name}", part.get(field.name)
        match field.widget:
            case Widget.DAYS:
                form.extend((name, str(day)) for day in value or ())
            case Widget.CHECK if value:
                form[name] = "on"
            case Widget.CHECK:
                continue
            case Widget.CONDITION if value:
                _fill_part(form, name, value, CONDITIONS)
            case Widget.CONDITIONS:
                _fill_rows(form, name, value or (), CONDITIONS)
            case Widget.LINES | Widget.PAIRS | Widget.LONG_TEXT:
                form[name] = re.sub(r"\r\n|\r|\n", "\r\n", shown(field, value))
            case _:
                form[name] = _one_line(shown(field, value))


def _to_the_minute(wall: str) -> str:
    return re.sub(r"^(\d\d:\d\d):00$", r"\1", wall)


def _one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _bare(value: object) -> object:
    """Leave out what is empty, and seconds that are none: a form says neither."""
    if isinstance(value, Mapping):
        return {key: _bare(one) for key, one in value.items() if one is not None and one != ""}
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    return _to_the_minute(value) if isinstance(value, str) else value


def _rows(form: Form, prefix: str, kinds: Kinds, depth: int) -> list[Part]:
    rows = []
    for number in range(MOST_ROWS):
        here = f"{prefix}.{number}"
        if f"{here}.kind" in form:
            rows.append(_part(form, here, kinds, depth))
    return rows


def _part(form: Form, prefix: str, kinds: Kinds, depth: int) -> Part:
    kind = form.get(f"{prefix}.kind", "")
    if kind not in kinds:
        return {"kind": kind}
    if form.get(f"{prefix}.shown") != kind:
        return fresh(kind, kinds[kind])
    part: Part = {"kind": kind}
    for field in kinds[kind]:
        value = _value(form, f"{prefix}.{field.name}", field, depth)
        if value is not None:
            part[field.name] = value
    return part


def _value(form: Form, name: str, field: Field, depth: int) -> object:
    """Give a field's value, None when it is left empty."""
    match field.widget:
        case Widget.DAYS:
            return sorted({int(day) for day in form.getall(name, []) if day.isdecimal()})
        case Widget.CHECK:
            return name in form
        case Widget.CONDITION:
            return _part(form, name, CONDITIONS, depth + 1) if depth < MOST_DEEP else None
        case Widget.CONDITIONS:
            return _rows(form, name, CONDITIONS, depth + 1) if depth < MOST_DEEP else []
    typed = form.get(name, "")
    return _read(field.widget, typed)


def _read(widget: Widget, typed: str) -> object:
    match widget:
        case Widget.LONG_TEXT:
            return typed.replace("\r\n", "\n")
        case Widget.LINES:
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case Widget.PAIRS:
            return _pairs(typed)
    typed = typed.strip()
    if not typed:
        return None
    match widget:
        case Widget.MINUTES:
            return _seconds(typed)
        case Widget.NUMBER | Widget.PERCENT:
            return _number(typed)
        case Widget.VALUE:
            return _json(typed)
        case Widget.CHOICE if typed in {"on", "off"}:
            return typed == "on"
        case _:
            return typed


def _remove(rule: Part, path: str) -> None:
    rows, number = _list_at(rule, path.rpartition(".")[0]), path.rpartition(".")[2]
    if rows is not None and number.isdecimal() and int(number) < len(rows):
        del rows[int(number)]


def _add(rule: Part, path: str) -> None:
    rows = _list_at(rule, path)
    if rows is not None and len(rows) < MOST_ROWS:
        kind = "set_diffuser" if path == "a" else "time_window"
        rows.append(fresh(kind, (ACTIONS if path == "a" else CONDITIONS)[kind]))


def _list_at(rule: Part, path: str) -> list[Part] | None:
    """Give the list a path leads to; None when it leads nowhere."""
    first, *rest = path.split(".")
    place: Any = {"c": rule["conditions"], "a": rule["actions"]}.get(first)
    for step in rest:
        if isinstance(place, list) and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
        elif isinstance(place, dict):
            place = place.get(step)
        else:
            return None
    return place if isinstance(place, list) else None


def _pairs(typed: str) -> object:
    pairs = {}
    for line in typed.splitlines():
        if line.strip():
            name, equals, value = line.partition("=")
            if not equals:
                return typed
            pairs[name.strip()] = _json(value.strip())
    return pairs


def _number(typed: str) -> object:
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        return typed
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _json(typed: str) -> object:
    try:
        value = json.loads(typed)
    except (ValueError, RecursionError):
        return typed
    return value if isinstance(value, bool | int | float | str) else typed


def _typed(value: object) -> str:
    """Write a value so that it is read back as it is: a text that looks like JSON in quotes."""
    if isinstance(value, str) and value == value.strip() and value and _json(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _seconds(minutes: str) -> object:
    """Give seconds of a number of minutes; what is no number goes on to be refused by name."""
    try:
        return round(float(minutes.replace(",", ".")) * 60)
    except (ValueError, OverflowError):
        return minutes


def _minutes(seconds: object) -> str:
    if not isinstance(seconds, int):
        return str(seconds)
    return f"{seconds / 60:.4f}".rstrip("0").rstrip(".")
