"""Make the diffusers do what the week says: decide by what should run now, never by edges alone.

The runner wakes at the next planned instant and whenever the plan, the zone, the clock or a
device changed, compares what should run with what it holds, and wishes the difference. So a
restart, a power cut or a stepped clock needs no special path: what should run now runs for the
rest of its window, what was missed is recorded and never replayed.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from scentd.bus import Bus
from scentd.clock import Clock, sleep_until_nudged
from scentd.model.commands import Origin, Outcome, Wish
from scentd.model.diffuser import Availability
from scentd.model.events import ClockStepped, DocumentsChanged, HouseholdChanged, StateChanged
from scentd.model.reasons import Reason
from scentd.schedules.book import ScheduleBook
from scentd.schedules.clockwatch import JUMP_S
from scentd.schedules.memory import RunnerMemory
from scentd.schedules.settings import ScheduleSettings
from scentd.schedules.settling import Settler
from scentd.store.database import Database

_LOOK_AT_CLOCK_S = 1.0

_WAS_OFF = Reason("hub_off")
_WAS_STEPPED_OVER = Reason("clock_over")
_WAS_BUSY = Reason("hub_busy")


class Runner:
    """Wish what the schedules say, at their instants.

    `submit` settles a wish at once (the commander's); `override_ends_at` gives when the manual
    override of a diffuser ends, None when there is none.
    """

    def __init__(
        self,
        book: ScheduleBook,
        database: Database,
        bus: Bus,
        clock: Clock,
        submit: Callable[[Wish], Outcome],
        override_ends_at: Callable[[str], datetime | None],
        settings: ScheduleSettings = ScheduleSettings(),
    ) -> None:
        memory = RunnerMemory(database, settings.log_days)
        self._settler = Settler(book, memory, bus, submit, override_ends_at, settings.punctual_s)
        self._book = book
        self._bus = bus
        self._clock = clock
        self._hold_s = settings.hold_s
        self._nudge = asyncio.Event()
        self._due: dict[str, datetime | None] = {}
        self._again: set[str] = set()
        self._must_replan = True
        self._must_reload = False
        self._looked_at: tuple[datetime, float] | None = None
        self._held_because: str | None = None

    @property
    def held_because(self) -> str | None:
        """Why nothing is run by time at the moment, in plain words; None when all is well."""
        return self._held_because

    async def run(self) -> None:
        """Run the schedules until cancelled."""
        self._looked_at = None
        self._must_replan = True
        await self._settler.recall(self._clock.now())
        ends = (
            self._bus.subscribe(StateChanged, self._on_state),
            self._bus.subscribe(ClockStepped, lambda _: self._replan()),
            self._bus.subscribe(HouseholdChanged, lambda _: self._replan()),
            self._bus.subscribe(DocumentsChanged, self._on_documents),
            self._book.on_change(self._on_plan),
        )
        try:
            while True:
                await self._wait_for_clock()
                if self._must_reload:
                    self._must_reload = False
                    await self._book.load()
                await self._settle()
                await sleep_until_nudged(self._clock, self._next_moment(), self._nudge)
        finally:
            for end in ends:
                end()

    def resume(self, diffuser_id: str) -> bool:
        """Wish anew what the plan says now; whether it wants the diffuser to run."""
        self._again.add(diffuser_id)
        self._nudge.set()
        return self._settler.wanted(diffuser_id, self._clock.now()) is not None

    async def _settle(self) -> None:
        now = self._clock.now()
        known = self._settler.diffuser_ids()
        todo = known if self._must_replan else known & self._due_by(now)
        why_late = self._why_late(now)
        is_worth_a_note = bool(todo) or self._looked_at is None
        self._must_replan = False
        self._again.clear()
        # Side by side: what forty diffusers need on the disk at 07:00 is one commit, not eighty.
        async with asyncio.TaskGroup() as group:
            if is_worth_a_note:
                # First in line for the disk: a window that is known to run was caught up with.
                catching_up = self._settler.catch_up(sorted(todo), now, why_late)
                group.create_task(catching_up, name="catch up")
            for diffuser_id in sorted(todo):
                settling = self._settle_one(diffuser_id, now)
                group.create_task(settling, name=f"settle {diffuser_id}")
        self._looked_at = (now, self._clock.monotonic())

    async def _settle_one(self, diffuser_id: str, now: datetime) -> None:
        await self._settler.settle(diffuser_id, now)
        self._due[diffuser_id] = self._settler.next_moment(diffuser_id, now)

    def _why_late(self, now: datetime) -> Reason:
        if self._looked_at is None:
            return _WAS_OFF
        wall, monotonic = self._looked_at
        stepped_s = (now - wall).total_seconds() - (self._clock.monotonic() - monotonic)
        return _WAS_STEPPED_OVER if stepped_s > JUMP_S else _WAS_BUSY

    def _due_by(self, now: datetime) -> set[str]:
        due = {name for name, at in self._due.items() if at is not None and at <= now}
        return due | self._again

    def _next_moment(self) -> datetime | None:
        return min((at for at in self._due.values() if at is not None), default=None)

    async def _wait_for_clock(self) -> None:
        """Hold everything while the time cannot be believed, and say why."""
        begun_s = self._clock.monotonic()
        while (doubt := self._doubt(self._clock.monotonic() - begun_s)) is not None:
            self._held_because = doubt
            self._must_replan = True
            await self._clock.sleep(_LOOK_AT_CLOCK_S)
        self._held_because = None

    def _doubt(self, waited_s: float) -> str | None:
        if not self._clock.is_trusted():
            return "The clock is not set yet; schedules wait until it is."
        seen = self._settler.until
        is_behind = seen is not None and self._clock.now() < seen
        if is_behind and self._looked_at is None and waited_s < self._hold_s:
            return "The clock shows an earlier time than the hub has seen; schedules wait."
        return None

    def _replan(self) -> None:
        self._due.clear()
        self._must_replan = True
        self._nudge.set()

    def _on_plan(self) -> None:
        """A window that a new plan has in the past was never promised: nothing is missed."""
        if self._settler.until is not None:
            self._settler.until = self._clock.now()
        self._replan()

    def _on_documents(self, event: DocumentsChanged) -> None:
        if "schedule" in event.kinds:
            self._must_reload = True
            self._nudge.set()

    def _on_state(self, event: StateChanged) -> None:
        name = event.diffuser_id
        if name not in self._due:
            return
        came_back = event.after.availability is Availability.ONLINE
        if came_back and event.before.availability is not Availability.ONLINE:
            self._again.add(name)
            self._nudge.set()
        elif event.source is not None and event.source.origin is not Origin.SCHEDULE:
            now, due = self._clock.now(), self._due[name]
            if due is None or due > now:  # what is due already must not be forgotten for it
                self._due[name] = self._settler.next_moment(name, now)
            self._nudge.set()
