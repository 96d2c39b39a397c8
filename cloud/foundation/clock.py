"""The cloud's only source of the present moment."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tell the present moment; whoever needs the time takes one in its constructor."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that everyone else takes
