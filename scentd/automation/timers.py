"""Switch off again what a rule switched on for a while; kept, so that a crash loses no "off"."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from scentd.automation.surroundings import Surroundings
from scentd.clock import Clock, sleep_until_nudged
from scentd.model.commands import Origin, Source, Wish
from scentd.model.errors import ScentdError
from scentd.store import rules as rows
from scentd.store.database import Database
from scentd.store.rules import TimerRow

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Timer:
    row: TimerRow
    due_s: float


class OffTimers:
    """One timer a diffuser, the latest wins. In one life of the hub they follow the clock that
    never jumps; across lives the wall clock, and never longer than first asked.
    """

    def __init__(self, database: Database, clock: Clock, surroundings: Surroundings) -> None:
        self._database = database
        self._clock = clock
        self._surroundings = surroundings
        self._timers: dict[str, _Timer] = {}
        self._nudge = asyncio.Event()

    async def load(self) -> None:
        """Take up the timers that the last life of the hub left."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        for row in await self._database.read(rows.read_timers):
            left_s = min(max((row.off_at - now).total_seconds(), 0.0), float(row.seconds))
            self._timers[row.diffuser_id] = _Timer(row, now_s + left_s)

    async def run(self) -> None:
        """Switch off what is due until cancelled."""
        while True:
            now_s = self._clock.monotonic()
            for timer in [t for t in self._timers.values() if t.due_s <= now_s]:
                await self._end(timer)
            await sleep_until_nudged(self._clock, self._next(), self._nudge)

    async def begin(self, diffuser_id: str, rule_id: str, seconds: int) -> None:
        """Have the diffuser go off in that many seconds; on the disk when this returns."""
        off_at = self._clock.now() + timedelta(seconds=seconds)
        row = TimerRow(diffuser_id, rule_id, seconds, off_at)
        await self._database.write(lambda connection: rows.keep_timer(connection, row))
        self._timers[diffuser_id] = _Timer(row, self._clock.monotonic() + seconds)
        self._nudge.set()

    def cancel(self, diffuser_id: str) -> None:
        """Let the diffuser be: a rule has wished something newer of it."""
        timer = self._timers.pop(diffuser_id, None)
        if timer is not None:
            self._database.write_later(
                lambda c: rows.forget_timer(c, diffuser_id, timer.row.off_at)
            )

    async def _end(self, timer: _Timer) -> None:
        """Back to what the schedules want; off if they want nothing."""
        row = timer.row
        try:
            if not self._surroundings.resume(row.diffuser_id):
                source = Source(Origin.RULE, row.rule_id)
                self._surroundings.submit(Wish(row.diffuser_id, source, power=False))
        except ScentdError as error:
            _log.warning("the timer of rule %s ended in vain: %s", row.rule_id, error.message)
        if self._timers.get(row.diffuser_id) is timer:
            del self._timers[row.diffuser_id]
        await self._database.write(lambda c: rows.forget_timer(c, row.diffuser_id, row.off_at))

    def _next(self) -> datetime | None:
        due_s = min((timer.due_s for timer in self._timers.values()), default=None)
        if due_s is None:
            return None
        return self._clock.now() + timedelta(seconds=due_s - self._clock.monotonic())
