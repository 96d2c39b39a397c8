"""What can go wrong with the site's settings."""

from cloud.foundation.errors import PreconditionFailed


class SettingsChanged(PreconditionFailed):
    """Somebody else saved the settings since this form was opened."""

    code = "settings_changed"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the settings meanwhile.",
            hint="Reload the page, look at their change, and make yours again.",
        )
