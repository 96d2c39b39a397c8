"""A rule as YAML text, for those who like to write: the same rule, the same refusals.

The words that trap people in YAML 1.1 do not here: `on`, `off`, `yes` and `no` are words, 07:30
is no number of base sixty, and only `true` and `false` are true and false. What is written is
quoted where an older reader would misread it. No anchors, no tags, each key once.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import time
from typing import Any

import yaml

from scentd.automation.errors import RuleInvalid, RuleTextInvalid
from scentd.automation.reading import read_rule, write_rule
from scentd.model.parsing import Problem
from scentd.model.rule import AutomationRule

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_TEXT = 48_000
"""Characters; a rule of fifty actions takes about 6,000."""

_WHOLE = 2**53
"""Below this a float that is whole is exactly that whole number."""

_HEAD = ("name", "enabled", "trigger", "conditions", "actions", "mode")
_TAG = "tag:yaml.org,2002:"
_LINE_ENDS = re.compile("[\x85\u2028\u2029\ufeff]")
"""YAML reads these as ends of lines or not at all, so they are written as numbers."""

_NO_TAG = "Leave out what begins with “!”."
_HINTS = {
    "valid string": "If it is meant as a text, put it in quotes.",
    "time format": "Write it as “07:30”.",
}


class _Loader(yaml.SafeLoader):  # type: ignore[misc]  # the library has no types
    """Read scalars as YAML 1.2's core schema does."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]  # the library has no types
    """Put in quotes what this or an older reader would take for something else than a text."""


for _kind, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    for _side in (_Loader, _Dumper):
        _side.add_implicit_resolver(f"{_TAG}{_kind}", re.compile(f"^(?:{_pattern})$"), [*_first])


def read_text(
    text: str,
    *,
    diffusers: Container[str] | None,
    scenes: Container[str] | None = None,
    rule_id: str,
) -> AutomationRule:
    """Read a rule; raises RuleTextInvalid with the line, the field's path and a hint."""
    raw, places = _Reading(text).read()
    try:
        return read_rule(raw, diffusers=diffusers, scenes=scenes, rule_id=rule_id)
    except RuleInvalid as error:
        problem = error.problem
        for part, hint in _HINTS.items():
            if part in problem.message:
                problem = replace(problem, hint=hint)
        raise RuleTextInvalid(problem, *places.of(problem.field)) from error


def write_text(rule: AutomationRule) -> str:
    """Write a rule without its id; `read_text` of it is the same rule."""
    written = write_rule(rule)
    brief = {name: _brief(getattr(rule, name), written[name]) for name in _HEAD}
    if not brief["conditions"]:
        del brief["conditions"]
    text = _dump(brief, plain=True)
    return _dump(brief, plain=False) if _LINE_ENDS.search(text) else text


def _dump(brief: object, *, plain: bool) -> str:
    """Write YAML, with letters beyond ASCII as they are (`plain`) or as their numbers."""
    look = {"sort_keys": False, "default_flow_style": None, "width": 88}
    return str(yaml.dump(brief, Dumper=_Dumper, allow_unicode=plain, **look))


class _Places:
    """Where each field stands in the text, by its path."""

    def __init__(self) -> None:
        self._marks: dict[str, tuple[int, int]] = {}

    def note(self, path: str, mark: Any) -> None:  # noqa: ANN401 - the library has no types
        self._marks[path] = (mark.line + 1, mark.column + 1)

    def of(self, path: str) -> tuple[int, int]:
        """Give line and column of a field, or of the nearest one around it that is there."""
        while path and path not in self._marks:
            path = re.sub(r"(^|\.)[^.\[]+$|\[\d+\]$", "", path)
        return self._marks.get(path, (1, 1))


