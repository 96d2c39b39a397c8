"""What the runner must still know after a power cut: what it began, what it ended, up to when."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter

from scentd.contracts.bodies import EventClass, ScheduleRanV1
from scentd.model.reasons import Reason
from scentd.model.schedule import ScheduleEntry
from scentd.schedules.week import Left, Run, Window, WindowKey
from scentd.store import outbox
from scentd.store import schedules as rows
from scentd.store.database import Database
from scentd.store.schedules import What

_ENTRY: TypeAdapter[ScheduleEntry] = TypeAdapter(ScheduleEntry)
_STEPS = frozenset({What.STARTED, What.ENDED})

_DONE_FOR = timedelta(days=2)
"""A clock set back by more than this has lost its time: what it shows is another life."""

_SEEN_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the last life of the hub left: the windows it ran by, those it ended, up to when.

    `last` is what was told last of each such window; none when the cut came before its beginning.
    """

    until: datetime | None
    running: dict[str, Window]
    last: dict[str, What]
    done: set[WindowKey]


def was_seen(end: datetime, at: datetime) -> bool:
    """Say whether a window that was ended at that moment ran until its end.

    If not, the hub was off or the clock jumped over the end: should the clock come back, as one
    that led until NTP came, what is left of the window still runs.
    """
    return end <= at <= end + _SEEN_WITHIN


class RunnerMemory:
    """Write each step of the runner durably, with its line in the log and word to the cloud."""

    def __init__(self, database: Database, log_days: int) -> None:
        self._database = database
        self._kept_for = timedelta(days=log_days)

    async def recall(self, now: datetime) -> Recalled:
        """Read what the last life left."""

        def work(connection: sqlite3.Connection) -> Recalled:
            until = rows.read_progress(connection)
            # A clock that leads at boot must not hide what was done before it was set right.
            seen = min(now, until or now)
            log = rows.read_log(connection, seen - self._kept_for)
            running = {row.diffuser_id: _window(row) for row in rows.read_running(connection)}
            last = {(row.diffuser_id, *_key(row)): row.what for row in log if row.what in _STEPS}
            ended = [row for row in log if row.what is What.ENDED and row.at >= seen - _DONE_FOR]
            return Recalled(
                until,
                running,
                {n: last[n, *w.key] for n, w in running.items() if (n, *w.key) in last},
                {_key(row) for row in ended if was_seen(row.end, row.at)},
            )

        return await self._database.read(work)

    async def beginning(self, diffuser_id: str, window: Window) -> None:
        """Note that the diffuser is about to be switched on by this window."""
        row = rows.RunningRow(
            diffuser_id,
            window.schedule_id,
            _ENTRY.dump_json(window.entry).decode(),
            window.day.isoformat(),
            window.start,
            window.end,
        )
        await self._database.write(lambda connection: rows.keep_running(connection, row))

    async def began(self, diffuser_id: str, window: Window, at: datetime, reason: Reason) -> None:
        """Note that the window began, and how."""
        row = self._row(diffuser_id, window, at, What.STARTED, reason)
        await self._database.write(lambda connection: self._note(connection, row))

    async def refused(
        self, diffuser_id: str, window: Window, at: datetime, reason: Reason, *, keep: bool
    ) -> None:
        """Note that the window did not begin; `keep`: the diffuser still runs by an earlier one."""
        row = self._row(diffuser_id, window, at, What.MISSED, reason)

        def work(connection: sqlite3.Connection) -> None:
            if not keep:
                rows.forget_running(connection, diffuser_id)
            self._note(connection, row)

        await self._database.write(work)

    async def ended(self, diffuser_id: str, window: Window, at: datetime, reason: Reason) -> None:
        """Note that the window ended; `settled` follows once the diffuser is known to be off."""
        row = self._row(diffuser_id, window, at, What.ENDED, reason)
        await self._database.write(lambda connection: self._note(connection, row))

    async def settled(self, diffuser_id: str) -> None:
        """Note that the diffuser runs by no window any more."""
        await self._database.write(lambda c: rows.forget_running(c, diffuser_id))

    async def missed(self, diffuser_id: str, window: Window, at: datetime, reason: Reason) -> None:
        """Note that a window was over before it could begin."""
        row = self._row(diffuser_id, window, at, What.MISSED, reason)
        await self._database.write(lambda connection: self._note(connection, row))

    async def caught_up(
        self,
        missed: Sequence[tuple[str, Run]],
        skipped: Sequence[tuple[str, Left]],
        at: datetime,
        why_missed: Reason,
    ) -> None:
        """Note what was not run and what was left out on purpose, and up to when that is known."""
        lines = [self._row(name, r.window, at, What.MISSED, why_missed) for name, r in missed]
        lines += [self._row(name, s.window, at, What.SKIPPED, _left_out(s)) for name, s in skipped]

        def work(connection: sqlite3.Connection) -> None:
            for line in lines:
                self._note(connection, line)
            rows.keep_progress(connection, at)

        await self._database.write(work)

    def _row(
        self, diffuser_id: str, window: Window, at: datetime, what: What, reason: Reason
    ) -> rows.LogRow:
        return rows.LogRow(
            at,
            what,
            diffuser_id,
            window.schedule_id,
            window.entry.id,
            window.start,
            window.end,
            reason,
        )

    def _note(self, connection: sqlite3.Connection, row: rows.LogRow) -> None:
        rows.log(connection, row)
        rows.prune_log(connection, row.at - self._kept_for)
        if row.what in _STEPS:
            body = ScheduleRanV1(
                diffuser_id=row.diffuser_id,
                schedule_id=row.schedule_id,
                entry_id=row.entry_id,
                on=row.what is What.STARTED,
            )
            outbox.append(connection, EventClass.HISTORY, "schedule.switched", 1, body)


def _left_out(left: Left) -> Reason:
    return Reason(f"plan_{left.reason.value}")


def _key(row: rows.LogRow) -> WindowKey:
    return (row.schedule_id, row.entry_id, row.start, row.end)


def _window(row: rows.RunningRow) -> Window:
    return Window(
        row.schedule_id,
        _ENTRY.validate_json(row.entry),
        date.fromisoformat(row.day),
        row.start,
        row.end,
    )
