"""Let things last: the pending waits of rules at work, kept so that a restart loses none.

In one life of the hub they follow the clock that never jumps; across lives the wall clock, and
never longer than first asked.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from datetime import timedelta

from scentd.automation.holds import Hold, Holds
from scentd.automation.sensors import Bound
from scentd.clock import Clock, sleep_until_nudged
from scentd.model.reasons import Reason, pack, unpack
from scentd.store import rule_waits as rows
from scentd.store.database import Database
from scentd.store.rule_waits import BoundRow, HoldRow

WRITE_EVERY_S = 1.0
"""A power cut may take a second of what began; a door that flutters writes once a second."""


class Waits:
    """Fire what has lasted.

    `fire` is called with each that lasted, at its moment or, over a restart, late by at most
    `grace_s`; `miss` with each that came too late for that.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        fire: Callable[[Hold], None],
        miss: Callable[[Hold], None],
        grace_s: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._fire = fire
        self._miss = miss
        self._grace_s = grace_s
        self._holds = Holds()
        self._too_late: set[tuple[str, str]] = set()
        self._unwritten: set[tuple[str, str]] = set()
        self._unwritten_bounds: dict[str, Bound] = {}
        self._has_unwritten = asyncio.Event()
        self._nudge = asyncio.Event()

    async def load(self) -> None:
        """Take up what the last life of the hub waited for."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        for row in await self._database.read(rows.read_holds):
            left_s = min((row.due_at - now).total_seconds(), float(row.seconds))
            due_s = now_s + max(left_s, 0.0)
            hold = Hold(row.rule_id, row.side, unpack(row.words)[0], row.seconds, due_s)
            self._holds.add(hold)
            if left_s < -self._grace_s:
                self._too_late.add(hold.key)

    async def run(self) -> None:
        """Fire and write until cancelled; what is unwritten then is written at the next flush."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write(), name="rule waits, writing")
                await self._watch()
        finally:
            if self._has_unwritten.is_set():
                self._database.write_later(self._take_unwritten())

    def begin(self, rule_id: str, side: str, trigger: Reason, seconds: int) -> None:
        """Wait from now on; what is waited for already goes on."""
        if self._holds.get((rule_id, side)) is None:
            due_s = self._clock.monotonic() + seconds
            hold = Hold(rule_id, side, trigger, seconds, due_s)
            self._holds.add(hold)
            self._note(hold.key)
            self._nudge.set()

    def end(self, rule_id: str, side: str = "") -> None:
        """Wait no more: it did not last."""
        hold = self._holds.end(rule_id, side)
        if hold is not None:
            self._too_late.discard(hold.key)
            self._note(hold.key)

    def keep_only(self, is_wanted: Callable[[Hold], bool]) -> None:
        """Wait no more for what rules, edited meanwhile, do not ask for any longer."""
        for hold in self._holds.all():
            if not is_wanted(hold):
                self.end(*hold.key)

    def note_bounds(self, bounds: Iterable[Bound]) -> None:
        """Have how bounds stand now written soon."""
        self._unwritten_bounds.update((bound.name, bound) for bound in bounds)
        self._has_unwritten.set()

    def pending(self) -> tuple[Hold, ...]:
        """Give what is waited for."""
        return self._holds.all()

    def replan(self) -> None:
        """Write the wall clock's moments anew: it was set."""
        for hold in self._holds.all():
            self._note(hold.key)
        self._nudge.set()

    async def _watch(self) -> None:
        while True:
            for hold in self._holds.take_due(self._clock.monotonic()):
                self._note(hold.key)
                is_late = hold.key in self._too_late
                self._too_late.discard(hold.key)
                (self._miss if is_late else self._fire)(hold)
            due_s, now_s = self._holds.next_due_s(), self._clock.monotonic()
            at = None if due_s is None else self._clock.now() + timedelta(seconds=due_s - now_s)
            await sleep_until_nudged(self._clock, at, self._nudge)

    async def _write(self) -> None:
        while True:
            await self._has_unwritten.wait()
            await self._database.write(self._take_unwritten())
            await self._clock.sleep(WRITE_EVERY_S)

    def _note(self, key: tuple[str, str]) -> None:
        self._unwritten.add(key)
        self._has_unwritten.set()

    def _take_unwritten(self) -> Callable[[sqlite3.Connection], None]:
        now, now_s = self._clock.now(), self._clock.monotonic()
        kept: list[HoldRow] = []
        gone: list[tuple[str, str]] = []
        for key in self._unwritten:
            hold = self._holds.get(key)
            if hold is None:
                gone.append(key)
                continue
            due_at = now + timedelta(seconds=hold.due_s - now_s)
            trigger = pack((hold.trigger,))
            kept.append(HoldRow(hold.rule_id, hold.side, trigger, hold.seconds, due_at))
        bounds = [
            BoundRow(name, bound.is_beyond, now - timedelta(seconds=now_s - bound.since_s))
            for name, bound in self._unwritten_bounds.items()
            if bound.is_beyond is not None
        ]
        self._unwritten.clear()
        self._unwritten_bounds.clear()
        self._has_unwritten.clear()

        def work(connection: sqlite3.Connection) -> None:
            for row in kept:
                rows.keep_hold(connection, row)
            for key in gone:
                rows.forget_hold(connection, *key)
            rows.keep_bounds(connection, bounds)

        return work
