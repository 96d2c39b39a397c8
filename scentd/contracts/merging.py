"""How two edits of one field become one, the same on every hub and in the cloud.

The later stamp wins; equal stamps are settled by the node, equal nodes (a cloned hub) by the
value itself, so that everyone who has seen the same edits holds the same value.
"""

import json
from dataclasses import dataclass

COUNTER_BITS = 16
"""Low bits of a stamp that count edits within one millisecond."""

DELETED = "deleted"
"""The field that, set to true, removes a shared document."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one field was set to: canonical JSON text, when (hybrid clock) and by which node."""

    value: str
    stamp: int
    node: str

    def wins_over(self, other: "Edit | None") -> bool:
        """Tell whether this edit replaces the other; an edit never replaces its equal."""
        return other is None or self.rank > other.rank

    @property
    def rank(self) -> tuple[int, str, str]:
        """Give what edits of one field are ordered by."""
        return (self.stamp, self.node, self.value)


def canonical(value: object) -> str:
    """Write a JSON value in the one way both sides compare: sorted keys, no spaces, ASCII.

    Raises ValueError for what JSON cannot hold (NaN, infinity) and TypeError for other types.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def next_stamp(last: int, wall_ms: int) -> int:
    """Give a stamp later than `last`, and not before the wall clock (unix ms)."""
    return max(last + 1, wall_ms << COUNTER_BITS)


def stamp_ms(stamp: int) -> int:
    """Give the unix milliseconds a stamp stands for."""
    return stamp >> COUNTER_BITS
