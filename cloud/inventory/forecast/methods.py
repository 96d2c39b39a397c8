"""Every way to forecast under one shape, and the two baselines that each is held to. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cloud.inventory.forecast.intermittent import RARE_GAP, SMOOTHING, croston, sba, tsb
from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.series import YEAR, gap_between_sales
from cloud.inventory.forecast.smoothing import LEAST_FOR_SEASON, Smoothed, fit_damped, fit_seasonal

RECENT = 8
# Two years: one pattern to learn and one to see it again.
SEASONED = 2 * YEAR


@dataclass(frozen=True, slots=True)
class Course:
    """The means of the weeks to come; `memory` is how much one week moves them (0..1)."""

    means: tuple[float, ...]
    memory: float


Way = Callable[[Sequence[float], int], Course]


def ways_for(series: Sequence[float]) -> tuple[Method, ...]:
    """Return the methods that may suit a series, the simplest first."""
    if gap_between_sales(series) > RARE_GAP:
        return (Method.MEAN, Method.SBA, Method.CROSTON, Method.TSB)
    if len(series) >= SEASONED:
        return (Method.MEAN, Method.DAMPED, Method.SEASONAL)
    return (Method.MEAN, Method.DAMPED)


def project(method: Method, series: Sequence[float], weeks: int) -> Course:
    """Return the course of the weeks after a series of one week or more, by a method."""
    return _WAYS[method](series, weeks)


def naive(series: Sequence[float], weeks: int) -> list[float]:
    """Return the last four weeks over again: what everybody would say."""
    last = series[-4:]
    return [last[week % len(last)] for week in range(weeks)]


def seasonal_naive(series: Sequence[float], weeks: int) -> list[float]:
    """Return the same weeks of the year before; needs a year."""
    return [series[len(series) - YEAR + week % YEAR] for week in range(weeks)]


def _mean(series: Sequence[float], weeks: int) -> Course:
    recent = series[-RECENT:]
    return Course((sum(recent) / len(recent),) * weeks, 1 / len(recent))


def _damped(series: Sequence[float], weeks: int) -> Course:
    return _course(fit_damped(series), weeks)


def _seasonal(series: Sequence[float], weeks: int) -> Course:
    fit = fit_seasonal if len(series) >= LEAST_FOR_SEASON else fit_damped
    return _course(fit(series), weeks)


def _course(fit: Smoothed, weeks: int) -> Course:
    return Course(tuple(fit.project(weeks)), fit.alpha)


def _rare(mean_of: Callable[[Sequence[float]], float]) -> Way:
    return lambda series, weeks: Course((mean_of(series),) * weeks, SMOOTHING)


_WAYS: Mapping[Method, Way] = {
    Method.MEAN: _mean,
    Method.DAMPED: _damped,
    Method.SEASONAL: _seasonal,
    Method.CROSTON: _rare(croston),
    Method.SBA: _rare(sba),
    Method.TSB: _rare(tsb),
}
