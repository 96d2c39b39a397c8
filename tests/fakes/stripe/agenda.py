"""What an account has still to do by its own clock: renewals, answers of banks, deliveries."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(order=True)
class _Due:
    at: int
    number: int
    act: Callable[[], None] = field(compare=False)


class Agenda:
    """Acts to come, in the order of their time; those of one second in the order of asking."""

    def __init__(self) -> None:
        self._due: list[_Due] = []
        self._numbers = itertools.count()

    def add(self, at: int, act: Callable[[], None]) -> None:
        """Plan an act for a Unix second."""
        heapq.heappush(self._due, _Due(at, next(self._numbers), act))

    def next_at(self) -> int | None:
        """Return when the next act is due; None when nothing is planned."""
        return self._due[0].at if self._due else None

    def take(self) -> Callable[[], None]:
        """Return the next act and forget it."""
        return heapq.heappop(self._due).act
