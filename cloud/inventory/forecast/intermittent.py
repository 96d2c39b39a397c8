"""Bottles of which in many weeks none is sold: how many at a time, and how often. Pure.

Croston (1972); SBA, which takes Croston's bias off, by Syntetos & Boylan (2005); TSB, which also
forgets a bottle that nobody asks for any more, by Teunter, Syntetos & Babai (2011).
"""

from collections.abc import Sequence

# Within the 0.05 to 0.2 that those papers find best for demand that is rare and does not drift.
SMOOTHING = 0.1
# Syntetos, Boylan & Croston (2005): with more weeks than this from sale to sale it is rare.
RARE_GAP = 1.32


def croston(series: Sequence[float]) -> float:
    """Return the mean of a week to come, 0 or more."""
    size, gap = _size_and_gap(series)
    return size / gap if gap else 0.0


def sba(series: Sequence[float]) -> float:
    """Return Croston's mean without its bias."""
    return croston(series) * (1 - SMOOTHING / 2)


def tsb(series: Sequence[float]) -> float:
    """Return the mean by size times odds, which fall in every week without a sale."""
    sold = [one for one in series if one > 0]
    if not sold:
        return 0.0
    # Both begin with their means: a first sale alone would be believed for a year.
    size, odds = sum(sold) / len(sold), len(sold) / len(series)
    for value in series:
        odds += SMOOTHING * ((value > 0) - odds)
        if value > 0:
            size += SMOOTHING * (value - size)
    return size * odds


def _size_and_gap(series: Sequence[float]) -> tuple[float, float]:
    sold = [one for one in series if one > 0]
    if not sold:
        return 0.0, 0.0
    size, gap, waited = sum(sold) / len(sold), len(series) / len(sold), 1
    for value in series:
        if value > 0:
            size += SMOOTHING * (value - size)
            gap += SMOOTHING * (waited - gap)
            waited = 1
        else:
            waited += 1
    return size, gap
