"""Rules from the outside, read once into values that cannot be wrong."""

from collections.abc import Container
from typing import Any

from pydantic import TypeAdapter

from scentd.automation.checks import problems
from scentd.automation.errors import RuleInvalid
from scentd.model.parsing import Unreadable, parse, write
from scentd.model.rule import AutomationRule

_RULE: TypeAdapter[AutomationRule] = TypeAdapter(AutomationRule)


def read_rule(
    raw: object,
    *,
    diffusers: Container[str] | None,
    scenes: Container[str] | None = None,
    rule_id: str | None = None,
) -> AutomationRule:
    """Read JSON text or a JSON-like value; `rule_id` takes the place of the value's own id.

    `diffusers` and `scenes` are the ids known here, None when any may yet appear. Raises
    RuleInvalid with the field's path and a hint.
    """
    if rule_id is not None and isinstance(raw, dict):
        raw = {**raw, "id": rule_id}
    try:
        rule = parse(_RULE, raw)
    except Unreadable as error:
        raise RuleInvalid(error.problem) from error
    check_rule(rule, diffusers, scenes)
    return rule


def write_rule(rule: AutomationRule) -> dict[str, Any]:
    """Give the rule as JSON holds it; `read_rule` of it is the same rule."""
    return write(_RULE, rule)


def check_rule(
    rule: AutomationRule, diffusers: Container[str] | None, scenes: Container[str] | None = None
) -> None:
    """Raise RuleInvalid for the first thing that types alone do not rule out."""
    problem = next(problems(rule, diffusers, scenes), None)
    if problem is not None:
        raise RuleInvalid(problem)
