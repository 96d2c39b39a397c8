"""What lies ahead for a device's oil: its plan, read rarely, and how its days differ from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from scentd.cartridges.forecast import PLANNED_DAYS, Draw
from scentd.cartridges.gauge import UNTOLD_PERCENT, step_of
from scentd.cartridges.habit import Habit
from scentd.model.diffuser import Diffuser, DiffuserState
from scentd.model.schedule import PlannedRun

Plan: TypeAlias = Callable[[str, datetime, datetime], Sequence[PlannedRun]]
"""What is planned for a diffuser between two moments, cut to them, in order."""

_GOOD_FOR = timedelta(minutes=10)
"""Walking four weeks of wall times costs about 3 ms a device, too much for every look."""


@dataclass(frozen=True, slots=True)
class _Read:
    at: datetime
    runs: tuple[PlannedRun, ...]


class Outlook:
    """Hold the plans of the coming four weeks, and what the last four used beside their plans.

    A day's use beside the plan is what was used by data less what the plan would have used: more
    when somebody switches on by hand, less when somebody switches off. UTC days.
    """

    def __init__(self, plan: Plan) -> None:
        self.version = 0
        self._plan = plan
        self._beside_ul: dict[str, dict[str, float]] = {}
        self._read: dict[str, _Read] = {}

    def take_up(self, beside_ul: dict[str, dict[str, float]]) -> None:
        """Go on from the use beside the plan that was kept, by diffuser and ISO day."""
        self._beside_ul = beside_ul

    def forget_plans(self) -> None:
        """Read every plan anew when it is next asked for."""
        self.version += 1
        self._read.clear()

    def draws(self, diffuser: Diffuser, state: DiffuserState, now: datetime) -> list[Draw]:
        """Give the coming four weeks of one device in oil, by its model's data."""
        return [_draw(run, diffuser, state) for run in self._runs(diffuser.id, now)]

    def note_use(
        self, diffuser: Diffuser, state: DiffuserState, start: datetime, end: datetime, ul: float
    ) -> None:
        """Remember what was used within that time beside what the plan foresaw."""
        foreseen_ul = 0.0
        for draw in self._draws_within(diffuser, state, start, end):
            overlap_s = (min(draw.end, end) - max(draw.start, start)).total_seconds()
            foreseen_ul += draw.ul_per_h * max(0.0, overlap_s) / 3600
        days = self._beside_ul.setdefault(diffuser.id, {})
        today = end.date().isoformat()
        if today in days:
            days[today] += ul - foreseen_ul
            return
        days[today] = ul - foreseen_ul
        oldest = (end.date() - timedelta(days=PLANNED_DAYS)).isoformat()
        for day in [day for day in days if day < oldest]:
            del days[day]

    def days_beside(self, diffuser_id: str) -> dict[str, float]:
        """Give the microlitres used beside the plan, by ISO day (UTC), four weeks at most."""
        return dict(self._beside_ul.get(diffuser_id, {}))

    def habit(self, diffuser_id: str, now: datetime) -> Habit:
        """Give how the last four weeks' days differed from their plans, by weekday.

        A day of which nothing is known counts as planned; today counts while nothing else does.
        """
        days = self._beside_ul.get(diffuser_id)
        if not days:
            return Habit()
        today = now.date()
        first = max(date.fromisoformat(min(days)), today - timedelta(days=PLANNED_DAYS))
        past = [first + timedelta(days=number) for number in range((today - first).days)]
        return Habit.of_days([(day, days.get(day.isoformat(), 0.0)) for day in past or [today]])

    def _draws_within(
        self, diffuser: Diffuser, state: DiffuserState, start: datetime, end: datetime
    ) -> Iterator[Draw]:
        """Give the part of the plan that begins before the end; most ticks see none or one."""
        for run in self._runs(diffuser.id, start):
            if run.start >= end:
                return
            yield _draw(run, diffuser, state)

    def _runs(self, diffuser_id: str, now: datetime) -> tuple[PlannedRun, ...]:
        known = self._read.get(diffuser_id)
        if known is None or not timedelta(0) <= now - known.at < _GOOD_FOR:
            until = now + timedelta(days=PLANNED_DAYS)
            known = _Read(now, tuple(self._plan(diffuser_id, now, until)))
            self._read[diffuser_id] = known
        return known.runs


def _draw(run: PlannedRun, diffuser: Diffuser, state: DiffuserState) -> Draw:
    usual = state.reported.intensity_percent
    if run.intensity_percent is not None:
        usual = run.intensity_percent
    percent = UNTOLD_PERCENT if usual is None else usual
    can = diffuser.capabilities
    return Draw(run.start, run.end, can.rate_at(percent), step_of(percent, can))
