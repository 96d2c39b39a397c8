"""What a week of wall times means on real instants: pure arithmetic, the moment is an argument.

Every function takes the schedules of one diffuser; disabled ones count for nothing. Moments are
aware UTC. The rules for the gaps and folds of a zone stand in `scentd.model.walltime`.
"""

import heapq
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from scentd.model.schedule import Pause, Rest, RestReason, ScentSchedule, ScheduleEntry
from scentd.model.walltime import closing_instant, is_steady, opening_instant
from scentd.schedules.calendar import FARTHEST, NO_REST, days_off, last_day_off, reason_against

_DAY = timedelta(days=1)
_MARGIN = 2 * _DAY
"""A window reaches into the next day, and a zone may repeat or skip a whole date."""

_LOOK_AHEAD = (timedelta(days=1), timedelta(days=15))
"""Most weeks have something every day: the far look is for those that have not. A weekly window
may fall into a gap; a week later it cannot fall into the same one."""


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
        """Tell whether the other is this window, or goes on after it, and nobody edited it.

        Only a window of 24 hours touches that of the next day.
        """
        if other is None or not self.is_same_wish(other) or self.entry != other.entry:
            return False
        return self.start == other.start or self.entry.start == self.entry.end

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


@dataclass(frozen=True, slots=True)
class Left:
    """A window that does not begin, and why."""

    window: Window
    reason: RestReason


def windows(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
    rest: Rest = NO_REST,
) -> list[Window]:
    """Give every window that touches `after`..`until`, in no order; none is empty.

    A pause cuts no window: it is `transitions` that let nothing run in it.
    """
    days = _days_around(zone, after, until)
    found: list[Window] = []
    for schedule in schedules:
        if not schedule.enabled:
            continue
        off = days_off(schedule, rest)
        for entry in schedule.entries:
            wanted = entry.days
            for day, weekday in days:
                if (weekday if off is None else off.weekday(day, entry.id)) in wanted:
                    window = _window(schedule, entry, day, zone)
                    if after < window.end > window.start <= until:
                        found.append(window)
    return found


def should_run(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, at: datetime, rest: Rest = NO_REST
) -> ScheduleEntry | None:
    """Give the entry that should run at that moment; None when nothing should."""
    window = window_at(schedules, zone, at, rest=rest)
    return window.entry if window is not None else None


def window_at(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    at: datetime,
    *,
    without: Container[WindowKey] = frozenset(),
    rest: Rest = NO_REST,
) -> Window | None:
    """Give the window that wins at that moment, of those not in `without`; None for none."""
    if _is_paused(rest.pause, at):
        return None
    open_now = (
        window
        for window in windows(schedules, zone, at, at, rest)
        if window.start <= at < window.end and window.key not in without
    )
    return max(open_now, key=lambda window: window.rank, default=None)


def transitions(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
    rest: Rest = NO_REST,
) -> Iterator[Transition]:
    """Give each moment in (after, until] at which something else should run, in order.

    Touching windows of one entry (a day after the other) are no transition.
    """
    if not schedules:
        return
    known = windows(schedules, zone, after, until, rest)
    now: Window | None = None
    for at, winner in _winners(known, rest.pause):
        if at > until:
            return
        is_news = not winner.is_same_wish(now) if winner else now is not None
        if is_news and at > after:
            yield Transition(at, winner, now)
        now = winner


def next_transition(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, rest: Rest = NO_REST
) -> Transition | None:
    """Give the first transition later than `after`; None when none is in sight."""
    for ahead in _horizons(schedules, zone, after, rest):
        change = next(transitions(schedules, zone, after, after + ahead, rest), None)
        if change is not None:
            return change
    return None


def runs(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
    rest: Rest = NO_REST,
) -> Iterator[Run]:
    """Give the stretches that should run within `after`..`until`, cut to it, in order."""
    if not schedules:
        return
    window, start = window_at(schedules, zone, after, rest=rest), after
    for change in transitions(schedules, zone, after, until, rest):
        if window is not None:
            yield Run(window, start, change.at)
        window, start = change.window, change.at
    if window is not None and start < until:
        yield Run(window, start, until)


