"""Messages that wait for the house to think, never more than a bound."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue in order of arrival, at most `capacity` long.

    When full, the oldest cheap message makes room: telemetry is said again, a retained
    description or an acknowledged event is not. Only when all are dear does the oldest of them
    go. Each loss is counted.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._waiting: OrderedDict[int, T] = OrderedDict()
        self._cheap: OrderedDict[int, None] = OrderedDict()
        self._arrivals = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: T, *, is_cheap: bool) -> T | None:
        """Take a message in; the answer is the one that was dropped for it, if any."""
        lost = self._make_room() if len(self._waiting) >= self._capacity else None
        self._arrivals += 1
        self._waiting[self._arrivals] = message
        if is_cheap:
            self._cheap[self._arrivals] = None
        return lost

    def take(self) -> T:
        """Give the oldest message; raises KeyError when there is none."""
        number, message = self._waiting.popitem(last=False)
        self._cheap.pop(number, None)
        return message

    def _make_room(self) -> T:
        self.dropped += 1
        if not self._cheap:
            return self.take()
        number, _ = self._cheap.popitem(last=False)
        return self._waiting.pop(number)
