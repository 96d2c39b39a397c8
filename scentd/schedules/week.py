"""What a week of wall times means on real instants: pure arithmetic, the moment is an argument.

Every function takes the schedules of one diffuser; disabled ones count for nothing. Moments are
aware UTC. The rules for the gaps and folds of a zone stand in `scentd.model.walltime`.
"""

import heapq
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from scentd.model.schedule import ScentSchedule, ScheduleEntry
from scentd.model.walltime import closing_instant, is_steady, opening_instant

_DAY = timedelta(days=1)
_MARGIN = 2 * _DAY
"""A window reaches into the next day, and a zone may repeat or skip a whole date."""

_LOOK_AHEAD = timedelta(days=15)
"""A weekly window may fall into a gap; a week later it cannot fall into the same one."""


WindowKey: TypeAlias = tuple[str, str, datetime, datetime]


@dataclass(frozen=True, slots=True)
class Window:
    """One entry of a schedule on one day: it begins at `start` and has ended at `end`."""

    schedule_id: str
    entry: ScheduleEntry
    day: date
    start: datetime
    end: datetime

    @property
    def rank(self) -> tuple[datetime, date, int, int, str, str]:
        """Order overlapping windows, the greatest wins: the later start, on the clock of real
        instants and then on the wall; then the stronger; then names, so that it never wavers.
        """
        minute = self.entry.start.hour * 60 + self.entry.start.minute
        strength = -1 if self.entry.intensity_percent is None else self.entry.intensity_percent
        return (self.start, self.day, minute, strength, self.schedule_id, self.entry.id)

    @property
    def key(self) -> "WindowKey":
        """Name this window for good: an edited entry gives another window."""
        return (self.schedule_id, self.entry.id, self.start, self.end)

    def is_unchanged(self, other: "Window | None") -> bool:
        """Tell whether both are the same entry, whatever the day, and nobody edited it."""
        return self.is_same_wish(other) and other is not None and self.entry == other.entry

    def is_same_wish(self, other: "Window | None") -> bool:
        """Tell whether both are the same entry, whatever the day: nothing to switch between."""
        return (
            other is not None
            and self.schedule_id == other.schedule_id
            and self.entry.id == other.entry.id
        )


@dataclass(frozen=True, slots=True)
class Transition:
    """From `at` on `window` is what should run; None: nothing should. `ended` ran before."""

    at: datetime
    window: Window | None
    ended: Window | None


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which one window is what should run; several when others interrupt it."""

    window: Window
    start: datetime
    end: datetime


def windows(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, until: datetime
) -> list[Window]:
    """Give every window that touches `after`..`until`, in no order; none is empty."""
    days = _days_around(zone, after, until)
    found = (
        _window(schedule, entry, day, zone)
        for schedule in schedules
        if schedule.enabled
        for entry in schedule.entries
        for day, weekday in days
        if weekday in entry.days
    )
    return [w for w in found if w.start < w.end and w.end > after and w.start <= until]


def should_run(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, at: datetime
) -> ScheduleEntry | None:
    """Give the entry that should run at that moment; None when nothing should."""
    window = window_at(schedules, zone, at)
    return window.entry if window else None


def window_at(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    at: datetime,
    *,
    without: Container[WindowKey] = frozenset(),
) -> Window | None:
    """Give the window that wins at that moment, of those not in `without`; None for none."""
    open_now = (
        window
        for window in windows(schedules, zone, at, at)
        if window.start <= at < window.end and window.key not in without
    )
    return max(open_now, key=lambda window: window.rank, default=None)


def transitions(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[Transition]:
    """Give each moment in (after, until] at which something else should run, in order.

    Touching windows of one entry (a day after the other) are no transition.
    """
    if not schedules:
        return
    known = windows(schedules, zone, after, until)
    now: Window | None = None
    for at, winner in _winners(known):
        if at > until:
            return
        is_news = not winner.is_same_wish(now) if winner else now is not None
        if is_news and at > after:
            yield Transition(at, winner, now)
        now = winner


def next_transition(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime
) -> Transition | None:
    """Give the first transition later than `after`; None when the week has none."""
    # Most weeks have something every day: the far look is for those that have not.
    for ahead in (_DAY, _LOOK_AHEAD):
        found = next(transitions(schedules, zone, after, after + ahead), None)
        if found is not None:
            return found
    return None


def runs(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[Run]:
    """Give the stretches that should run within `after`..`until`, cut to it, in order."""
    if not schedules:
        return
    window, start = window_at(schedules, zone, after), after
    for change in transitions(schedules, zone, after, until):
        if window is not None:
            yield Run(window, start, change.at)
        window, start = change.window, change.at
    if window is not None and start < until:
        yield Run(window, start, until)


@lru_cache(maxsize=64)
def _days_around(zone: ZoneInfo, after: datetime, until: datetime) -> tuple[tuple[date, int], ...]:
    """Give the dates, with their weekdays, whose windows may touch `after`..`until`."""
    first, last = after.astimezone(zone).date() - _MARGIN, until.astimezone(zone).date() + _MARGIN
    count = (last - first).days + 1
    if is_steady(first, count, zone):
        # A window reaches into the next day, and without a change of clocks no further.
        first, count = first + _DAY, count - 3
    days = (first + number * _DAY for number in range(count))
    return tuple((day, day.weekday()) for day in days)


def _window(schedule: ScentSchedule, entry: ScheduleEntry, day: date, zone: ZoneInfo) -> Window:
    last_day = day if entry.end > entry.start else day + _DAY
    return Window(
        schedule.id,
        entry,
        day,
        opening_instant(day, entry.start, zone),
        closing_instant(last_day, entry.end, zone),
    )


def _winners(known: list[Window]) -> Iterator[tuple[datetime, Window | None]]:
    """Sweep over all beginnings and ends; the best open window lies on top of a heap."""
    by_start = sorted(known, key=lambda window: window.start)
    moments = sorted({w.start for w in known} | {w.end for w in known})
    open_windows: list[_Latest] = []
    begun = 0
    for at in moments:
        while begun < len(by_start) and by_start[begun].start <= at:
            heapq.heappush(open_windows, _Latest(by_start[begun]))
            begun += 1
        while open_windows and open_windows[0].window.end <= at:
            heapq.heappop(open_windows)
        yield at, open_windows[0].window if open_windows else None


class _Latest:
    """A window in a heap whose smallest is the one that wins."""

    __slots__ = ("rank", "window")

    def __init__(self, window: Window) -> None:
        self.window = window
        self.rank = window.rank

    def __lt__(self, other: "_Latest") -> bool:
        return self.rank > other.rank