class _Reading:
    """One reading of a text, from nodes to plain values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = _Places()

    def read(self) -> tuple[object, _Places]:
        if len(self._text) > MAX_TEXT:
            raise RuleTextInvalid(Problem("", "it is too long", "Split the rule."), None, None)
        try:
            for token in yaml.scan(self._text, Loader=_Loader):
                self._refuse_anchor(token)
            node = yaml.compose(self._text, Loader=_Loader)
            value = None if node is None else self._value(node, "")
        except yaml.MarkedYAMLError as error:
            raise self._not_yaml(error) from error
        except (yaml.YAMLError, RecursionError) as error:
            problem = Problem("", "this is not YAML", "Remove what is no readable text.")
            raise RuleTextInvalid(problem, None, None) from error
        if not isinstance(value, dict):
            problem = Problem("", "it holds no rule", "Begin with “name:” and “trigger:”.")
            raise RuleTextInvalid(problem, 1, 1)
        return value, self._places

    def _value(self, node: yaml.Node, path: str) -> object:
        self._places.note(path, node.start_mark)
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._value(item, f"{path}[{n}]") for n, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        raise self._refusal(
            path, "a tag is not read", "Leave out what begins with “!”.", node.start_mark
        )

    def _pairs(self, node: yaml.MappingNode, path: str) -> Iterator[tuple[str, object]]:
        seen = set()
        for key, item in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            here = f"{path}.{name}" if path else name
            if name in seen:
                raise self._refusal(here, "it is there twice", "Remove one.", key.start_mark)
            seen.add(name)
            value = self._value(item, here)
            self._places.note(here, key.start_mark)
            yield name, _numbered(value) if name == "days" else value

    def _scalar(self, node: yaml.ScalarNode, path: str) -> object:
        text = node.value
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text == "true"
            case "int" if len(text) <= 20:
                return int(text)
            case "int" | "float":
                return float(text)
        raise self._refusal(
            path, "a tag is not read", "Leave out what begins with “!”.", node.start_mark
        )

    def _refuse_anchor(self, token: yaml.Token) -> None:
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            said, hint = "anchors and aliases are not read", "Write it out."
            raise self._refusal("", said, hint, token.start_mark)

    @staticmethod
    def _refusal(path: str, said: str, hint: str, mark: Any) -> RuleTextInvalid:  # noqa: ANN401
        return RuleTextInvalid(Problem(path, said, hint), mark.line + 1, mark.column + 1)

    @staticmethod
    def _not_yaml(error: yaml.MarkedYAMLError) -> RuleTextInvalid:
        mark = error.problem_mark or error.context_mark
        problem = Problem(
            "", f"this is not YAML: {error.problem}", "Check indentation, colons and quotes."
        )
        if mark is None:
            return RuleTextInvalid(problem, None, None)
        return RuleTextInvalid(problem, mark.line + 1, mark.column + 1)


def _numbered(days: object) -> object:
    if not isinstance(days, list):
        return days
    return [DAYS.index(day) if day in DAYS else day for day in days]


def _brief(value: object, written: object) -> object:
    """Leave out of what is written every field that has its default; the kind comes first."""
    if is_dataclass(value) and isinstance(written, dict):
        brief: dict[str, object] = {}
        if "kind" in written:
            brief["kind"] = written["kind"]
        for field in fields(value):
            held = getattr(value, field.name)
            if field.name != "kind" and not _is_default(field, held):
                brief[field.name] = _brief(held, written[field.name])
                if field.name == "days":
                    brief["days"] = [DAYS[day] for day in written["days"]]
        return brief
    if isinstance(value, tuple) and isinstance(written, list):
        return [_brief(item, of) for item, of in zip(value, written, strict=True)]
    if isinstance(value, time) and not value.second:
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return int(value)
    return written


def _is_default(field: Any, held: object) -> bool:  # noqa: ANN401 - dataclasses.Field of any type
    if field.default is not MISSING:
        return type(held) is type(field.default) and bool(held == field.default)
    return field.default_factory is not MISSING and held == field.default_factory()
