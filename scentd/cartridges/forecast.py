"""When a cartridge will be empty: pure arithmetic over what is planned and what was usual.

The next four weeks are walked as planned; what lies beyond goes on at their mean pace. Days
differ from their plan as the last four weeks' did, by weekday. How unsure the level, the rate,
the habit and each single day are widens the band with time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from scentd.cartridges.habit import Habit
from scentd.cartridges.level import EVAPORATION_PER_DAY, Level
from scentd.cartridges.rate import RESTING, Z90, Use, added
from scentd.model.cartridge import FanPoint, Forecast, RunOut

PLANNED_DAYS = 28
"""A plan repeats weekly; four weeks also hold the month's exceptions."""

HORIZON = timedelta(days=365)

Z80 = 1.2816
"""The tenth and the ninetieth percentile lie this many standard deviations from the middle."""

MODEL_SPREAD = 0.03
"""What no part of the model explains, in parts of the use to come: warm rooms, thick oil."""

_DAY = timedelta(days=1)
_DAY_S = 86_400.0
_STEP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Draw:
    """A stretch of the plan in which the device uses `ul_per_h` at that step, by its model's data.

    `percent`: the step, see `Use`.
    """

    start: datetime
    end: datetime
    ul_per_h: float
    percent: int = 100


@dataclass(frozen=True, slots=True)
class _Point:
    """Seconds from now, and the true use expected until then."""

    after_s: float
    used_ul: float


@dataclass(frozen=True, slots=True)
class _Unsure:
    """What widens the band, in microlitres (standard deviations): once, a day, a root of a day."""

    sure_ul: float
    rate_ul: float
    rate_part: float
    doubt_ul_a_day: float
    day_ul: float

    def after(self, days: float, used_ul: float) -> float:
        rate_ul = self.rate_ul + self.rate_part * used_ul
        return math.hypot(
            self.sure_ul,
            rate_ul,
            MODEL_SPREAD * used_ul,
            self.doubt_ul_a_day * days,
            self.day_ul * math.sqrt(days + 1),
        )


def forecast(
    level: Level, plan: Sequence[Draw], habit: Habit, now: datetime, by_hand_percent: int = 100
) -> Forecast:
    """Give when the cartridge will be empty; `plan` covers four weeks from now, in order.

    `by_hand_percent`: the step at which the household runs it by hand. p10 <= p50 <= p90 always
    holds; each is None beyond a year.
    """
    by_hand = level.rate.factor_of(by_hand_percent, level.scent)
    use = _planned_use(plan, now)
    planned_ul = level.rate.used_ul(use, level.scent)
    daily_ul = max(0.0, planned_ul / PLANNED_DAYS + habit.mean_ul * by_hand)
    evaporated_ul = _evaporated(level, 1.0)
    if daily_ul <= 0:
        return _unused(level, now, evaporated_ul)
    points = _points(level, plan, habit, by_hand, now)
    mix = added(use, by_hand_percent, max(0.0, habit.mean_ul) * PLANNED_DAYS)
    unsure = _unsure(level, mix, habit, by_hand, daily_ul)
    fan = tuple(_until_empty(_spread_out(level, unsure, point, now) for point in points))
    run_hours = sum((draw.end - max(draw.start, now)).total_seconds() for draw in plan) / 3600
    pace = planned_ul / run_hours if run_hours > 0 else None
    return Forecast(
        run_out=RunOut(
            _crossing([(p.at, p.early_ul) for p in fan]),
            _crossing([(p.at, p.middle_ul) for p in fan]),
            _crossing([(p.at, p.late_ul) for p in fan]),
        ),
        fan=fan,
        planned_ul_a_day=planned_ul / PLANNED_DAYS,
        beside_ul_a_day=daily_ul - planned_ul / PLANNED_DAYS,
        evaporated_ul_a_day=evaporated_ul,
        running_hours_left=level.believed_ul / pace if pace else None,
    )


def _unused(level: Level, now: datetime, evaporated_ul: float) -> Forecast:
    """Evaporation alone is no use: it is not known well enough to tell an end by."""
    at = now if level.believed_ul <= 0 else None
    left = level.believed_ul
    return Forecast(RunOut(at, at, at), (FanPoint(now, left, left, left),), 0, 0, evaporated_ul)


def _until_empty(fan: Iterator[FanPoint]) -> Iterator[FanPoint]:
    """Go no further than where even the luckiest future has nothing left."""
    for point in fan:
        yield point
        if point.late_ul <= 0:
            return


