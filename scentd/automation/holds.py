"""What must last before a rule fires: the pending ones, and the one that is due next. Pure.

Moments are seconds of a clock that never jumps.
"""

import heapq
from dataclasses import dataclass

from scentd.model.reasons import Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule that fires at `due_s` unless what set it off (`trigger`) ends before."""

    rule_id: str
    side: str
    trigger: Reason
    seconds: int
    due_s: float

    @property
    def lasted(self) -> Reason:
        """What sets the rule off once it has lasted."""
        return Reason(self.trigger.code, {**self.trigger.facts, "for_s": self.seconds})

    @property
    def key(self) -> tuple[str, str]:
        """What there is one of at a time."""
        return (self.rule_id, self.side)


class Holds:
    """The pending ones in one heap; those that ended are dropped when they come up."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Hold] = {}
        self._heap: list[tuple[float, str, str]] = []

    def add(self, hold: Hold) -> None:
        """Wait for it, in place of an earlier one of the same key."""
        self._by_key[hold.key] = hold
        heapq.heappush(self._heap, (hold.due_s, *hold.key))

    def end(self, rule_id: str, side: str = "") -> Hold | None:
        """Wait for it no more; None when nothing was waited for."""
        return self._by_key.pop((rule_id, side), None)

    def get(self, key: tuple[str, str]) -> Hold | None:
        """Give what is waited for under a key."""
        return self._by_key.get(key)

    def all(self) -> tuple[Hold, ...]:
        """Give all that is waited for."""
        return tuple(self._by_key.values())

    def next_due_s(self) -> float | None:
        """Give when the next one has lasted; None when none is waited for."""
        self._drop_ended()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now_s: float) -> list[Hold]:
        """Take out those that have lasted, in order."""
        due = []
        while (next_s := self.next_due_s()) is not None and next_s <= now_s:
            _, rule_id, side = heapq.heappop(self._heap)
            due.append(self._by_key.pop((rule_id, side)))
        return due

    def _drop_ended(self) -> None:
        while self._heap:
            due_s, *key = self._heap[0]
            hold = self._by_key.get((key[0], key[1]))
            if hold is not None and hold.due_s == due_s:
                return
            heapq.heappop(self._heap)
