"""A list that is good as a whole: not five cedars. Pure."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cloud.recommendations.reasons import Reason
from cloud.recommendations.scents import Scent

# How much of a score a scent loses for being just like one that stands above it.
_TWIN_COSTS = 0.3


@dataclass(frozen=True, slots=True)
class Ranked:
    """A product with its score and the reasons for it, at least one."""

    scent: Scent
    score: float
    reasons: tuple[Reason, ...]


def varied(
    ranked: Iterable[Ranked], likeness: Callable[[int, int], float], most: int
) -> list[Ranked]:
    """Return the best `most`, each chosen for its score less its likeness to those before it.

    Wherever it is cut off after n, at most (n + 2) / 3 (rounded up) are of one family, as long as
    there are others (maximal marginal relevance, Carbonell and Goldstein 1998).
    """
    left = sorted(ranked, key=lambda one: (-one.score, one.scent.product_id))
    top = max((abs(one.score) for one in left), default=0.0) or 1.0
    chosen: list[Ranked] = []
    families: Counter[str] = Counter()
    twins = {one.scent.product_id: 0.0 for one in left}
    while left and len(chosen) < most:
        allowed = math.ceil((len(chosen) + 3) / 3)
        best = _best(left, families, allowed, twins, top)
        left.remove(best)
        chosen.append(best)
        families[best.scent.family] += 1
        for one in left:
            product_id = one.scent.product_id
            near = likeness(best.scent.product_id, product_id)
            twins[product_id] = max(twins[product_id], near)
    return chosen


def _best(
    left: Sequence[Ranked],
    families: Counter[str],
    allowed: int,
    twins: dict[int, float],
    top: float,
) -> Ranked:
    free = [one for one in left if families[one.scent.family] < allowed] or left
    return max(
        free,
        key=lambda one: (
            one.score / top - _TWIN_COSTS * twins[one.scent.product_id],
            -one.scent.product_id,
        ),
    )
