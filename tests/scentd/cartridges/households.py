"""Random households whose bottles really fall, beside the hub's estimate of them.

The truth differs from what the hub knows in every way a device may: its rate, each step's, each
day's, what evaporates, how full bottles come, what people say of them, and what days bring.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from scentd.cartridges.bottle import filled, taken_out
from scentd.cartridges.forecast import PLANNED_DAYS, Draw, forecast
from scentd.cartridges.habit import Habit
from scentd.cartridges.hearing import hear
from scentd.cartridges.level import EVAPORATION_PER_DAY, Level
from scentd.cartridges.rate import Rate
from scentd.model.cartridge import Forecast
from scentd.model.diffuser import LevelQuality

CAPACITY = 30_000
BY_DATA = {33: 300.0, 67: 600.0, 100: 900.0}
START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
DAY_S = 86_400.0


@dataclass(frozen=True)
class Run:
    start: datetime
    hours: float
    percent: int


@dataclass(frozen=True)
class Moment:
    """The end of a day: what is believed and what is true."""

    cycle: int
    at: datetime
    level: Level
    truth_ul: float


class Household:
    """One device of one slot, sensorless unless `sensor` says with what quality it is read."""

    def __init__(self, seed: int, *, wrong_by: float = 0.3, sensor: LevelQuality | None = None):
        self.random = random = Random(seed)
        self.sensor = sensor
        self.factor = random.uniform(1 - wrong_by, 1 + wrong_by)
        self.step_factor = {step: math.exp(random.gauss(0, 0.07)) for step in BY_DATA}
        self.evaporates = EVAPORATION_PER_DAY * math.exp(random.gauss(0, 0.6))
        self.sensor_bias_ul = random.gauss(0, 0.003 if sensor is LevelQuality.MEASURED else 0.015)
        self.skips = random.uniform(0, 0.2)
        step = random.choice(list(BY_DATA))
        days = random.sample(range(7), random.randint(3, 7))
        self.weekly = {
            day: (random.uniform(6, 20), random.uniform(0.5, 2.5), step) for day in sorted(days)
        }
        self.hand_step = random.choice(list(BY_DATA))
        keen = random.uniform(0, 0.6)
        self.by_hand = [keen * random.uniform(0.3, 1.0) for _ in range(7)]
        self.hand_hours = random.uniform(0.3, 2.0)
        away = random.randint(0, 200)
        self.away_days = range(away, away + random.choice([0, 0, 7, 14]))
        self.today = 0
        self.cycle = 0
        self.beside: dict[int, float] = {}
        self.level = self._filled(Rate())
        self.truth_ul = self._bottle()
        self.empty_at: datetime | None = None

    @property
    def now(self) -> datetime:
        return START + self.today * DAY

    def planned(self, day: int) -> Run | None:
        """What the schedule holds on a day; exceptions are in it."""
        at = self.weekly.get((START + day * DAY).weekday())
        if at is None or day in self.away_days:
            return None
        hour, hours, percent = at
        return Run(START + day * DAY + timedelta(hours=hour), hours, percent)

    def plan(self) -> list[Draw]:
        runs = (self.planned(day) for day in range(self.today, self.today + PLANNED_DAYS))
        return [
            Draw(
                run.start, run.start + timedelta(hours=run.hours), BY_DATA[run.percent], run.percent
            )
            for run in runs
            if run
        ]

    def forecast(self) -> Forecast:
        seen = range(max(0, self.today - PLANNED_DAYS), self.today)
        habit = Habit.of_days([((START + d * DAY).date(), self.beside.get(d, 0.0)) for d in seen])
        return forecast(self.level, self.plan(), habit, self.now, self.hand_step)

    def live(self, cycles: int) -> Iterator[Moment]:
        """Live through that many bottles, a day at a time."""
        while self.cycle < cycles:
            self._day()
            yield Moment(self.cycle, self.now, self.level, self.truth_ul)
            if self._is_refilled():
                self._refill()

    def until_empty(self) -> datetime:
        """Go on until nothing is left; when that was."""
        while self.empty_at is None:
            self._day()
        return self.empty_at

    def _day(self) -> None:
        planned = self.planned(self.today)
        luck = math.exp(self.random.gauss(0, 0.05))
        used_ul = 0.0
        last = self.now
        for run in self._runs(planned):
            by_data = BY_DATA[run.percent] * run.hours
            used_ul += by_data
            self.level = self.level.after_time(max(0.0, (run.start - last).total_seconds()))
            self.level = self.level.after_run(by_data, run.percent)
            self._use(by_data * self.factor * self.step_factor[run.percent] * luck, run.start)
            last = max(last, run.start)
        foreseen = BY_DATA[planned.percent] * planned.hours if planned else 0.0
        self.beside[self.today] = used_ul - foreseen
        self.today += 1
        self.level = self.level.after_time((self.now - last).total_seconds())
        self._use(self.evaporates * CAPACITY, self.now)
        if self.sensor is not None:
            self._read(self.sensor)

    def _runs(self, planned: Run | None) -> list[Run]:
        runs = []
        if planned and self.random.random() > self.skips:
            runs.append(planned)
        if self.random.random() < self.by_hand[self.now.weekday()]:
            hours = self.hand_hours * self.random.uniform(0.5, 1.5)
            start = datetime.combine(self.now.date(), time(21), UTC)
            runs.append(Run(start, hours, self.hand_step))
        return sorted(runs, key=lambda run: run.start)

    def _use(self, ul: float, at: datetime) -> None:
        self.truth_ul -= ul
        if self.truth_ul <= 0:
            self.truth_ul = 0.0
            self.empty_at = self.empty_at or at

    def _read(self, quality: LevelQuality) -> None:
        noise = 0.004 if quality is LevelQuality.MEASURED else 0.02
        told = self.truth_ul + CAPACITY * (self.sensor_bias_ul + self.random.gauss(0, noise))
        self.level, _ = hear(self.level, told, quality)

    def _is_refilled(self) -> bool:
        """Most wait until it is empty, some refill before."""
        is_early = self.today % 3 == 0 and self.truth_ul < 0.15 * CAPACITY
        return self.empty_at is not None or (is_early and self.random.random() < 0.1)

    def _refill(self) -> None:
        by_eye = self.truth_ul + CAPACITY * self.random.gauss(0, 0.04)
        left = 0 if self.truth_ul == 0 else round(min(max(by_eye, 1.0), CAPACITY))
        self.level = self._filled(taken_out(self.level, left).rate)
        self.truth_ul = self._bottle()
        self.empty_at = None
        self.cycle += 1

    def _filled(self, rate: Rate) -> Level:
        return filled(CAPACITY, None, rate, "CED-30")

    def _bottle(self) -> float:
        return CAPACITY * (1 + self.random.gauss(0, 0.008))
