"""What lies ahead for a device's oil: its plan, read rarely, and its use outside the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from scentd.cartridges.forecast import PLANNED_DAYS, Draw, Habit
from scentd.cartridges.gauge import UNTOLD_PERCENT
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
    """Hold the plans of the coming four weeks, and what was used outside of them in the last."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._unplanned_ul: dict[str, dict[str, float]] = {}
        self._read: dict[str, _Read] = {}

    def take_up(self, unplanned_ul: dict[str, dict[str, float]]) -> None:
        """Go on from the use outside the plan that was kept, by diffuser and ISO day."""
        self._unplanned_ul = unplanned_ul

    def forget_plans(self) -> None:
        """Read every plan anew when it is next asked for."""
        self._read.clear()

    def draws(self, diffuser: Diffuser, state: DiffuserState, now: datetime) -> list[Draw]:
        """Give the coming four weeks of one device in oil, by its model's data."""
        percent = state.reported.intensity_percent
        usual = UNTOLD_PERCENT if percent is None else percent
        rate_at = diffuser.capabilities.rate_at
        return [
            Draw(
                run.start,
                run.end,
                rate_at(usual if run.intensity_percent is None else run.intensity_percent),
            )
            for run in self._runs(diffuser.id, now)
        ]

    def note_use(self, diffuser_id: str, now: datetime, ul: float) -> None:
        """Remember what was used up to now, unless the plan foresaw it."""
        if any(run.start <= now <= run.end for run in self._runs(diffuser_id, now)):
            return
        days = self._unplanned_ul.setdefault(diffuser_id, {})
        today = now.date().isoformat()
        days[today] = days.get(today, 0.0) + ul
        oldest = (now.date() - timedelta(days=PLANNED_DAYS)).isoformat()
        for day in [day for day in days if day < oldest]:
            del days[day]

    def unplanned_days(self, diffuser_id: str) -> dict[str, float]:
        """Give the microlitres used outside the plan, by ISO day (UTC), four weeks at most."""
        return dict(self._unplanned_ul.get(diffuser_id, {}))

    def habit(self, diffuser_id: str, now: datetime) -> Habit:
        """Give the use by hand of the last four weeks; today counts while nothing else does."""
        days = self._unplanned_ul.get(diffuser_id)
        if not days:
            return Habit()
        today = now.date()
        first = max(date.fromisoformat(min(days)), today - timedelta(days=PLANNED_DAYS))
        past = [first + timedelta(days=number) for number in range((today - first).days)]
        return Habit.of_days([days.get(day.isoformat(), 0.0) for day in past or [today]])

    def _runs(self, diffuser_id: str, now: datetime) -> tuple[PlannedRun, ...]:
        known = self._read.get(diffuser_id)
        if known is None or not timedelta(0) <= now - known.at < _GOOD_FOR:
            until = now + timedelta(days=PLANNED_DAYS)
            known = _Read(now, tuple(self._plan(diffuser_id, now, until)))
            self._read[diffuser_id] = known
        return known.runs
