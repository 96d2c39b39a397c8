"""Fire times of day and of the sun: once a local date, through restarts and stepped clocks."""

import asyncio
import heapq
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from scentd.automation.place import Place
from scentd.automation.timetable import Point, Timed, name_of, next_point, points
from scentd.clock import Clock, sleep_until_nudged
from scentd.store import rules as rows
from scentd.store.database import Database

_LOOK_AT_CLOCK_S = 1.0
_DAYS_KEPT = timedelta(days=7)
"""A clock set back by more than this has lost its time: what it shows is another life."""


class Timekeeper:
    """Wait for the times of day of rules.

    `fire` is called with the rule's id at its time, or late by at most `grace_s`; `miss` with
    the rule's id and the time for each that came too late for that, or did not come that day.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        place: Callable[[], Place],
        fire: Callable[[str, Point], None],
        miss: Callable[[str, Point], None],
        grace_s: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._place = place
        self._fire = fire
        self._miss = miss
        self._grace = timedelta(seconds=grace_s)
        self._triggers: dict[str, Timed] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._next: dict[str, datetime] = {}
        self._changed: set[str] = set()
        self._done: set[tuple[str, str]] = set()
        self._until: datetime | None = None
        self._nudge = asyncio.Event()
        self._must_replan = True
        self.held_because: str | None = None
        """Why no time of day fires at the moment, in plain words; None when all is well."""

    async def load(self) -> None:
        """Read which dates have been dealt with."""
        oldest = (self._clock.now() - _DAYS_KEPT).date().isoformat()
        await self._database.write(lambda c: rows.prune_days(c, oldest))
        self._done, self._until = await self._database.read(
            lambda c: (rows.read_days(c), rows.read_progress(c))
        )

    def follow(self, triggers: dict[str, Timed], *, is_edit: bool) -> None:
        """Wait for these from now on; a time that an edit puts in the past was never promised."""
        before, self._triggers = self._triggers, triggers
        if not is_edit or self._until is None:
            self.replan()
            return
        for rule_id in before.keys() - triggers.keys():
            self._next.pop(rule_id, None)
        self._changed |= {
            rule_id for rule_id, trigger in triggers.items() if before.get(rule_id) != trigger
        }
        self._nudge.set()

    def replan(self) -> None:
        """Reckon every time anew: the clock or the zone changed."""
        self._must_replan = True
        self._nudge.set()

    async def run(self) -> None:
        """Fire until cancelled."""
        while True:
            await self._wait_for_clock()
            await self._deal_with_what_came()
            next_at = self._heap[0][0] if self._heap else None
            await sleep_until_nudged(self._clock, next_at, self._nudge)

    async def _wait_for_clock(self) -> None:
        while not self._clock.is_trusted():
            self.held_because = "The clock is not set yet; times of day wait until it is."
            await self._clock.sleep(_LOOK_AT_CLOCK_S)
        self.held_because = None

    async def _deal_with_what_came(self) -> None:
        now, place = self._clock.now(), self._place()
        since = now if self._until is None else min(self._until, now)
        is_plan_new, self._must_replan = self._must_replan, False
        todo = list(self._triggers) if is_plan_new else self._take_due(now)
        changed, self._changed = self._changed & self._triggers.keys(), set()
        came = [
            (rule_id, point)
            for rule_id in todo
            if rule_id not in changed and since < now
            for point in points(self._triggers[rule_id], place, since, now)
            if self._claim_on(rule_id, point) not in self._done
        ]
        self._plan({*todo, *changed}, place, now, is_new=is_plan_new)
        in_time = [(rule_id, point) for rule_id, point in came if now - point.at <= self._grace]
        if came or is_plan_new:
            await self._claim(in_time, now)
        self._until = now
        for rule_id, point in sorted(came, key=lambda found: (found[1].at, found[0])):
            is_off = point.skipped is not None or now - point.at > self._grace
            (self._miss if is_off else self._fire)(rule_id, point)

    def _take_due(self, now: datetime) -> list[str]:
        """Take out what has come; what was planned anew meanwhile is no more in `_next`."""
        due = []
        while self._heap and self._heap[0][0] <= now:
            at, rule_id = heapq.heappop(self._heap)
            if self._next.get(rule_id) == at:
                del self._next[rule_id]
                due.append(rule_id)
        return due

    def _plan(self, todo: Iterable[str], place: Place, now: datetime, *, is_new: bool) -> None:
        if is_new:
            self._heap.clear()
            self._next.clear()
        for rule_id in todo:
            point = next_point(self._triggers[rule_id], place, now)
            if point is not None:
                self._next[rule_id] = point.at
                heapq.heappush(self._heap, (point.at, rule_id))

    async def _claim(self, came: list[tuple[str, Point]], now: datetime) -> None:
        """On the disk before it fires: a crash in between skips it rather than doubling it."""
        days = [self._claim_on(rule_id, point) for rule_id, point in came]

        def work(connection: sqlite3.Connection) -> None:
            rows.claim_days(connection, days, now)

        await self._database.write(work)
        self._done.update(days)

    def _claim_on(self, rule_id: str, point: Point) -> tuple[str, str]:
        """Name one occurrence for good: the rule, the local date, the time it was set for."""
        return (rule_id, f"{point.day.isoformat()} {name_of(self._triggers[rule_id])}")
