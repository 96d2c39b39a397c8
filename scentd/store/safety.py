"""The rows of safety: what is allowed, what was given off, what was decided and why.

Every function takes a connection inside a write or a read. Values come and go as JSON text.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Literal

SafetyFact = Literal["meter", "time", "rules"]


def read_facts(connection: sqlite3.Connection, what: SafetyFact) -> dict[str, str]:
    """Give what is remembered of that kind, by subject."""
    rows = connection.execute("SELECT subject, fact FROM safety WHERE what = ?", (what,))
    return {row["subject"]: row["fact"] for row in rows}


def keep_facts(connection: sqlite3.Connection, what: SafetyFact, facts: Mapping[str, str]) -> None:
    """Make the memory of that kind exactly this."""
    known = read_facts(connection, what)
    connection.executemany(
        "DELETE FROM safety WHERE what = ? AND subject = ?",
        [(what, subject) for subject in known.keys() - facts.keys()],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO safety (what, subject, fact) VALUES (?, ?, ?)",
        [(what, name, fact) for name, fact in facts.items() if known.get(name) != fact],
    )


def keep_decisions(
    connection: sqlite3.Connection, rows: Iterable[tuple[str, int, str]], *, since_ms: int
) -> None:
    """Add (diffuser, moment, fact) in order, and forget what is older than `since_ms`."""
    connection.executemany(
        "INSERT INTO decisions (diffuser_id, at_ms, fact) VALUES (?, ?, ?)", rows
    )
    connection.execute("DELETE FROM decisions WHERE at_ms < ?", (since_ms,))


def read_decisions(
    connection: sqlite3.Connection, diffuser_id: str, until_ms: int, limit: int
) -> list[str]:
    """Give the last decisions about a device up to a moment, the newest first."""
    rows = connection.execute(
        "SELECT fact FROM decisions WHERE diffuser_id = ? AND at_ms <= ?"
        " ORDER BY at_ms DESC, id DESC LIMIT ?",
        (diffuser_id, until_ms, limit),
    )
    return [row["fact"] for row in rows]
