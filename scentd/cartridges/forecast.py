"""When a cartridge will be empty: pure arithmetic over what is planned and what was usual.

The next four weeks are walked as planned; what lies beyond goes on at their mean pace. Use by
hand goes on as in the last four weeks. How unsure the level, the rate and the hand are widens
the band with time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scentd.cartridges.level import Level
from scentd.cartridges.rate import Z90
from scentd.model.cartridge import RunOut

PLANNED_DAYS = 28
"""A plan repeats weekly; four weeks also hold the month's exceptions."""

HORIZON = timedelta(days=365)

Z80 = 1.2816
"""The tenth and the ninetieth percentile lie this many standard deviations from the middle."""

_DAY_S = 86_400.0
_STEP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Draw:
    """A stretch of the plan in which the device uses `ul_per_h` by its model's data."""

    start: datetime
    end: datetime
    ul_per_h: float


@dataclass(frozen=True, slots=True)
class Habit:
    """Use by data outside the plan: the mean a day and how much days differ, microlitres."""

    mean_ul: float = 0.0
    spread_ul: float = 0.0

    @classmethod
    def of_days(cls, daily_ul: Sequence[float]) -> "Habit":
        """Give the habit seen on those days, one number a day; none seen is no habit."""
        if not daily_ul:
            return cls()
        mean = sum(daily_ul) / len(daily_ul)
        variance = sum((day - mean) ** 2 for day in daily_ul) / len(daily_ul)
        return cls(mean, math.sqrt(variance))


@dataclass(frozen=True, slots=True)
class _Point:
    """Seconds from now, and the use by data expected until then."""

    after_s: float
    planned_ul: float


def forecast(level: Level, plan: Sequence[Draw], habit: Habit, now: datetime) -> RunOut:
    """Give when the cartridge will be empty; `plan` covers four weeks from now, in order.

    p10 <= p50 <= p90 always holds; each is None beyond a year.
    """
    points = list(_points(plan, now))
    return RunOut(*(_crossing(level, habit, points, now, z) for z in (-Z80, 0.0, Z80)))


def _points(plan: Sequence[Draw], now: datetime) -> Iterator[_Point]:
    """Walk the ends of the plan's stretches, then weeks at its mean pace; always ascending."""
    used = 0.0
    yield _Point(0.0, 0.0)
    for draw in plan:
        start_s = max(0.0, (draw.start - now).total_seconds())
        end_s = (draw.end - now).total_seconds()
        if end_s <= start_s or end_s > PLANNED_DAYS * _DAY_S:
            continue
        yield _Point(start_s, used)
        used += draw.ul_per_h * (end_s - start_s) / 3600
        yield _Point(end_s, used)
    a_day = used / PLANNED_DAYS
    for day in (*range(PLANNED_DAYS, HORIZON.days, _STEP_DAYS), HORIZON.days):
        yield _Point(day * _DAY_S, used + a_day * (day - PLANNED_DAYS))


def _crossing(
    level: Level, habit: Habit, points: Sequence[_Point], now: datetime, z: float
) -> datetime | None:
    """Give the first moment at which nothing is left, at `z` standard deviations of luck."""
    before_s, before_ul = 0.0, _left(level, habit, points[0], z)
    if before_ul <= 0:
        return now
    for point in points[1:]:
        left_ul = _left(level, habit, point, z)
        if left_ul <= 0:
            share = before_ul / (before_ul - left_ul)
            return now + timedelta(seconds=before_s + share * (point.after_s - before_s))
        before_s, before_ul = point.after_s, left_ul
    return None


def _left(level: Level, habit: Habit, point: _Point, z: float) -> float:
    days = point.after_s / _DAY_S
    used = (point.planned_ul + habit.mean_ul * days) * level.rate.factor
    by_hand = habit.spread_ul * level.rate.factor * math.sqrt(days)
    unsure = math.hypot(level.error_ul / Z90, used * level.rate.spread, by_hand)
    is_used_at_all = used > 0
    return level.believed_ul - used + (z * unsure if is_used_at_all else 0.0)
