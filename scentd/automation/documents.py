"""A rule as a shared document: its logic is one field, so that no half-merged rule can run."""

from collections.abc import Mapping
from typing import Any

from scentd.automation.errors import RuleInvalid, RuleNeedsUpdate
from scentd.automation.reading import read_rule, write_rule
from scentd.model.parsing import Problem
from scentd.model.rule import AutomationRule

_FACTS = ("name", "enabled")
_LOGIC = ("trigger", "conditions", "actions", "mode")


def to_fields(rule: AutomationRule) -> dict[str, Any]:
    """Give the document's fields."""
    written = write_rule(rule)
    facts = {name: written[name] for name in _FACTS}
    return {**facts, "logic": {name: written[name] for name in _LOGIC}}


def from_fields(rule_id: str, fields: Mapping[str, Any]) -> AutomationRule:
    """Read the fields back; raises RuleInvalid, also for a trigger this version cannot know."""
    logic = fields.get("logic")
    if not isinstance(logic, dict):
        raise RuleInvalid(Problem("logic", "it is missing", "Save the rule again."))
    facts = {name: fields[name] for name in _FACTS if name in fields}
    try:
        return read_rule({**logic, **facts}, diffusers=None, rule_id=rule_id)
    except RuleInvalid as error:
        if error.problem.field.endswith("kind"):
            raise RuleNeedsUpdate(error.problem, logic) from error
        raise
