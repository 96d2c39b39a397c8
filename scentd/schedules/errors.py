"""What can be wrong with a schedule."""

from scentd.model.errors import ScentdError
from scentd.model.parsing import Problem
from scentd.model.reasons import Reason


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


class RestInvalid(ScentdError):
    """A vacation or pause that ends before it begins, or one vacation too many."""

    code = "rest_invalid"

    def __init__(self, message: str, hint: str, field: str, because: Reason) -> None:
        super().__init__(message, hint, field=field)
        self.because = because


class NothingToSkip(ScentdError):
    """A schedule has no window in sight that could be skipped or begun early."""

    code = "nothing_to_skip"

    def __init__(self, schedule_id: str) -> None:
        super().__init__(
            "This schedule has nothing coming up.",
            "Switch it on, end the pause or the vacation, or add a window.",
        )
        self.schedule_id = schedule_id


class ScheduleUnknown(ScentdError):
    """No schedule of that id is known."""

    code = "schedule_unknown"

    def __init__(self, schedule_id: str) -> None:
        super().__init__(
            f"There is no schedule “{schedule_id}”.",
            "Look at the schedule page; it may have been deleted in the account.",
        )
        self.schedule_id = schedule_id
