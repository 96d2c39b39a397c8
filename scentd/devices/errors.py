"""What can be wrong with a wish about a device itself, not with what it asks."""

from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason


class ProfileUnknown(ScentdError):
    """The device's dialect knows no such model."""

    code = "profile_unknown"

    def __init__(self, diffuser_id: str, key: str) -> None:
        super().__init__(
            f"There is no model “{key}” for “{diffuser_id}”.",
            "Choose one of the models the devices page lists.",
            field="profile",
        )
        self.diffuser_id = diffuser_id
        self.key = key


class BrokerAway(ScentdError):
    """The broker must be told something and cannot be now."""

    code = "broker_away"

    def __init__(self) -> None:
        super().__init__(
            "The broker cannot be reached now.",
            "Try again once the health page says that it is there.",
        )


class NameUnusable(ScentdError):
    """A name or room for a device is empty or too long."""

    code = "name_unusable"

    def __init__(self, field: str, limit: int) -> None:
        super().__init__(
            f"The {field} must have 1 to {limit} characters."
            if field == "name"
            else f"The {field} must have at most {limit} characters.",
            "Choose a shorter one that people will recognise.",
            field=field,
        )
        self.because = Reason(f"{field}_unusable", {"limit": limit})
