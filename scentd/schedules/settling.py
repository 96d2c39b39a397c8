"""Bring one diffuser to what its schedules say now: the decisions of the runner, one by one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.errors import ScentdError
from scentd.model.events import ScheduleMissed, ScheduleSwitched
from scentd.model.reasons import Reason
from scentd.schedules.book import ScheduleBook
from scentd.schedules.memory import RunnerMemory, was_seen
from scentd.schedules.week import (
    Left,
    Run,
    Window,
    WindowKey,
    left_out,
    next_left_out,
    next_transition,
    runs,
    window_at,
)
from scentd.store.schedules import What

_TAKEN = frozenset({Answer.SENT, Answer.ALREADY_SO})
_NOT_YET = frozenset({Answer.OFFLINE, Answer.OVERRIDDEN})
_ASK_AGAIN = timedelta(minutes=1)
_NEVER_BEGAN = Reason("never_began")


@dataclass(slots=True)
class _Held:
    """The window a diffuser is in.

    `is_ours`: a wish of ours was taken, for this window or for one before it, so switching off is
    ours too. `has_begun`: for this one, and its beginning is told. `is_kept`: it is on the disk.
    """

    window: Window
    is_ours: bool
    has_begun: bool
    is_kept: bool = True
    is_over: bool = False
    is_overridden: bool = False
    unremarked_since: datetime | None = None


class Settler:
    """Hold which window each diffuser is in, and wish the difference to what should be."""

    def __init__(
        self,
        book: ScheduleBook,
        memory: RunnerMemory,
        bus: Bus,
        submit: Callable[[Wish], Outcome],
        override_ends_at: Callable[[str], datetime | None],
        punctual_s: int,
    ) -> None:
        self._book = book
        self._memory = memory
        self._bus = bus
        self._submit = submit
        self._override_ends_at = override_ends_at
        self._punctual = timedelta(seconds=punctual_s)
        self._held: dict[str, _Held] = {}
        self._done: set[WindowKey] = set()
        self.until: datetime | None = None
        """Up to when the plan has been dealt with; None before the first time."""

    async def recall(self, now: datetime) -> None:
        """Take up what the last life of the hub left."""
        left = await self._memory.recall(now)
        self.until = left.until
        self._done = left.done
        for name, window in left.running.items():
            self._held[name] = _recalled(window, left.last.get(name))

    def diffuser_ids(self) -> frozenset[str]:
        """Give the diffusers that schedules have a say in now."""
        return self._book.diffuser_ids() | self._held.keys()

    def wanted(self, diffuser_id: str, now: datetime) -> Window | None:
        """Give the window the diffuser should run by; one that ran to its end never comes back,
        even when the clock does.
        """
        schedules, rest = self._book.of(diffuser_id), self._book.rest
        return window_at(schedules, self._book.zone, now, without=self._done, rest=rest)

    def next_moment(self, diffuser_id: str, now: datetime) -> datetime | None:
        """Give when to settle that diffuser next; None when only news can change anything."""
        schedules, zone, rest = self._book.of(diffuser_id), self._book.zone, self._book.rest
        change = next_transition(schedules, zone, now, rest)
        skipped_at = next_left_out(schedules, zone, now, rest)
        moments = [change.at] if change else []
        if skipped_at is not None:
            moments.append(skipped_at)
        override_end = self._override_ends_at(diffuser_id)
        held = self._held.get(diffuser_id)
        if override_end is not None and override_end > now:
            moments.append(override_end)
        elif held is not None and held.is_over and held.is_overridden:
            moments.append(now + _ASK_AGAIN)
        if held is not None and not held.is_over and held.window.end > now:
            # Unseen by the plan where a window that will not run again hides it.
            moments.append(held.window.end)
        if held is not None and held.unremarked_since is not None:
            moments.append(held.unremarked_since + self._punctual)
        return min(moments, default=None)

    async def catch_up(self, diffuser_ids: Iterable[str], now: datetime, why_late: Reason) -> None:
        """Record what was missed or left out since the plan was last dealt with, and up to when.

        All of it or nothing: what a power cut takes is found again. Looks at what is held before
        it first waits, so that settling may begin right after.
        """
        names = tuple(diffuser_ids)
        missed = [(name, run) for name in names for run in self._missed(name, now)]
        skipped = [(name, left) for name in names for left in self._skipped(name, now)]
        self.until = now
        await self._memory.caught_up(missed, skipped, now, why_late)
        for name, run in missed:
            self._publish_missed(name, run, now, why_late)

    async def settle(self, diffuser_id: str, now: datetime) -> None:
        """Wish what the plan says now.

        Wishing what is already so is harmless: the device may have been away or overridden.
        """
        wanted = self.wanted(diffuser_id, now)
        held = self._held.get(diffuser_id)
        if held is not None and not held.window.is_unchanged(wanted):
            await self._end(diffuser_id, held, now)
        if wanted is not None:
            await self._begin(diffuser_id, wanted, now)
        elif held is not None:
            await self._switch_off(diffuser_id, held)

    async def _begin(self, diffuser_id: str, window: Window, now: datetime) -> None:
        held = self._held.get(diffuser_id)
        was_ours = held is not None and held.is_ours
        if held is None or held.is_over or not held.window.is_unchanged(window):
            held = _Held(window, was_ours, has_begun=False, is_kept=False, unremarked_since=now)
        if not held.is_kept:
            # On the disk before the wish: what is switched on must be switched off after a crash.
            await self._memory.beginning(diffuser_id, window)
        outcome = self._wish(diffuser_id, window, power=True)
        if outcome.answer in _TAKEN:
            self._held[diffuser_id] = _Held(window, is_ours=True, has_begun=True)
            if not held.has_begun:
                await self._memory.began(diffuser_id, window, now, outcome.reason)
                self._publish_switched(diffuser_id, window, now, on=True)
            return
        since = held.unremarked_since
        self._held[diffuser_id] = replace(held, window=window, is_kept=True)
        if since is not None and self._may_yet_be_punctual(outcome, since, now):
            return
        self._held[diffuser_id] = replace(
            held, window=window, is_kept=was_ours, unremarked_since=None
        )
        if since is not None:
            await self._memory.refused(diffuser_id, window, now, outcome.reason, keep=was_ours)
            self._publish_missed(diffuser_id, Run(window, window.start, now), now, outcome.reason)
        elif not was_ours:
            await self._memory.settled(diffuser_id)

    def _may_yet_be_punctual(self, outcome: Outcome, since: datetime, now: datetime) -> bool:
        """A device that is away for moments, as every one is when the hub starts, is no remark."""
        return outcome.answer is Answer.OFFLINE and now - since < self._punctual

    async def _end(self, diffuser_id: str, held: _Held, now: datetime) -> None:
        """The window is over; whether the diffuser goes off is for what comes next to say."""
        if held.is_over:
            return
        held.is_over = True
        if held.has_begun:
            if was_seen(held.window.end, now):
                self._done.add(held.window.key)
            why = Reason("time_over" if held.window.end <= now else "replanned")
            await self._memory.ended(diffuser_id, held.window, now, why)
            self._publish_switched(diffuser_id, held.window, now, on=False)
        elif held.unremarked_since is not None and held.window.start <= now:
            await self._memory.missed(diffuser_id, held.window, now, _NEVER_BEGAN)
            run = Run(held.window, held.window.start, held.window.end)
            self._publish_missed(diffuser_id, run, now, _NEVER_BEGAN)

    async def _switch_off(self, diffuser_id: str, held: _Held) -> None:
        """What never took our wish is not ours to stop; what did is stopped, however late."""
        if held.is_ours:
            answer = self._wish(diffuser_id, held.window, power=False).answer
            held.is_overridden = answer is Answer.OVERRIDDEN
            if answer in _NOT_YET:
                return
        del self._held[diffuser_id]
        await self._memory.settled(diffuser_id)

    def _missed(self, diffuser_id: str, now: datetime) -> list[Run]:
        until, held = self.until, self._held.get(diffuser_id)
        if until is None or now <= until:
            return []
        schedules, rest = self._book.of(diffuser_id), self._book.rest
        return [
            run
            for run in runs(schedules, self._book.zone, until, now, rest)
            if (run.end < now or now - run.start > self._punctual)
            and run.window.key not in self._done
            and not _is_in(held, run, until)
        ]

    def _skipped(self, diffuser_id: str, now: datetime) -> list[Left]:
        if self.until is None or now <= self.until:
            return []
        schedules, rest = self._book.of(diffuser_id), self._book.rest
        return left_out(schedules, self._book.zone, self.until, now, rest)

    def _wish(self, diffuser_id: str, window: Window, *, power: bool) -> Outcome:
        wish = Wish(
            diffuser_id,
            Source(Origin.SCHEDULE, window.schedule_id),
            power=power,
            intensity_percent=window.entry.intensity_percent if power else None,
            sku=window.entry.sku if power else None,
        )
        try:
            return self._submit(wish)
        except ScentdError as error:
            return Outcome(Answer.REFUSED, error.as_reason())

    def _publish_switched(
        self, diffuser_id: str, window: Window, now: datetime, *, on: bool
    ) -> None:
        self._bus.publish(
            ScheduleSwitched(now, diffuser_id, window.schedule_id, window.entry.id, on)
        )

    def _publish_missed(self, diffuser_id: str, run: Run, now: datetime, why: Reason) -> None:
        window = run.window
        self._bus.publish(
            ScheduleMissed(now, diffuser_id, window.schedule_id, window.entry.id, run.start, why)
        )


def _is_in(held: _Held | None, run: Run, until: datetime) -> bool:
    """Say whether a stretch of the plan goes on by what is held; days of 24 hours are one."""
    if held is None or held.is_over:
        return False
    goes_on = run.start <= until and held.window.is_same_wish(run.window)
    return goes_on or held.window.key == run.window.key


def _recalled(window: Window, last: What | None) -> _Held:
    """Give what is held of a window by the last that was told of it."""
    since = window.start if last is None else None
    has_begun, is_over = last is What.STARTED, last is What.ENDED
    return _Held(window, is_ours=True, has_begun=has_begun, is_over=is_over, unremarked_since=since)
