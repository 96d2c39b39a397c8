"""How well a method would have done: asked again and again in the past, with what was known then.

Pure. The error is of four weeks together, which is about what an order has to last for, and
relative to what was sold in them (WAPE).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.methods import naive, project, ways_for

AHEAD = 4
_ORIGINS = 6
_LEAST_KNOWN = 12


@dataclass(frozen=True, slots=True)
class Trial:
    """What a method said of four weeks at each origin, beside what came of it."""

    said: tuple[float, ...]
    came: tuple[float, ...]

    @property
    def misses(self) -> list[float]:
        """Return what came less what was said, by origin."""
        return [came - said for said, came in zip(self.said, self.came, strict=True)]

    @property
    def error(self) -> float:
        """Return the sum of the absolute errors; 0 for no origin."""
        return sum(abs(miss) for miss in self.misses)

    @property
    def error_share(self) -> float | None:
        """Return WAPE: the error by what came. None when nothing came."""
        total = sum(self.came)
        return self.error / total if total > 0 else None


Said = Callable[[Sequence[float]], float]


def origins(length: int) -> list[int]:
    """Return how many weeks were known at each origin, oldest first; none in a young series."""
    steps = (length - AHEAD * step for step in range(_ORIGINS, 0, -1))
    return [known for known in steps if known >= _LEAST_KNOWN]


def try_out(series: Sequence[float], say: Said) -> Trial:
    """Return the trial of one who is told the weeks known and says the next four together."""
    looks = origins(len(series))
    return Trial(
        tuple(say(series[:known]) for known in looks),
        tuple(sum(series[known : known + AHEAD]) for known in looks),
    )


def choose(series: Sequence[float]) -> tuple[Method, Trial]:
    """Return the method with the smallest error, the simplest of equals, with its trial."""
    trials = [
        (method, try_out(series, lambda known, method=method: _says(method, known)))  # type: ignore[misc]  # a default binds the loop's method
        for method in ways_for(series)
    ]
    return min(trials, key=lambda one: one[1].error)


def try_naive(series: Sequence[float]) -> Trial:
    """Return the trial of "as in the last four weeks"."""
    return try_out(series, lambda known: sum(naive(known, AHEAD)))


def _says(method: Method, known: Sequence[float]) -> float:
    return sum(project(method, known, AHEAD).means)
