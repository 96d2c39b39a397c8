"""Which days are looked at, what they are compared with, and how they are put together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cloud.analytics.errors import PeriodImpossible

LONGEST_DAYS = 3 * 366
_MOST_DAYS, _MOST_WEEKS = 62, 370
_DAY = timedelta(days=1)


class Grain(StrEnum):
    """What one bar stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days of the shop's zone from `first` to `last`, both among them; three years at most."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise PeriodImpossible

    @property
    def days(self) -> int:
        """Return how many days it has, 1 or more."""
        return (self.last - self.first).days + 1

    def previous(self) -> "Period":
        """Return the same number of days right before."""
        return Period(self.first - timedelta(days=self.days), self.first - _DAY)

    @property
    def grain(self) -> Grain:
        """Return how its days are put together, so that there are 62 bars at most."""
        if self.days <= _MOST_DAYS:
            return Grain.DAY
        return Grain.WEEK if self.days <= _MOST_WEEKS else Grain.MONTH

    def parts(self) -> list["Period"]:
        """Return its days, weeks (from its first day on) or calendar months, in order."""
        found, begin = [], self.first
        while begin <= self.last:
            end = min(self.last, _end(begin, self.grain))
            found.append(Period(begin, end))
            begin = end + _DAY
        return found


def _end(begin: date, grain: Grain) -> date:
    if grain is Grain.DAY:
        return begin
    if grain is Grain.WEEK:
        return begin + 6 * _DAY
    after = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
    return after - _DAY


def last_days(today: date, days: int) -> Period:
    """Return so many days up to today, today among them."""
    return Period(today - timedelta(days=days - 1), today)


def read_period(first: str, last: str, today: date) -> Period:
    """Return the period that two ISO days name; a day that is missing is 30 days from the other.

    Both missing: the last 30 days. Raises PeriodImpossible.
    """
    try:
        begin = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else None
    except ValueError:
        raise PeriodImpossible from None
    if end is None:
        end = today if begin is None else min(today, begin + 29 * _DAY)
    for day in filter(None, (begin, end)):
        if not 2000 <= day.year <= 2199:
            raise PeriodImpossible
    return Period(begin or end - 29 * _DAY, end)


def in_parts(values: Sequence[int], parts: Sequence[Period]) -> list[int]:
    """Return the sums of daily values by parts, which follow one another from the first day on."""
    sums, place = [], 0
    for part in parts:
        sums.append(sum(values[place : place + part.days]))
        place += part.days
    return sums
