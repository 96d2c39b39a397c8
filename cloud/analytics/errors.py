"""What can be wrong with a wish for figures."""

from cloud.foundation.errors import Invalid, NotFound
from cloud.foundation.words import N_


class PeriodImpossible(Invalid):
    """The days are none, in the wrong order, or too many."""

    code = "period_impossible"

    def __init__(self) -> None:
        super().__init__(
            N_("These days cannot be looked at."),
            hint=N_("Choose a first and a last day, three years apart at most."),
            field="from",
        )


class SheetUnknown(NotFound):
    """There is no such table of figures."""

    code = "sheet_unknown"

    def __init__(self) -> None:
        super().__init__(
            N_("There is no such table of figures."), hint=N_("Go back to the figures.")
        )
