"""What can be said of a forecast that is not there."""

from cloud.foundation.errors import NotFound
from cloud.foundation.words import N_


class ForecastNotFound(NotFound):
    """The bottle was not on the shelf long enough, or the night's work is still to come."""

    code = "forecast_not_found"

    def __init__(self) -> None:
        super().__init__(
            N_("There is no forecast of this bottle yet."),
            hint=N_("It is made in the night after the first day with bottles on the shelf."),
        )
