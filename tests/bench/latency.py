"""Percentiles of what was waited for."""

from collections.abc import Sequence


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """Return the wait, in milliseconds, within which that share of all was answered."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1000
