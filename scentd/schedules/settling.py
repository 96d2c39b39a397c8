"""Bring one diffuser to what its schedules say now: the decisions of the runner, one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.model.commands import Answer, Origin, Outcome, Source, Wish
from scentd.model.errors import ScentdError
from scentd.model.events import ScheduleMissed, ScheduleSwitched
from scentd.schedules.book import ScheduleBook
from scentd.schedules.memory import RunnerMemory
from scentd.schedules.week import (
    Run,
    Window,
    WindowKey,
    left_out,
    next_left_out,
    next_transition,
    runs,
    window_at,
)

_TAKEN = frozenset({Answer.SENT, Answer.ALREADY_SO})
_NOT_YET = frozenset({Answer.OFFLINE, Answer.OVERRIDDEN})
_ASK_AGAIN = timedelta(minutes=1)


@dataclass(slots=True)
class _Held:
    """The window a diffuser is in. `is_ours`: our wish was taken, so ending it is ours too."""

    window: Window
    is_ours: bool
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
        self._held = {name: _Held(window, is_ours=True) for name, window in left.running.items()}

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
        if held is not None and held.unremarked_since is not None:
            moments.append(held.unremarked_since + self._punctual)
        return min(moments, default=None)

    async def settle(self, diffuser_id: str, now: datetime, why_late: str) -> None:
        """Record what the plan missed since it was last dealt with, then wish what it says now.

        Wishing what is already so is harmless: the device may have been away or overridden.
        """
        wanted = self.wanted(diffuser_id, now)
        await self._note_missed(diffuser_id, now, why_late)
        await self._note_skipped(diffuser_id, now)
        held = self._held.get(diffuser_id)
        if held is not None and not held.window.is_unchanged(wanted):
            await self._end(diffuser_id, held, now)
        if wanted is not None:
            await self._begin(diffuser_id, wanted, now)
        elif held is not None:
            await self._switch_off(diffuser_id, held)

    async def looked(self, now: datetime) -> None:
        """Remember durably that the plan has been dealt with up to now."""
        self.until = now
        await self._memory.looked(now)

    async def _begin(self, diffuser_id: str, window: Window, now: datetime) -> None:
        held = self._held.get(diffuser_id)
        is_known = held is not None and not held.is_over and held.window.is_unchanged(window)
        was_ours = held is not None and held.is_ours
        if not is_known:
            # On the disk before the wish: what is switched on must be switched off after a crash.
            await self._memory.beginning(diffuser_id, window)
        outcome = self._wish(diffuser_id, window, power=True)
        if outcome.answer in _TAKEN:
            self._held[diffuser_id] = _Held(window, is_ours=True)
            if not (is_known and was_ours):
                await self._memory.began(diffuser_id, window, now, outcome.why)
                self._publish_switched(diffuser_id, window, now, on=True)
            return
        since = held.unremarked_since if held is not None and is_known else now
        self._held[diffuser_id] = _Held(window, is_ours=was_ours, unremarked_since=since)
        if since is None or self._may_yet_be_punctual(outcome, since, now):
            return
        self._held[diffuser_id].unremarked_since = None
        await self._memory.refused(diffuser_id, window, now, outcome.why, keep=was_ours)
        self._publish_missed(diffuser_id, Run(window, window.start, now), now, outcome.why)

    def _may_yet_be_punctual(self, outcome: Outcome, since: datetime, now: datetime) -> bool:
        """A device that is away for moments, as every one is when the hub starts, is no remark."""
        return outcome.answer is Answer.OFFLINE and now - since < self._punctual

    async def _end(self, diffuser_id: str, held: _Held, now: datetime) -> None:
        """The window is over; whether the diffuser goes off is for what comes next to say."""
        if held.is_over:
            return
        held.is_over = True
        if held.window.end <= now:
            self._done.add(held.window.key)
        if held.is_ours:
            why = "Its time was over." if held.window.end <= now else "The plan changed."
            await self._memory.ended(diffuser_id, held.window, now, why)
            self._publish_switched(diffuser_id, held.window, now, on=False)

    async def _switch_off(self, diffuser_id: str, held: _Held) -> None:
        """What never took our wish is not ours to stop; what did is stopped, however late."""
        if held.is_ours:
            answer = self._wish(diffuser_id, held.window, power=False).answer
            held.is_overridden = answer is Answer.OVERRIDDEN
            if answer in _NOT_YET:
                return
        del self._held[diffuser_id]
        await self._memory.settled(diffuser_id)

    async def _note_missed(self, diffuser_id: str, now: datetime, why_late: str) -> None:
        if self.until is None or now <= self.until:
            return
        held = self._held.get(diffuser_id)
        schedules = self._book.of(diffuser_id)
        for run in runs(schedules, self._book.zone, self.until, now, self._book.rest):
            is_known = held is not None and held.window.key == run.window.key
            is_late = run.end < now or now - run.start > self._punctual
            if is_late and not is_known and run.window.key not in self._done:
                await self._memory.missed(diffuser_id, run, now, why_late)
                self._publish_missed(diffuser_id, run, now, why_late)

    async def _note_skipped(self, diffuser_id: str, now: datetime) -> None:
        if self.until is None or now <= self.until:
            return
        schedules, rest = self._book.of(diffuser_id), self._book.rest
        for left in left_out(schedules, self._book.zone, self.until, now, rest):
            await self._memory.skipped(diffuser_id, left, now)

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
            return Outcome(Answer.REFUSED, error.message)

    def _publish_switched(
        self, diffuser_id: str, window: Window, now: datetime, *, on: bool
    ) -> None:
        self._bus.publish(
            ScheduleSwitched(now, diffuser_id, window.schedule_id, window.entry.id, on)
        )

    def _publish_missed(self, diffuser_id: str, run: Run, now: datetime, why: str) -> None:
        window = run.window
        self._bus.publish(
            ScheduleMissed(now, diffuser_id, window.schedule_id, window.entry.id, run.start, why)
        )
