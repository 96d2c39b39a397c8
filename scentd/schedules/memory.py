"""What the runner must still know after a power cut: what it began, what it ended, up to when."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter

from scentd.contracts.bodies import EventClass, ScheduleRanV1
from scentd.model.schedule import ScheduleEntry
from scentd.schedules.week import Left, Run, Window, WindowKey
from scentd.store import outbox
from scentd.store import schedules as rows
from scentd.store.database import Database
from scentd.store.schedules import What

_ENTRY: TypeAdapter[ScheduleEntry] = TypeAdapter(ScheduleEntry)

_DONE_FOR = timedelta(days=2)
"""A clock set back by more than this has lost its time: what it shows is another life."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the last life of the hub left: the windows it ran by, those it ended, up to when."""

    until: datetime | None
    running: dict[str, Window]
    done: set[WindowKey]


class RunnerMemory:
    """Write each step of the runner durably, with its line in the log and word to the cloud."""

    def __init__(self, database: Database, log_days: int) -> None:
        self._database = database
        self._kept_for = timedelta(days=log_days)

    async def recall(self, now: datetime) -> Recalled:
        """Read what the last life left."""

        def work(connection: sqlite3.Connection) -> Recalled:
            return Recalled(
                rows.read_progress(connection),
                {row.diffuser_id: _window(row) for row in rows.read_running(connection)},
                {
                    (row.schedule_id, row.entry_id, row.start, row.end)
                    for row in rows.read_log(connection, now - _DONE_FOR)
                    if row.what is What.ENDED and row.at >= row.end
                },
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

    async def began(self, diffuser_id: str, window: Window, at: datetime, why: str) -> None:
        """Note that the window began, and how."""
        row = self._row(diffuser_id, window, at, What.STARTED, why)
        await self._database.write(lambda connection: self._note(connection, row))

    async def refused(
        self, diffuser_id: str, window: Window, at: datetime, why: str, *, keep: bool
    ) -> None:
        """Note that the window did not begin; `keep`: the diffuser still runs by an earlier one."""
        row = self._row(diffuser_id, window, at, What.MISSED, why)

        def work(connection: sqlite3.Connection) -> None:
            if not keep:
                rows.forget_running(connection, diffuser_id)
            self._note(connection, row)

        await self._database.write(work)

    async def ended(self, diffuser_id: str, window: Window, at: datetime, why: str) -> None:
        """Note that the window ended; `settled` follows once the diffuser is known to be off."""
        row = self._row(diffuser_id, window, at, What.ENDED, why)
        await self._database.write(lambda connection: self._note(connection, row))

    async def settled(self, diffuser_id: str) -> None:
        """Note that the diffuser runs by no window any more."""
        await self._database.write(lambda c: rows.forget_running(c, diffuser_id))

    async def missed(self, diffuser_id: str, run: Run, at: datetime, why: str) -> None:
        """Note that a stretch of the plan was not run."""
        row = self._row(diffuser_id, run.window, at, What.MISSED, why)
        await self._database.write(lambda connection: self._note(connection, row))

    async def skipped(self, diffuser_id: str, left: Left, at: datetime) -> None:
        """Note that a window was left out on purpose."""
        row = self._row(diffuser_id, left.window, at, What.SKIPPED, left.reason.value)
        await self._database.write(lambda connection: self._note(connection, row))

    async def looked(self, until: datetime) -> None:
        """Note that the plan has been dealt with up to that moment."""
        await self._database.write(lambda connection: rows.keep_progress(connection, until))

    def _row(
        self, diffuser_id: str, window: Window, at: datetime, what: What, why: str
    ) -> rows.LogRow:
        return rows.LogRow(
            at,
            what,
            diffuser_id,
            window.schedule_id,
            window.entry.id,
            window.start,
            window.end,
            why,
        )

    def _note(self, connection: sqlite3.Connection, row: rows.LogRow) -> None:
        rows.log(connection, row)
        rows.prune_log(connection, row.at - self._kept_for)
        if row.what in (What.STARTED, What.ENDED):
            body = ScheduleRanV1(
                diffuser_id=row.diffuser_id,
                schedule_id=row.schedule_id,
                entry_id=row.entry_id,
                on=row.what is What.STARTED,
            )
            outbox.append(connection, EventClass.HISTORY, "schedule.switched", 1, body)


def _window(row: rows.RunningRow) -> Window:
    return Window(
        row.schedule_id,
        _ENTRY.validate_json(row.entry),
        date.fromisoformat(row.day),
        row.start,
        row.end,
    )
