"""Documents: those the household edits on the hub or in its account, and those the cloud owns."""

import json
import sqlite3
from typing import Any, Literal

from scentd.contracts.bodies import DocumentEditV1, EventClass
from scentd.contracts.merging import DELETED, canonical, next_stamp
from scentd.store import outbox
from scentd.store.errors import EditsFull, EditTooLarge
from scentd.store.outbox import EDIT_KIND

SharedKind = Literal["rule", "schedule", "scene", "diffuser", "reorder_preference"]

MAX_VALUE_BYTES = 64 * 1024
"""A field must fit a batch (256 KB) with room to spare."""

MAX_WAITING_EDITS = 5_000
"""Facts and edits are never dropped; beyond this many unsent ones a new edit is refused."""


def record_edit(
    connection: sqlite3.Connection, kind: SharedKind, key: str, field: str, value: object
) -> int:
    """Set a field of a shared document and tell the cloud; the event's number.

    Call it in the write that changes the state itself. A field is the unit that never mixes with
    another's edit: a rule's trigger, conditions, actions and mode are the one field `logic`; a
    schedule has one field a weekday. The field `deleted` set to true removes the document, set to
    false brings it back. Setting what is already so changes nothing and gives 0. Edits of one
    field that were not sent yet become one. Raises EditsFull, EditTooLarge.
    """
    text = canonical(value)
    if len(text) > MAX_VALUE_BYTES:
        raise EditTooLarge(field, len(text), MAX_VALUE_BYTES)
    if _holds(connection, kind, key, field, text):
        return 0
    stamp, node = _next_stamp(connection)
    connection.execute(
        "INSERT OR REPLACE INTO shared_fields (kind, key, field, value, stamp, node)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (kind, key, field, text, stamp, node),
    )
    body = DocumentEditV1(kind=kind, key=key, field=field, value=value, stamp=stamp, node=node)
    return _tell(connection, body, f"{kind}/{key}/{field}")


def shared_documents(connection: sqlite3.Connection, kind: SharedKind) -> dict[str, dict[str, Any]]:
    """Give the documents of a kind that are not deleted: key to field to value."""
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(
        "SELECT key, field, value FROM shared_fields WHERE kind = ? ORDER BY key, field", (kind,)
    ):
        found.setdefault(row["key"], {})[row["field"]] = json.loads(row["value"])
    return {key: fields for key, fields in found.items() if fields.pop(DELETED, False) is not True}


def documents(connection: sqlite3.Connection, kind: str) -> dict[str, dict[str, Any]]:
    """Give the cloud's documents of a kind as JSON objects by key (see scentd.contracts)."""
    rows = connection.execute(
        "SELECT key, body FROM cloud_documents WHERE kind = ? ORDER BY key", (kind,)
    )
    return {row["key"]: json.loads(row["body"]) for row in rows}


def _holds(connection: sqlite3.Connection, kind: str, key: str, field: str, text: str) -> bool:
    row = connection.execute(
        "SELECT value FROM shared_fields WHERE kind = ? AND key = ? AND field = ?",
        (kind, key, field),
    ).fetchone()
    return row is not None and row["value"] == text


def _next_stamp(connection: sqlite3.Connection) -> tuple[int, str]:
    last, wall_ms, node = connection.execute("SELECT stamp, wall_ms(), node FROM sync").fetchone()
    stamp = next_stamp(last, wall_ms)
    connection.execute("UPDATE sync SET stamp = ?", (stamp,))
    return stamp, node


def _tell(connection: sqlite3.Connection, body: DocumentEditV1, subject: str) -> int:
    unsent = connection.execute(
        # The kind stands in the text: a bound one would not let SQLite use the partial index.
        f"SELECT seq FROM outbox WHERE kind = '{EDIT_KIND}' AND subject = ?"
        " AND seq > (SELECT sent FROM sync)",
        (subject,),
    ).fetchone()
    if unsent is not None:
        outbox.rewrite(connection, unsent["seq"], EDIT_KIND, 1, body)
        return int(unsent["seq"])
    # Counting facts costs more than knowing that there are too few events altogether.
    if outbox.waiting(connection) >= MAX_WAITING_EDITS:
        waiting = outbox.waiting_facts(connection)
        if waiting >= MAX_WAITING_EDITS:
            raise EditsFull(waiting)
    return outbox.append(connection, EventClass.CRITICAL, EDIT_KIND, 1, body, subject=subject)
