"""How long to wait before trying again. Pure but for chance, which is given."""

from collections.abc import Callable


class Patience:
    """Pauses that double from `first_s` to a bound, each drawn anew between zero and there.

    `chance` gives a number in [0, 1): full jitter keeps many hubs from coming back together.
    """

    def __init__(self, first_s: float, chance: Callable[[], float]) -> None:
        self._first_s = first_s
        self._chance = chance
        self._failures = 0

    def succeeded(self) -> None:
        """Begin with the first pause again."""
        self._failures = 0

    def next_pause(self, longest_s: float, *, at_least_s: float | None = None) -> float:
        """Give the seconds to wait now; never less than what the cloud asked for."""
        bound = min(longest_s, self._first_s * 2.0 ** min(self._failures, 32))
        self._failures += 1
        pause = self._chance() * bound
        # On top of what was asked, or everyone who was asked the same would come together.
        return pause if at_least_s is None else at_least_s + min(pause, self._first_s)
