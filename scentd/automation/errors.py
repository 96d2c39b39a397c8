"""What can be wrong with a rule."""

import re
from collections.abc import Mapping

from scentd.model.errors import ScentdError
from scentd.model.parsing import Problem
from scentd.model.reasons import Reason


class RuleInvalid(ScentdError):
    """A rule cannot be used; `field` is the path of the first thing wrong."""

    code = "rule_invalid"

    def __init__(self, problem: Problem) -> None:
        where = f" ({problem.field})" if problem.field else ""
        super().__init__(
            f"The rule cannot be used{where}: {problem.message}.",
            problem.hint,
            field=problem.field or None,
        )
        self.problem = problem


class RuleUnknown(ScentdError):
    """No rule of that id is known."""

    code = "rule_unknown"

    def __init__(self, rule_id: str) -> None:
        super().__init__(
            f"There is no rule “{rule_id}”.",
            "Look at the rules page; it may have been deleted in the account.",
        )
        self.rule_id = rule_id


class RuleNeedsUpdate(RuleInvalid):
    """A rule of the account uses something that this version of the hub does not know."""

    code = "rule_needs_update"

    def __init__(self, problem: Problem, logic: Mapping[str, object]) -> None:
        kind = _kind_at(logic, problem.field)
        said = f"“{kind}” is not known here" if kind else problem.message
        because = Reason("needs_update", {"kind": kind}) if kind else None
        hint = "Update the hub; until then the rule rests."
        super().__init__(Problem(problem.field, said, hint, because))


class RuleTextInvalid(RuleInvalid):
    """The text of a rule cannot be used; `line` and `column` count from 1, None when unknown."""

    code = "rule_text_invalid"

    def __init__(self, problem: Problem, line: int | None, column: int | None) -> None:
        super().__init__(problem)
        self.line = line
        self.column = column
        if line is not None:
            self.message = f"Line {line}: {self.message}"


class SceneInvalid(ScentdError):
    """A scene cannot be used; `field` is the path of the first thing wrong."""

    code = "scene_invalid"

    def __init__(self, problem: Problem) -> None:
        where = f" ({problem.field})" if problem.field else ""
        super().__init__(
            f"The scene cannot be used{where}: {problem.message}.",
            problem.hint,
            field=problem.field or None,
        )
        self.problem = problem


class SceneUnknown(ScentdError):
    """No scene of that id is known."""

    code = "scene_unknown"

    def __init__(self, scene_id: str) -> None:
        super().__init__(
            f"There is no scene “{scene_id}”.",
            "Look at the rules page; it may have been deleted in the account.",
        )
        self.scene_id = scene_id


def _kind_at(logic: Mapping[str, object], path: str) -> str:
    """Give what stands at a path of the form `conditions[0].condition.kind`; "" for nothing."""
    place: object = logic
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(place, list) and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
        elif isinstance(place, Mapping):
            place = place.get(step)
        else:
            return ""
    return place[:40] if isinstance(place, str) else ""