def left_out(
    schedules: Sequence[ScentSchedule],
    zone: ZoneInfo,
    after: datetime,
    until: datetime,
    rest: Rest = NO_REST,
) -> list[Left]:
    """Give the windows of the plain week that do not begin in (after, until], with the reason."""
    if rest == NO_REST and not any(schedule.exceptions for schedule in schedules):
        return []
    off = {schedule.id: days_off(schedule, rest) for schedule in schedules}
    found = []
    for window in windows([_plain(schedule) for schedule in schedules], zone, after, until):
        if window.start > after:
            reason = reason_against(off[window.schedule_id], window.day, window.entry)
            if reason is None and _is_paused(rest.pause, window.start):
                reason = RestReason.PAUSE
            if reason is not None:
                found.append(Left(window, reason))
    return sorted(found, key=lambda left: left.window.rank)


def next_left_out(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, rest: Rest = NO_REST
) -> datetime | None:
    """Give when a window next does not begin though the plain week has it; None for never."""
    if rest == NO_REST and not any(schedule.exceptions for schedule in schedules):
        return None
    for ahead in _horizons(schedules, zone, after, rest):
        found = left_out(schedules, zone, after, after + ahead, rest)
        if found:
            return found[0].window.start
    return None


def next_start(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, rest: Rest = NO_REST
) -> Window | None:
    """Give the first window to begin after that moment, whoever wins then; None for none."""
    for ahead in _horizons(schedules, zone, after, rest):
        found = windows(schedules, zone, after, after + ahead, rest)
        coming = [w for w in found if w.start > after and not _is_paused(rest.pause, w.start)]
        if coming:
            return min(coming, key=lambda window: window.rank)
    return None


def _plain(schedule: ScentSchedule) -> ScentSchedule:
    return replace(schedule, exceptions=())


def _horizons(
    schedules: Sequence[ScentSchedule], zone: ZoneInfo, after: datetime, rest: Rest
) -> Iterator[timedelta]:
    """Give ever longer stretches; the last reaches beyond all that is left out or moved.

    What lies further ahead than anybody plans counts for nothing.
    """
    yield from _LOOK_AHEAD
    last = last_day_off(schedules, rest)
    today = after.astimezone(zone).date()
    if last is not None and last > today:
        yield min(last - today, FARTHEST) + _LOOK_AHEAD[-1]
    if rest.pause is not None and rest.pause.until is not None and rest.pause.until > after:
        yield min(rest.pause.until - after, FARTHEST) + _LOOK_AHEAD[-1]


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


def _winners(known: list[Window], pause: Pause | None) -> Iterator[tuple[datetime, Window | None]]:
    """Sweep over all beginnings and ends; the best open window lies on top of a heap."""
    by_start = sorted(known, key=lambda window: window.start)
    moments = {w.start for w in known} | {w.end for w in known}
    if pause is not None:
        moments |= {pause.since} if pause.until is None else {pause.since, pause.until}
    open_windows: list[_Latest] = []
    begun = 0
    for at in sorted(moments):
        while begun < len(by_start) and by_start[begun].start <= at:
            heapq.heappush(open_windows, _Latest(by_start[begun]))
            begun += 1
        while open_windows and open_windows[0].window.end <= at:
            heapq.heappop(open_windows)
        is_at_rest = not open_windows or _is_paused(pause, at)
        yield at, None if is_at_rest else open_windows[0].window


def _is_paused(pause: Pause | None, at: datetime) -> bool:
    return pause is not None and pause.since <= at and (pause.until is None or at < pause.until)


class _Latest:
    """A window in a heap whose smallest is the one that wins."""

    __slots__ = ("rank", "window")

    def __init__(self, window: Window) -> None:
        self.window = window
        self.rank = window.rank

    def __lt__(self, other: "_Latest") -> bool:
        return self.rank > other.rank
