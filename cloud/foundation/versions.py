"""Two people who edit one thing: the second learns of it, and overwrites nothing unseen.

A form or a program sends back the `version` that it read. A service takes the row under lock and
calls `check_version` before it changes anything.
"""

from collections.abc import Mapping
from typing import Any

from cloud.foundation.errors import PreconditionFailed


class ChangedMeanwhile(PreconditionFailed):
    """Somebody else changed the thing since the caller read it.

    `version` is the one it has now, `current` what its editable fields hold now (JSON values, by
    the names of the caller's input). Sending the change again with this version overwrites
    knowingly.
    """

    code = "changed_meanwhile"

    def __init__(self, version: int, current: Mapping[str, Any]) -> None:
        super().__init__(
            "Somebody else changed this meanwhile.",
            hint="Look at what it says now, and save again if yours shall stand.",
        )
        self.version = version
        self.current = current

    def wire_facts(self) -> Mapping[str, object]:
        """Return the version and the fields as they are now."""
        return {"version": self.version, "current": dict(self.current)}


def check_version(version: int, seen: int, current: Mapping[str, Any]) -> None:
    """Raise ChangedMeanwhile unless the caller saw the version that a thing has now."""
    if version != seen:
        raise ChangedMeanwhile(version, current)
