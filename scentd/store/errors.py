"""What can go wrong with the hub's memory."""

from pathlib import Path

from scentd.model.errors import ScentdError


class StoreError(ScentdError):
    """The root of what the store raises on purpose."""

    code = "store_error"


class StoreClosed(StoreError):
    """The database is not open (any more)."""

    code = "store_closed"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The database {path} is not open.",
            "The hub is starting or stopping; try again in a moment.",
        )
        self.path = path


class StoreUnusable(StoreError):
    """The database file cannot be opened or made where the settings say."""

    code = "store_unusable"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The hub's file {path} cannot be used: {reason}.",
            "Check store.path in the settings, and that the hub's user may write there.",
        )
        self.path = path
        self.reason = reason


class StoreFull(StoreError):
    """The disk has no room for what must be written, even after the reserve was given up."""

    code = "store_full"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no room left on the disk that holds {path}.",
            "Free some space on the hub's disk; it goes on by itself once there is room.",
        )
        self.path = path


class EditsFull(StoreError):
    """Too many edits wait for the cloud; a new one is refused rather than an old one lost."""

    code = "edits_full"

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"{waiting} changes still wait to be sent to your account.",
            "Bring the hub online, or unpair it, before you change more.",
        )
        self.waiting = waiting


class EditTooLarge(StoreError):
    """A field of a shared document is bigger than a message may be."""

    code = "edit_too_large"

    def __init__(self, field: str, size: int, limit: int) -> None:
        super().__init__(
            f"“{field}” takes {size} bytes; {limit} are allowed.",
            "Make it shorter, or split it into two.",
            field=field,
        )
        self.what = field
        self.size = size
        self.limit = limit
