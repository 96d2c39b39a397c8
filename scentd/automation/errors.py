"""What can be wrong with a rule."""

from scentd.model.errors import ScentdError
from scentd.model.parsing import Problem


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
