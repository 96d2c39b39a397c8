"""Splitting an amount into parts that add up to it, to the minor unit. Pure arithmetic."""

from collections.abc import Sequence
from fractions import Fraction

from cloud.foundation.money import rounded


def allot(amount_minor: int, limits: Sequence[int]) -> list[int]:
    """Split an amount over lines in proportion to what each is worth; return a part per line.

    No part is negative or above its line, and the parts add up to the amount, or to all that the
    lines are worth when that is less. Each part is rounded half to even; what rounding leaves
    over goes to the line that is worth most, then to the next (the first of equals).
    """
    whole = sum(limits)
    if whole == 0:
        return [0] * len(limits)
    amount_minor = min(amount_minor, whole)
    parts = [rounded(Fraction(amount_minor * limit, whole)) for limit in limits]
    left = amount_minor - sum(parts)
    for at in sorted(range(len(limits)), key=lambda at: -limits[at]):
        step = max(-parts[at], min(left, limits[at] - parts[at]))
        parts[at] += step
        left -= step
    return parts


def refundable(whole_minor: int, quantity: int, of: int, before: int = 0) -> int:
    """Return what `quantity` of the `of` units of a line are worth, `before` having gone back.

    `whole_minor` is what was paid for the whole line (or the tax in it, or its discount). The
    parts of a line that goes back in steps add up to the whole, whatever the steps are. Raises
    ValueError for more units than are left.
    """
    if quantity < 0 or before < 0 or before + quantity > of:
        raise ValueError(f"{before} + {quantity} of {of} units")
    return _worth(whole_minor, before + quantity, of) - _worth(whole_minor, before, of)


def _worth(whole_minor: int, units: int, of: int) -> int:
    return rounded(Fraction(whole_minor * units, of))
