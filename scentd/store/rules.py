"""The rows of rules: shared documents, traces, days already fired, timers.

Every function takes a connection inside a write or a read.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scentd.contracts.moments import moment_of, unix_ms
from scentd.store.documents import shared_documents
from scentd.store.shared import forget_document, keep_document


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A diffuser that a rule switched on for `seconds`, until `off_at`."""

    diffuser_id: str
    rule_id: str
    seconds: int
    off_at: datetime


def read_rules(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Give the fields of every rule that is not deleted, by id."""
    return shared_documents(connection, "rule")


def keep_rule(connection: sqlite3.Connection, rule_id: str, fields: Mapping[str, object]) -> None:
    """Set the fields of a rule and tell the cloud of those that changed."""
    keep_document(connection, "rule", rule_id, fields)


def forget_rule(connection: sqlite3.Connection, rule_id: str) -> None:
    """Delete a rule, with what is remembered of it, and tell the cloud."""
    forget_document(connection, "rule", rule_id)
    for table in ("rule_traces", "rule_ran", "rule_days"):
        connection.execute(f"DELETE FROM {table} WHERE rule_id = ?", (rule_id,))


def add_traces(
    connection: sqlite3.Connection,
    rule_id: str,
    traces: Sequence[tuple[datetime, str]],
    *,
    kept: int,
) -> None:
    """Remember firings of one rule (moment, JSON), oldest first; the last `kept` stay."""
    connection.executemany(
        "INSERT INTO rule_traces (rule_id, at_ms, trace) VALUES (?, ?, ?)",
        [(rule_id, unix_ms(at), trace) for at, trace in traces],
    )
    connection.execute(
        "DELETE FROM rule_traces WHERE rule_id = ? AND id <= coalesce((SELECT id FROM rule_traces"
        " WHERE rule_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?), 0)",
        (rule_id, rule_id, kept),
    )


def read_traces(connection: sqlite3.Connection, rule_id: str) -> list[str]:
    """Give the remembered firings of a rule as JSON, newest first."""
    found = connection.execute(
        "SELECT trace FROM rule_traces WHERE rule_id = ? ORDER BY id DESC", (rule_id,)
    )
    return [row["trace"] for row in found]


def read_latest(connection: sqlite3.Connection) -> dict[str, str]:
    """Give the last firing of each rule as JSON."""
    found = connection.execute(
        "SELECT rule_id, trace FROM rule_traces WHERE id IN"
        " (SELECT max(id) FROM rule_traces GROUP BY rule_id)"
    )
    return {row["rule_id"]: row["trace"] for row in found}


def keep_ran(connection: sqlite3.Connection, ran: Mapping[str, datetime]) -> None:
    """Say when rules last ran."""
    connection.executemany(
        "INSERT OR REPLACE INTO rule_ran (rule_id, at_ms) VALUES (?, ?)",
        [(rule_id, unix_ms(at)) for rule_id, at in ran.items()],
    )


def read_ran(connection: sqlite3.Connection) -> dict[str, datetime]:
    """Give when each rule last ran."""
    found = connection.execute("SELECT rule_id, at_ms FROM rule_ran")
    return {row["rule_id"]: moment_of(row["at_ms"]) for row in found}


def claim_days(
    connection: sqlite3.Connection, days: Sequence[tuple[str, str]], until: datetime
) -> None:
    """Say that rules fired (rule, ISO date and time set for), and how far that brings us."""
    connection.executemany("INSERT OR IGNORE INTO rule_days (rule_id, day) VALUES (?, ?)", days)
    keep_progress(connection, until)


def read_days(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Give the (rule, ISO date and time set for) already fired."""
    found = connection.execute("SELECT rule_id, day FROM rule_days")
    return {(row["rule_id"], row["day"]) for row in found}


def prune_days(connection: sqlite3.Connection, before: str) -> None:
    """Forget the dates before that ISO date."""
    connection.execute("DELETE FROM rule_days WHERE day < ?", (before,))


def keep_progress(connection: sqlite3.Connection, until: datetime) -> None:
    """Say that times of day have been dealt with up to that moment."""
    connection.execute(
        "INSERT OR REPLACE INTO rule_progress (id, until_ms) VALUES (1, ?)", (unix_ms(until),)
    )


def read_progress(connection: sqlite3.Connection) -> datetime | None:
    """Give up to when times of day have been dealt with; None before the first time."""
    row = connection.execute("SELECT until_ms FROM rule_progress").fetchone()
    return moment_of(row["until_ms"]) if row else None


def keep_timer(connection: sqlite3.Connection, row: TimerRow) -> None:
    """Say that a diffuser goes off at a moment, in place of an earlier timer."""
    connection.execute(
        "INSERT OR REPLACE INTO rule_timers (diffuser_id, rule_id, seconds, off_ms)"
        " VALUES (?, ?, ?, ?)",
        (row.diffuser_id, row.rule_id, row.seconds, unix_ms(row.off_at)),
    )


def forget_timer(connection: sqlite3.Connection, diffuser_id: str, off_at: datetime) -> None:
    """Take that timer back; a newer one of the same diffuser stays."""
    connection.execute(
        "DELETE FROM rule_timers WHERE diffuser_id = ? AND off_ms = ?",
        (diffuser_id, unix_ms(off_at)),
    )


def read_timers(connection: sqlite3.Connection) -> list[TimerRow]:
    """Give the diffusers that rules switched on for a while."""
    return [
        TimerRow(row["diffuser_id"], row["rule_id"], row["seconds"], moment_of(row["off_ms"]))
        for row in connection.execute("SELECT * FROM rule_timers ORDER BY off_ms")
    ]
