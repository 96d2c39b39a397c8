"""The rows of devices: what they are, how they were last, what the commander must remember.

Every function takes a connection inside a write or a read. Values come and go as JSON text; the
modules of scentd.devices know what is in them.
"""

import sqlite3
from collections.abc import Mapping
from typing import Literal

from scentd.store.documents import shared_documents
from scentd.store.shared import forget_document, keep_document

Memory = Literal["override", "owed", "run"]
"""`run`: in which rhythm a pulsed plug runs."""


def read_descriptions(connection: sqlite3.Connection) -> list[str]:
    """Give the description of every device not removed, in the order they were first seen."""
    rows = connection.execute(
        "SELECT description FROM diffusers WHERE removed_ms IS NULL ORDER BY first_seen_ms, id"
    )
    return [row["description"] for row in rows]


def read_removed(connection: sqlite3.Connection) -> frozenset[str]:
    """Give the ids of the devices the household took away."""
    rows = connection.execute("SELECT id FROM diffusers WHERE removed_ms IS NOT NULL")
    return frozenset(row["id"] for row in rows)


def keep_description(
    connection: sqlite3.Connection, diffuser_id: str, dialect: str, description: str
) -> None:
    """Set the description of a device; a removed one is known again."""
    connection.execute(
        "INSERT INTO diffusers (id, dialect, description, first_seen_ms)"
        " VALUES (?, ?, ?, wall_ms())"
        " ON CONFLICT (id) DO UPDATE SET dialect = excluded.dialect,"
        " description = excluded.description, removed_ms = NULL",
        (diffuser_id, dialect, description),
    )


def mark_removed(connection: sqlite3.Connection, diffuser_id: str) -> None:
    """Remember that the household took a device away, and forget its own words for it."""
    connection.execute("UPDATE diffusers SET removed_ms = wall_ms() WHERE id = ?", (diffuser_id,))
    connection.execute("DELETE FROM diffuser_states WHERE diffuser_id = ?", (diffuser_id,))
    connection.execute("DELETE FROM commander WHERE diffuser_id = ?", (diffuser_id,))
    if diffuser_id in shared_documents(connection, "diffuser"):
        forget_document(connection, "diffuser", diffuser_id)


def forget(connection: sqlite3.Connection, diffuser_id: str) -> None:
    """Forget a device wholly, as after it left its network; any announcement brings it back."""
    mark_removed(connection, diffuser_id)
    connection.execute("DELETE FROM diffusers WHERE id = ?", (diffuser_id,))


def read_own_words(connection: sqlite3.Connection) -> dict[str, dict[str, object]]:
    """Give what the household says of its devices: id to field (`name`, `room`, `profile`)."""
    return shared_documents(connection, "diffuser")


def keep_own_words(
    connection: sqlite3.Connection, diffuser_id: str, fields: Mapping[str, object]
) -> None:
    """Set what the household says of a device; the account is told."""
    keep_document(connection, "diffuser", diffuser_id, fields)


def read_states(connection: sqlite3.Connection) -> dict[str, str | None]:
    """Give the last known state of every device not removed; None where it never said a word."""
    rows = connection.execute(
        "SELECT id, state FROM diffusers LEFT JOIN diffuser_states ON diffuser_id = id"
        " WHERE removed_ms IS NULL"
    )
    return {row["id"]: row["state"] for row in rows}


def keep_states(connection: sqlite3.Connection, states: Mapping[str, str]) -> None:
    """Set the last known state of these devices; one removed meanwhile is passed over."""
    connection.executemany(
        "INSERT INTO diffuser_states (diffuser_id, state)"
        " SELECT id, ? FROM diffusers WHERE id = ? AND removed_ms IS NULL"
        " ON CONFLICT (diffuser_id) DO UPDATE SET state = excluded.state",
        [(state, diffuser_id) for diffuser_id, state in states.items()],
    )


def read_memory(connection: sqlite3.Connection, what: Memory) -> dict[str, str]:
    """Give what the commander remembers of that kind, by device."""
    rows = connection.execute("SELECT diffuser_id, fact FROM commander WHERE what = ?", (what,))
    return {row["diffuser_id"]: row["fact"] for row in rows}


def keep_memory(connection: sqlite3.Connection, what: Memory, facts: Mapping[str, str]) -> None:
    """Make the commander's memory of that kind exactly this."""
    known = read_memory(connection, what)
    for diffuser_id in known.keys() - facts.keys():
        connection.execute(
            "DELETE FROM commander WHERE what = ? AND diffuser_id = ?", (what, diffuser_id)
        )
    connection.executemany(
        "INSERT OR REPLACE INTO commander (what, diffuser_id, fact) VALUES (?, ?, ?)",
        [(what, name, fact) for name, fact in facts.items() if known.get(name) != fact],
    )
