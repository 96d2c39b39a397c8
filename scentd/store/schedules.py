"""The rows of schedules: shared documents, what runs by plan now, and the log of what became of it.

Every function takes a connection inside a write or a read.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scentd.contracts.moments import moment_of, unix_ms
from scentd.model.reasons import Reason
from scentd.store.documents import shared_documents
from scentd.store.shared import forget_document, keep_document


class What(StrEnum):
    """What became of a window."""

    STARTED = "started"
    ENDED = "ended"
    MISSED = "missed"
    SKIPPED = "skipped"
    """Left out on purpose; the code is that of a RestReason after `plan_`."""


@dataclass(frozen=True, slots=True)
class RunningRow:
    """A window that a diffuser runs by; `entry` is its entry as JSON, `day` an ISO date."""

    diffuser_id: str
    schedule_id: str
    entry: str
    day: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of the log: `start` and `end` are those of the whole window."""

    at: datetime
    what: What
    diffuser_id: str
    schedule_id: str
    entry_id: str
    start: datetime
    end: datetime
    reason: Reason


def read_schedules(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Give the fields of every schedule that is not deleted, by id."""
    return shared_documents(connection, "schedule")


def keep_schedule(
    connection: sqlite3.Connection, schedule_id: str, fields: Mapping[str, object]
) -> None:
    """Set the fields of a schedule and tell the cloud of those that changed."""
    keep_document(connection, "schedule", schedule_id, fields)


def forget_schedule(connection: sqlite3.Connection, schedule_id: str) -> None:
    """Delete a schedule and tell the cloud."""
    forget_document(connection, "schedule", schedule_id)


def read_progress(connection: sqlite3.Connection) -> datetime | None:
    """Give up to when the plan has been dealt with; None before the first time."""
    row = connection.execute("SELECT until_ms FROM schedule_progress").fetchone()
    return moment_of(row["until_ms"]) if row else None


def keep_progress(connection: sqlite3.Connection, until: datetime) -> None:
    """Say that the plan has been dealt with up to that moment."""
    connection.execute(
        "INSERT OR REPLACE INTO schedule_progress (id, until_ms) VALUES (1, ?)", (unix_ms(until),)
    )


def read_running(connection: sqlite3.Connection) -> list[RunningRow]:
    """Give the windows that switched a diffuser on and not off yet."""
    return [
        RunningRow(
            row["diffuser_id"],
            row["schedule_id"],
            row["entry"],
            row["day"],
            moment_of(row["start_ms"]),
            moment_of(row["end_ms"]),
        )
        for row in connection.execute("SELECT * FROM schedule_running ORDER BY diffuser_id")
    ]


def keep_running(connection: sqlite3.Connection, row: RunningRow) -> None:
    """Say that a diffuser runs by this window from now on."""
    connection.execute(
        "INSERT OR REPLACE INTO schedule_running"
        " (diffuser_id, schedule_id, entry, day, start_ms, end_ms) VALUES (?, ?, ?, ?, ?, ?)",
        (
            row.diffuser_id,
            row.schedule_id,
            row.entry,
            row.day,
            unix_ms(row.start),
            unix_ms(row.end),
        ),
    )


def forget_running(connection: sqlite3.Connection, diffuser_id: str) -> None:
    """Say that a diffuser runs by no window any more."""
    connection.execute("DELETE FROM schedule_running WHERE diffuser_id = ?", (diffuser_id,))


def log(connection: sqlite3.Connection, row: LogRow) -> None:
    """Remember what became of a window."""
    connection.execute(
        "INSERT INTO schedule_log"
        " (at_ms, what, diffuser_id, schedule_id, entry_id, start_ms, end_ms, why, code, facts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?)",
        (
            unix_ms(row.at),
            row.what.value,
            row.diffuser_id,
            row.schedule_id,
            row.entry_id,
            unix_ms(row.start),
            unix_ms(row.end),
            row.reason.code,
            json.dumps(dict(row.reason.facts)),
        ),
    )


def read_log(connection: sqlite3.Connection, since: datetime) -> list[LogRow]:
    """Give the log from that moment on, oldest first."""
    return [
        LogRow(
            moment_of(row["at_ms"]),
            What(row["what"]),
            row["diffuser_id"],
            row["schedule_id"],
            row["entry_id"],
            moment_of(row["start_ms"]),
            moment_of(row["end_ms"]),
            _reason(row),
        )
        for row in connection.execute(
            "SELECT * FROM schedule_log WHERE at_ms >= ? ORDER BY id", (unix_ms(since),)
        )
    ]


def prune_log(connection: sqlite3.Connection, before: datetime) -> None:
    """Forget what is older than that moment."""
    connection.execute("DELETE FROM schedule_log WHERE at_ms < ?", (unix_ms(before),))


def _reason(row: sqlite3.Row) -> Reason:
    """Give a row's reason; those of before there were codes hold an English text, or a rest's."""
    if row["code"]:
        return Reason(row["code"], json.loads(row["facts"]))
    if row["what"] == What.SKIPPED:
        return Reason(f"plan_{row['why']}")
    return Reason("said", {"text": row["why"]})
