"""The rows of what rules wait for: conditions that must last, and how bounds stand.

Every function takes a connection inside a write or a read.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scentd.contracts.moments import moment_of, unix_ms


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A rule that fires at `due_at` if what set it off has lasted for `seconds` by then.

    `side` tells the two bounds of one trigger apart, "" where there is but one thing to last.
    """

    rule_id: str
    side: str
    words: str
    seconds: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class BoundRow:
    """How a bound stands, and since when."""

    name: str
    is_beyond: bool
    since: datetime


def keep_hold(connection: sqlite3.Connection, row: HoldRow) -> None:
    """Remember what must last, in place of what was remembered of the same."""
    connection.execute(
        "INSERT OR REPLACE INTO rule_holds (rule_id, side, words, seconds, due_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        (row.rule_id, row.side, row.words, row.seconds, unix_ms(row.due_at)),
    )


def forget_hold(connection: sqlite3.Connection, rule_id: str, side: str) -> None:
    """Forget it: it ended, or it has lasted."""
    connection.execute("DELETE FROM rule_holds WHERE rule_id = ? AND side = ?", (rule_id, side))


def read_holds(connection: sqlite3.Connection) -> list[HoldRow]:
    """Give what must last, the soonest first."""
    return [
        HoldRow(row["rule_id"], row["side"], row["words"], row["seconds"], moment_of(row["due_ms"]))
        for row in connection.execute("SELECT * FROM rule_holds ORDER BY due_ms")
    ]


def keep_bounds(connection: sqlite3.Connection, rows: Iterable[BoundRow]) -> None:
    """Remember how bounds stand."""
    connection.executemany(
        "INSERT OR REPLACE INTO rule_bounds (name, is_beyond, since_ms) VALUES (?, ?, ?)",
        [(row.name, row.is_beyond, unix_ms(row.since)) for row in rows],
    )


def keep_only_bounds(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Forget every bound but these."""
    kept = set(names)
    found = [row["name"] for row in connection.execute("SELECT name FROM rule_bounds")]
    gone = [(name,) for name in found if name not in kept]
    connection.executemany("DELETE FROM rule_bounds WHERE name = ?", gone)


def read_bounds(connection: sqlite3.Connection) -> dict[str, BoundRow]:
    """Give how bounds stood, by name."""
    return {
        row["name"]: BoundRow(row["name"], bool(row["is_beyond"]), moment_of(row["since_ms"]))
        for row in connection.execute("SELECT * FROM rule_bounds")
    }
