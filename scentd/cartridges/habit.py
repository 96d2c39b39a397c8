"""How a household's days differ from their plans, learnt by weekday; pure arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WEEK = 7

SAME_AS_ANY = 3.0
"""A weekday is believed to be like any other until it was seen this often: four weeks show each
only four times."""

SURPRISE = 0.5
"""Before anything is seen, a day differs by this part of what it uses (standard deviation);
weighs as much as SURPRISE_DAYS days seen."""

SURPRISE_DAYS = 3.0


@dataclass(frozen=True, slots=True)
class Habit:
    """Use by data beside the plan: what a weekday uses more (or less), Monday first, and how much
    days differ from that; microlitres. `days` counts the days it was seen on.
    """

    weekdays_ul: tuple[float, ...] = (0.0,) * WEEK
    squares_ul2: float = 0.0
    days: int = 0

    @classmethod
    def of_days(cls, seen: Sequence[tuple[date, float]]) -> "Habit":
        """Give the habit of those days, in no order; none seen is no habit."""
        if not seen:
            return cls()
        mean = sum(ul for _, ul in seen) / len(seen)
        sums, counts = [0.0] * WEEK, [0] * WEEK
        for day, ul in seen:
            sums[day.weekday()] += ul
            counts[day.weekday()] += 1
        weekdays = tuple(
            (total + SAME_AS_ANY * mean) / (count + SAME_AS_ANY)
            for total, count in zip(sums, counts, strict=True)
        )
        squares = sum((ul - weekdays[day.weekday()]) ** 2 for day, ul in seen)
        return cls(weekdays, squares, len(seen))

    @property
    def mean_ul(self) -> float:
        """Give what the mean day uses beside the plan."""
        return sum(self.weekdays_ul) / WEEK

    def spread_ul(self, day_ul: float) -> float:
        """Give the standard deviation of one day, when a day uses `day_ul` in all."""
        assumed = SURPRISE_DAYS * (SURPRISE * day_ul) ** 2
        return float(((self.squares_ul2 + assumed) / (self.days + SURPRISE_DAYS)) ** 0.5)

    def doubt_ul(self, day_ul: float) -> float:
        """Give the standard deviation of the mean day: what so few days cannot tell."""
        return self.spread_ul(day_ul) / float((self.days + 1) ** 0.5)
