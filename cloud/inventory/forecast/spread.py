"""How far from its mean demand may come out: variances, and quantiles in whole bottles. Pure."""

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import NormalDist

# Above this a normal curve is within half a bottle, and summing terms would be slow.
_MANY = 250.0


def growth(weeks: int, memory: float) -> float:
    """Return by what the variance of one week is multiplied for the sum of several.

    Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing (2008), 6.4, for a level
    that each week moves by `memory` of its error.
    """
    squares = (weeks - 1) * (2 * weeks - 1) / 6
    return weeks * (1 + memory * (weeks - 1) + memory**2 * squares)


def weekly_variance(
    mean: float, residuals: Sequence[float], misses: Sequence[float], ahead: int, memory: float
) -> float:
    """Return the variance of one week: the mean of what the weeks and the trials show.

    `residuals` are errors of one week, `misses` of `ahead` weeks together; with neither, and at
    least, that of buyers who come one by one (Poisson).
    """
    seen = []
    if residuals:
        seen.append(sum(one * one for one in residuals) / len(residuals))
    if misses:
        seen.append(sum(one * one for one in misses) / len(misses) / growth(ahead, memory))
    return max(mean, sum(seen) / len(seen) if seen else 0.0)


def quantile(mean: float, variance: float, odds: float) -> int:
    """Return the fewest bottles that suffice with these odds (0..1, without the ends).

    Negative binomial, Poisson where the variance is no more than the mean.
    """
    if mean <= 0:
        return 0
    if mean > _MANY:
        return max(0, round(NormalDist(mean, sqrt(variance)).inv_cdf(odds)))
    return _negative_binomial(mean, variance, odds)


def _negative_binomial(mean: float, variance: float, odds: float) -> int:
    if variance <= mean * 1.001:
        term, ratio, step = exp(-mean), 0.0, mean
    else:
        size = mean * mean / (variance - mean)
        ratio = mean / (size + mean)
        term, step = exp(size * log(1 - ratio)), ratio * size
    # Far beyond any quantile that somebody asks for; rounding must not make it endless.
    most = int(mean + 20 * sqrt(variance)) + 20
    total, count = term, 0
    while total < odds and count < most:
        term *= (step + ratio * count) / (count + 1)
        total += term
        count += 1
    return count
