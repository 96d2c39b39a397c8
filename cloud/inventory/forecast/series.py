"""What was asked for, week by week, read out of what was sold. Pure.

A day without a bottle on the shelf says nothing about demand: it is no day without buyers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DAYS = 7
YEAR = 52
# With fewer days on sale a week says too little; it is filled in from its neighbours.
_LEAST_OPEN_DAYS = 3
_NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Week:
    """Bottles sold in seven days, on `open_days` (0..7) of which there were any to sell."""

    sold: int
    open_days: int


def demand(weeks: Sequence[Week]) -> list[float]:
    """Return what would have been sold in each week with bottles on the shelf every day.

    A week that was sold out for a part counts for the rest of it; one that was sold out nearly
    all the time is as its two nearest known neighbours on each side, but never less than was sold
    in it. Where all weeks were like that, they are as what was sold while there was something.
    """
    known = [_asked(week) for week in weeks]
    if not any(one is not None for one in known):
        known = [float(week.sold) if week.open_days else None for week in weeks]
    return [
        max(_between(known, place), float(week.sold)) if one is None else one
        for place, (week, one) in enumerate(zip(weeks, known, strict=True))
    ]


def _asked(week: Week) -> float | None:
    if week.open_days < _LEAST_OPEN_DAYS:
        return None
    return week.sold * DAYS / week.open_days


def _between(known: Sequence[float | None], place: int) -> float:
    before = [one for one in known[:place] if one is not None][-_NEIGHBOURS:]
    after = [one for one in known[place + 1 :] if one is not None][:_NEIGHBOURS]
    near = before + after
    return sum(near) / len(near) if near else 0.0


def gap_between_sales(series: Sequence[float]) -> float:
    """Return the mean number of weeks from one with sales to the next; `len + 1` without any."""
    return (len(series) + 1) / (sum(one > 0 for one in series) + 1)