def _planned_use(plan: Sequence[Draw], now: datetime) -> Use:
    use: Use = ()
    for draw in plan:
        seconds = (draw.end - max(draw.start, now)).total_seconds()
        if seconds > 0:
            use = added(use, draw.percent, draw.ul_per_h * seconds / 3600)
    return use


def _evaporated(level: Level, days: float) -> float:
    factor = level.rate.factor_of(RESTING, level.scent)
    return level.capacity_ul * EVAPORATION_PER_DAY * factor * days


def _unsure(level: Level, mix: Use, habit: Habit, by_hand: float, daily_ul: float) -> _Unsure:
    used_ul = level.rate.used_ul(mix, level.scent)
    by_data_ul = daily_ul / by_hand
    return _Unsure(
        sure_ul=level.sure_ul / Z90,
        rate_ul=level.rate.spread_ul(level.use_since_sure, level.scent),
        rate_part=level.rate.spread_ul(mix, level.scent) / used_ul if used_ul > 0 else 0.0,
        doubt_ul_a_day=habit.doubt_ul(by_data_ul) * by_hand,
        day_ul=habit.spread_ul(by_data_ul) * by_hand,
    )


def _points(
    level: Level, plan: Sequence[Draw], habit: Habit, by_hand: float, now: datetime
) -> Iterator[_Point]:
    """Walk four weeks by their days and runs, then weeks at their mean pace; always ascending."""
    used = 0.0
    yield _Point(0.0, 0.0)
    draws, evaporated_ul = list(plan), _evaporated(level, 1.0)
    start, last = now, now + PLANNED_DAYS * _DAY
    while start < last:
        end = min(datetime.combine(start.date() + _DAY, time(), start.tzinfo), last)
        days = (end - start) / _DAY
        today = [draw for draw in draws if draw.start < end and draw.end > start]
        beside_ul = habit.weekdays_ul[start.weekday()] * days * by_hand
        for point in _day(level, today, beside_ul, evaporated_ul, start, end):
            yield _Point((start - now).total_seconds() + point.after_s, used + point.used_ul)
        used += point.used_ul
        draws = [draw for draw in draws if draw.end > end]
        start = end
    a_day = used / PLANNED_DAYS
    for day in (*range(PLANNED_DAYS + _STEP_DAYS, HORIZON.days, _STEP_DAYS), HORIZON.days):
        yield _Point(day * _DAY_S, used + a_day * (day - PLANNED_DAYS))


def _day(
    level: Level,
    draws: Sequence[Draw],
    beside_ul: float,
    evaporated_ul: float,
    start: datetime,
    end: datetime,
) -> Iterator[_Point]:
    """Walk the ends of one day's runs: what is used less is taken from the runs, what is used
    more is spread over the day.
    """
    runs = [
        (
            (max(draw.start, start) - start).total_seconds(),
            (min(draw.end, end) - start).total_seconds(),
            draw.ul_per_h * level.rate.factor_of(draw.percent, level.scent) / 3600,
        )
        for draw in draws
    ]
    planned_ul = sum((until - since) * pace for since, until, pace in runs)
    part = max(0.0, 1 + min(0.0, beside_ul) / planned_ul) if planned_ul > 0 else 0.0
    whole_s = (end - start).total_seconds()
    steady = max(0.0, beside_ul) / whole_s + evaporated_ul / _DAY_S
    used = 0.0
    for since, until, pace in runs:
        yield _Point(since, used + steady * since)
        used += (until - since) * pace * part
        yield _Point(until, used + steady * until)
    yield _Point(whole_s, used + steady * whole_s)


def _spread_out(level: Level, unsure: _Unsure, point: _Point, now: datetime) -> FanPoint:
    middle_ul = level.believed_ul - point.used_ul
    spread_ul = Z80 * unsure.after(point.after_s / _DAY_S, point.used_ul)
    at = now + timedelta(seconds=point.after_s)
    return FanPoint(at, middle_ul - spread_ul, middle_ul, middle_ul + spread_ul)


def _crossing(path: Sequence[tuple[datetime, float]]) -> datetime | None:
    """Give the first moment at which nothing is left."""
    before_at, before_ul = path[0]
    if before_ul <= 0:
        return before_at
    for at, left_ul in path[1:]:
        if left_ul <= 0:
            return before_at + (at - before_at) * (before_ul / (before_ul - left_ul))
        before_at, before_ul = at, left_ul
    return None
