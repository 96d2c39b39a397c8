"""The forecast of one variant: its past and its fleet made into weeks to come with a band. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from cloud.inventory.forecast.backtest import AHEAD, choose, try_naive
from cloud.inventory.forecast.fleet import Window, blend, conversion, refill_share, weight
from cloud.inventory.forecast.kinds import Method
from cloud.inventory.forecast.methods import RECENT, project
from cloud.inventory.forecast.series import Week, demand
from cloud.inventory.forecast.spread import growth, quantile, weekly_variance

HORIZON = 26
_SHARE_WEEKS = 26
LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Band:
    """One week to come: the mean, and the bottles that suffice 1, 5 and 9 times of ten."""

    mean: float
    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of a variant; see `tables.VariantForecast` for the fields of that name.

    `base` are the means by the past alone. `variance` is of one week, `memory` how much one week
    moves those after it.
    """

    method: Method
    base: tuple[float, ...]
    means: tuple[float, ...]
    fleet: tuple[float, ...]
    fleet_weight: float
    refill_share: float
    error_share: float | None
    naive_error_share: float | None
    variance: float
    memory: float

    @property
    def weekly_units(self) -> float:
        """Return the mean demand of a week, over the next four."""
        return sum(self.means[:AHEAD]) / AHEAD

    def bands(self) -> list[Band]:
        """Return each week with its band, which widens with the weeks that lie before it."""
        found = []
        for week, mean in enumerate(self.means):
            moved = self._scaled(mean, 1) * (1 + self.memory**2 * week)
            low, middle, high = (quantile(mean, moved, odds) for odds in (LOW, MIDDLE, HIGH))
            found.append(Band(mean, low, middle, high))
        return found

    def over(self, days: float) -> tuple[float, float]:
        """Return mean and variance of the demand of so many days from now."""
        whole, rest = int(days // 7), days % 7 / 7
        known = [*self.means, *[self.means[-1]] * (whole + 1)]
        mean = sum(known[:whole]) + rest * known[whole]
        weeks = max(days / 7, 1 / 7)
        spread = growth(max(1, round(weeks)), self.memory) / max(1, round(weeks)) * weeks
        return mean, self._scaled(mean / weeks, spread)

    def _scaled(self, weekly: float, weeks: float) -> float:
        """Return the variance when a week has another mean than usual: a season, the fleet."""
        usual = max(self.weekly_units, 1e-9)
        pace = min(max(weekly / usual, 0.25), 4.0)
        return max(self.variance * pace, weekly) * weeks


def foresee(
    weeks: Sequence[Week],
    *,
    refilled: float = 0.0,
    fleet: Sequence[float] = (),
    windows: Sequence[Window] = (),
) -> Outlook:
    """Return the outlook after some weeks, one or more, oldest first.

    `refilled` are the bottles of the last half year that went to homes, `fleet` what those are
    expected to buy in each week to come (none: nothing), `windows` what came of it in the past.
    """
    series = demand(weeks)
    method, trial = choose(series)
    course = project(method, series, HORIZON)
    sold = sum(week.sold for week in weeks[-_SHARE_WEEKS:])
    share = refill_share(refilled, sold)
    coming = tuple(fleet) or (0.0,) * HORIZON
    worth = conversion(windows, share)
    weighted = weight(windows, share, worth) if any(coming) else 0.0
    means = blend(course.means, coming, share, worth, weighted)
    return Outlook(
        method=method,
        base=course.means,
        means=tuple(means),
        fleet=coming,
        fleet_weight=weighted,
        refill_share=share,
        error_share=trial.error_share,
        naive_error_share=try_naive(series).error_share,
        variance=weekly_variance(
            sum(means[:AHEAD]) / AHEAD, _residuals(series), trial.misses, AHEAD, course.memory
        ),
        memory=course.memory,
    )


def _residuals(series: Sequence[float]) -> list[float]:
    """Return how far the last weeks lay from their mean; a lone week says nothing of that."""
    recent = series[-RECENT:]
    mean = sum(recent) / len(recent)
    freedom = sqrt(len(recent) / (len(recent) - 1)) if len(recent) > 1 else 0.0
    return [(one - mean) * freedom for one in recent]
