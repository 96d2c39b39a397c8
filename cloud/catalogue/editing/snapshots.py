"""What a row says, as JSON: for the audit and for whoever sees that it changed meanwhile."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any


def snapshot(row: object, names: Iterable[str]) -> dict[str, Any]:
    """Return some attributes of a row; moments as ISO text, all else as it is."""
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value
