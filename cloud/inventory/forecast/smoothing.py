"""Exponential smoothing with a trend that fades, with and without a yearly pattern. Pure.

Holt-Winters with damped trend and multiplicative seasons, as in Hyndman & Athanasopoulos,
Forecasting: Principles and Practice, 3rd ed., chapter 8. Two years are too few to learn 52 free
seasons, so the pattern starts from a smoothed one that is drawn towards "none" by its own noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log

from cloud.inventory.forecast.series import YEAR

# A year and eight weeks: without a second look at some weeks, growth and season look the same.
LEAST_FOR_SEASON = YEAR + 8
_DAMPING = 0.9
_ALPHAS = (0.05, 0.1, 0.2, 0.35, 0.5)
_BETAS = (0.0, 0.05, 0.15)
_GAMMAS = (0.0, 0.15)
# The first weeks show the starting values more than the parameters.
_SETTLING = 8
_KERNEL = (1, 2, 3, 4, 3, 2, 1)
_LEAST_SEASON = 0.05
_GROWTH = (0.4, 2.5)


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Where a series stands after its last week. `seasons` begin with the week to come."""

    level: float
    trend: float
    seasons: tuple[float, ...]
    alpha: float
    error: float

    def project(self, weeks: int) -> list[float]:
        """Return the mean of each week to come, 0 or more."""
        means = []
        faded, damping = 0.0, 1.0
        for week in range(weeks):
            damping *= _DAMPING
            faded += damping
            season = self.seasons[week % len(self.seasons)]
            means.append(max(0.0, (self.level + self.trend * faded) * season))
        return means


def fit_damped(series: Sequence[float]) -> Smoothed:
    """Return the best of a grid of parameters, by squared errors of one week ahead."""
    level = sum(series[:_SETTLING]) / len(series[:_SETTLING])
    return min(
        (
            _smooth(series, _Start(level, 0.0, (1.0,)), alpha, beta, 0.0)
            for alpha, beta in product(_ALPHAS, _BETAS)
        ),
        key=lambda fit: fit.error,
    )


def fit_seasonal(series: Sequence[float]) -> Smoothed:
    """Return the same with a pattern of 52 weeks; needs LEAST_FOR_SEASON of them."""
    start = _seasonal_start(series)
    return min(
        (
            _smooth(series, start, alpha, beta, gamma)
            for alpha, beta, gamma in product(_ALPHAS, _BETAS, _GAMMAS)
        ),
        key=lambda fit: fit.error,
    )


@dataclass(frozen=True, slots=True)
class _Start:
    level: float
    trend: float
    seasons: tuple[float, ...]


def _smooth(
    series: Sequence[float], start: _Start, alpha: float, beta: float, gamma: float
) -> Smoothed:
    level, trend, seasons = start.level, start.trend, list(start.seasons)
    length, error = len(seasons), 0.0
    for place, value in enumerate(series):
        at = place % length
        season = seasons[at]
        ahead = level + _DAMPING * trend
        miss = value - ahead * season
        if place >= _SETTLING:
            error += miss * miss
        gained = alpha * miss / season
        level = max(0.0, ahead + gained)
        trend = _DAMPING * trend + beta * gained
        if gamma and ahead > 0:
            seasons[at] = max(_LEAST_SEASON, season + gamma * miss / ahead)
    turned = len(series) % length
    return Smoothed(level, trend, (*seasons[turned:], *seasons[:turned]), alpha, error)


def _seasonal_start(series: Sequence[float]) -> _Start:
    growth = _yearly_growth(series)
    # As if every week had the level of the last one.
    flat = [
        value * growth ** ((len(series) - 1 - place) / YEAR) for place, value in enumerate(series)
    ]
    mean = sum(flat[-YEAR:]) / YEAR
    if mean == 0:
        return _Start(0.0, 0.0, (1.0,) * YEAR)
    looks = [[one / mean for one in flat[place::YEAR]] for place in range(YEAR)]
    level = mean / growth ** ((len(series) - 1) / YEAR)
    return _Start(level, level * log(growth) / YEAR, _pattern(looks))


def _yearly_growth(series: Sequence[float]) -> float:
    """Return by what a year multiplies sales, from the weeks that were there in both years."""
    both = min(YEAR, len(series) - YEAR)
    now = sum(series[-both:])
    then = sum(series[-YEAR - both : -YEAR])
    if then == 0 or now == 0:
        return 1.0
    return min(max(now / then, _GROWTH[0]), _GROWTH[1])


def _pattern(looks: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return seasons of mean 1, drawn towards 1 by as much of their variance as is noise."""
    raw = [sum(look) / len(look) for look in looks]
    reach, weight = len(_KERNEL) // 2, sum(_KERNEL)
    smooth = [
        sum(factor * raw[(place + offset - reach) % YEAR] for offset, factor in enumerate(_KERNEL))
        / weight
        for place in range(YEAR)
    ]
    around = sum((one - 1) ** 2 for one in smooth) / YEAR
    rough = sum((one - there) ** 2 for one, there in zip(raw, smooth, strict=True)) / YEAR
    noise = rough * sum(factor * factor for factor in _KERNEL) / weight**2
    kept = max(0.0, 1 - noise / around) if around > 0 else 0.0
    drawn = [max(_LEAST_SEASON, 1 + kept * (one - 1)) for one in smooth]
    mean = sum(drawn) / YEAR
    return tuple(one / mean for one in drawn)
