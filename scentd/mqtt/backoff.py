"""How long to wait before the next attempt: exponential, with full jitter."""

from collections.abc import Callable


class Backoff:
    """Waits drawn evenly from 0 up to a bound that grows with each one, until `reset`.

    `draw` gives a number in 0..1. The even draw keeps a street of hubs from knocking together.
    """

    def __init__(self, *, first_s: float, factor: float, draw: Callable[[], float]) -> None:
        self._first_s = first_s
        self._factor = factor
        self._draw = draw
        self._bound_s = first_s

    def next_s(self, ceiling_s: float) -> float:
        """Give the seconds to wait now, 0..ceiling_s."""
        bound_s = min(self._bound_s, ceiling_s)
        self._bound_s = bound_s * self._factor
        return self._draw() * bound_s

    def reset(self) -> None:
        """Begin anew with short waits."""
        self._bound_s = self._first_s
