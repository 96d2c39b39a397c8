"""What one bottle costs on average, and how many more than ordered may come in."""

import math
from fractions import Fraction

from cloud.foundation.money import rounded

# A supplier fills a carton: a tenth more than ordered, rounded up, is still taken in.
OVER_RECEIPT_SHARE = Fraction(1, 10)


def average_cost(on_hand: int, cost_minor: int | None, came: int, unit_cost_minor: int) -> int:
    """Return the cost of one bottle in minor units, after `came` (1 or more) at a unit cost.

    Weighted by what stood on the shelves, rounded half to even. Bottles whose cost nobody knew
    (None) are taken to have cost what the new ones do.
    """
    if cost_minor is None:
        return unit_cost_minor
    worth_minor = on_hand * cost_minor + came * unit_cost_minor
    return rounded(Fraction(worth_minor, on_hand + came))


def most_receivable(ordered: int) -> int:
    """Return how many bottles of an ordered number may come in at most."""
    return ordered + math.ceil(ordered * OVER_RECEIPT_SHARE)
