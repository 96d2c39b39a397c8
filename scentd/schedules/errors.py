"""What can be wrong with a schedule."""

from scentd.model.errors import ScentdError
from scentd.model.parsing import Problem


class ScheduleInvalid(ScentdError):
    """A schedule cannot be used; `field` is the path of the first thing wrong."""

    code = "schedule_invalid"

    def __init__(self, problem: Problem) -> None:
        where = f" ({problem.field})" if problem.field else ""
        super().__init__(
            f"The schedule cannot be used{where}: {problem.message}.",
            problem.hint,
            field=problem.field or None,
        )
        self.problem = problem


class ScheduleUnknown(ScentdError):
    """No schedule of that id is known."""

    code = "schedule_unknown"

    def __init__(self, schedule_id: str) -> None:
        super().__init__(
            f"There is no schedule “{schedule_id}”.",
            "Look at the schedule page; it may have been deleted in the account.",
        )
        self.schedule_id = schedule_id
