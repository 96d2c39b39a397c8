"""What happened lately, as facts that any language can put into words."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One thing that happened: `kind` names the sentence, `facts` what stands in it.

    `id` counts up in the order of happening, also across restarts. `at` is aware UTC.
    """

    id: int
    at: datetime
    kind: str
    facts: Mapping[str, str | int]


def newest(connection: sqlite3.Connection, limit: int) -> list[ActivityLine]:
    """Give at most `limit` lines, the oldest of them first."""
    rows = connection.execute(
        "SELECT id, at, kind, facts FROM activity ORDER BY id DESC LIMIT ?", (limit,)
    ).fetchall()
    return [_line(row) for row in reversed(rows)]


def keep(connection: sqlite3.Connection, line: ActivityLine, limit: int) -> None:
    """Keep a line, and of all only the newest `limit`. Keeping a line twice changes nothing."""
    connection.execute(
        "INSERT OR IGNORE INTO activity (id, at, kind, facts) VALUES (?, ?, ?, ?)",
        (line.id, line.at.isoformat(), line.kind, json.dumps(dict(line.facts))),
    )
    connection.execute("DELETE FROM activity WHERE id <= ?", (line.id - limit,))


def _line(row: sqlite3.Row) -> ActivityLine:
    facts = MappingProxyType(json.loads(row["facts"]))
    return ActivityLine(row["id"], datetime.fromisoformat(row["at"]), row["kind"], facts)
