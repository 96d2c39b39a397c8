"""When to order, how many, and when the shelf is empty. Pure; whole bottles, calendar days."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from cloud.inventory.forecast.outlook import Outlook
from cloud.inventory.forecast.series import DAYS
from cloud.inventory.forecast.spread import quantile


@dataclass(frozen=True, slots=True)
class PlanRules:
    """How the shop orders, where a product does not say otherwise.

    service_level: how often a delivery is here before the shelf is empty. 0.95: once in twenty
    orders something is sold out for some days.
    lead_time_days: from sending an order to bottles on the shelf. 14: two weeks, as suppliers in
    the same country usually need.
    review_days: how long until somebody looks again. 7: orders are written once a week.
    cover_days: how long an order lasts beyond that. 28: a month's worth at a time.
    """

    service_level: float = 0.95
    lead_time_days: int = 14
    review_days: int = 7
    cover_days: int = 28


RULES = PlanRules()


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Bottles of a purchase order that are to come on a day."""

    day: date
    units: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`reorder_point`: order when free and ordered bottles together are no more than this.

    It is the demand until a delivery is here, and `safety_stock` for when that is more than
    expected. `order_up_to` is what free and ordered bottles shall come to.
    """

    lead_time_days: int
    safety_stock: int
    reorder_point: int
    order_up_to: int

    def needed(self, free: int, on_order: int) -> int:
        """Return how many bottles to order now, 0 or more."""
        there = free + on_order
        return self.order_up_to - there if there <= self.reorder_point else 0


def plan(
    outlook: Outlook,
    *,
    lead_time_days: int | None,
    least: int | None,
    rules: PlanRules = RULES,
) -> Plan:
    """Return the plan of a variant; `lead_time_days` and `least` (never fewer) are the product's.

    Of what is not expected to be bought at all, nothing is ordered but what shall never lack.
    """
    lead = rules.lead_time_days if lead_time_days is None else lead_time_days
    mean, variance = outlook.over(lead + rules.review_days)
    expected = ceil(mean - 1e-9)
    enough = quantile(mean, variance, rules.service_level)
    safety = max(enough - expected, least or 0, 0)
    cover, _ = outlook.over(lead + rules.review_days + rules.cover_days)
    point = expected + safety
    return Plan(lead, safety, point, max(point, ceil(cover - 1e-9) + safety))


def depletes_on(
    means: Sequence[float], free: int, coming: Sequence[OnTheWay], first_day: date
) -> date | None:
    """Return the first day at whose end nothing is expected to be left; None: not that soon.

    `means` are the weeks from `first_day` on, `free` the bottles that can be sold now. What is
    owed (`free` below 0) counts as nothing there.
    """
    for offset, left in enumerate(_evenings(means, free, coming, first_day)):
        # Half a bottle is none that somebody could buy.
        if left < 0.5:
            return first_day + timedelta(days=offset)
    return None


def stock_course(
    means: Sequence[float], free: int, coming: Sequence[OnTheWay], first_day: date
) -> list[float]:
    """Return the bottles that are likely there at the end of each week, 0 or more."""
    evenings = _evenings(means, free, coming, first_day)
    return [left for offset, left in enumerate(evenings) if offset % DAYS == DAYS - 1]


def _evenings(
    means: Sequence[float], free: int, coming: Sequence[OnTheWay], first_day: date
) -> Iterator[float]:
    lands: Counter[date] = Counter()
    for one in coming:
        # What is late may come any day; it counts from tomorrow on.
        lands[max(one.day, first_day + timedelta(days=1))] += one.units
    left = float(max(0, free))
    for offset in range(len(means) * DAYS):
        left += lands[first_day + timedelta(days=offset)]
        left = max(0.0, left - means[offset // DAYS] / DAYS)
        yield left


def turnover(sold: int, stock_days: int, days: int) -> float | None:
    """Return how often a year the shelf is sold empty: bottles sold by bottles there on average.

    `stock_days` is the sum of the bottles there over `days`. None: there never were any.
    """
    if stock_days <= 0 or days <= 0:
        return None
    return sold * 365 / stock_days
