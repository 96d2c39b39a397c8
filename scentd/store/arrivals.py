"""What comes down from the cloud: pages of changed documents, or all of them at once.

Each page is applied in one write together with the cursor, so that after a power cut it is either
wholly here or asked for again.
"""

import json
import sqlite3
from collections.abc import Iterable

from scentd.contracts.merging import Edit
from scentd.contracts.sync import (
    ChangesV1,
    CloudDocumentV1,
    SharedDocumentV1,
    SnapshotV1,
)
from scentd.store.outbox import EDIT_KIND

COMMANDS_REMEMBERED = 1_000
"""A command lives half a minute; a thousand of them are more than a hub gets in a week."""


def cursor(connection: sqlite3.Connection) -> int:
    """Give the version of the household up to which everything is here."""
    (version,) = connection.execute("SELECT pull_cursor FROM sync").fetchone()
    return int(version)


def apply_page(connection: sqlite3.Connection, page: ChangesV1) -> frozenset[str]:
    """Apply a page and move the cursor; the kinds of documents that really changed.

    A page that does not begin at the cursor (it came late, or twice) changes nothing.
    """
    if page.since != cursor(connection):
        return frozenset()
    changed = frozenset(
        document.kind
        for document in page.documents
        if _apply(connection, document, since=page.since)
    )
    connection.execute("UPDATE sync SET pull_cursor = ?", (page.next,))
    return changed


def apply_snapshot(connection: sqlite3.Connection, snapshot: SnapshotV1) -> frozenset[str]:
    """Make everything as the cloud has it, but for edits it has not confirmed yet."""
    changed = _remove_absent_cloud(connection, snapshot)
    changed |= _remove_absent_shared(connection, snapshot)
    for document in snapshot.documents:
        if isinstance(document, SharedDocumentV1):
            document = document.model_copy(update={"reset": True})
        if _apply(connection, document, since=0, is_snapshot=True):
            changed |= {document.kind}
    connection.execute("UPDATE sync SET pull_cursor = ?", (snapshot.version,))
    return frozenset(changed)


def forget_cloud(connection: sqlite3.Connection) -> None:
    """Drop what an account owned: the hub belongs to it no longer. Shared documents stay."""
    connection.execute("DELETE FROM cloud_documents")
    connection.execute("UPDATE sync SET pull_cursor = 0")


def _apply(
    connection: sqlite3.Connection,
    document: CloudDocumentV1 | SharedDocumentV1,
    *,
    since: int,
    is_snapshot: bool = False,
) -> bool:
    if isinstance(document, CloudDocumentV1):
        return _apply_cloud(connection, document, may_go_back=is_snapshot)
    if document.reset and _has_waiting(connection, document):
        _recheck_later(connection, since)
    return _apply_shared(connection, document)


def _apply_cloud(
    connection: sqlite3.Connection, document: CloudDocumentV1, *, may_go_back: bool
) -> bool:
    place = (document.kind, document.key)
    held = connection.execute(
        "SELECT version, body FROM cloud_documents WHERE kind = ? AND key = ?", place
    ).fetchone()
    if held is not None and held["version"] >= document.version and not may_go_back:
        return False
    if document.body is None:
        connection.execute("DELETE FROM cloud_documents WHERE kind = ? AND key = ?", place)
        return held is not None
    text = json.dumps(document.body, separators=(",", ":"), sort_keys=True)
    connection.execute(
        "INSERT OR REPLACE INTO cloud_documents (kind, key, version, body) VALUES (?, ?, ?, ?)",
        (*place, document.version, text),
    )
    return held is None or held["body"] != text


def _apply_shared(connection: sqlite3.Connection, document: SharedDocumentV1) -> bool:
    held = _fields(connection, document.kind, document.key)
    has_changed = False
    for name, field in document.fields.items():
        edit = Edit(field.value, field.stamp, field.node)
        before = held.get(name)
        is_replaced = document.reset and not _is_pending(connection, document, name)
        if before == edit or not (is_replaced or edit.wins_over(before)):
            continue
        _put_field(connection, document, name, edit)
        has_changed = has_changed or before is None or before.value != edit.value
    if document.reset:
        absent = set(held) - set(document.fields)
        has_changed |= _drop_fields(connection, document.kind, document.key, absent)
    _see_stamps(connection, (field.stamp for field in document.fields.values()))
    return has_changed


def _remove_absent_cloud(connection: sqlite3.Connection, snapshot: SnapshotV1) -> set[str]:
    present = {
        (document.kind, document.key)
        for document in snapshot.documents
        if isinstance(document, CloudDocumentV1)
    }
    rows = connection.execute("SELECT kind, key FROM cloud_documents").fetchall()
    absent = [(row["kind"], row["key"]) for row in rows if tuple(row) not in present]
    connection.executemany("DELETE FROM cloud_documents WHERE kind = ? AND key = ?", absent)
    return {kind for kind, _ in absent}


def _remove_absent_shared(connection: sqlite3.Connection, snapshot: SnapshotV1) -> set[str]:
    present = {
        (document.kind, document.key)
        for document in snapshot.documents
        if isinstance(document, SharedDocumentV1)
    }
    rows = connection.execute("SELECT DISTINCT kind, key FROM shared_fields").fetchall()
    return {
        kind
        for kind, key in map(tuple, rows)
        if (kind, key) not in present
        and _drop_fields(connection, kind, key, _fields(connection, kind, key))
    }


def _fields(connection: sqlite3.Connection, kind: str, key: str) -> dict[str, Edit]:
    rows = connection.execute(
        "SELECT field, value, stamp, node FROM shared_fields WHERE kind = ? AND key = ?",
        (kind, key),
    )
    return {row["field"]: Edit(row["value"], row["stamp"], row["node"]) for row in rows}


def _put_field(
    connection: sqlite3.Connection, document: SharedDocumentV1, name: str, edit: Edit
) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO shared_fields (kind, key, field, value, stamp, node)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (document.kind, document.key, name, edit.value, edit.stamp, edit.node),
    )


def _drop_fields(connection: sqlite3.Connection, kind: str, key: str, names: Iterable[str]) -> bool:
    """Drop fields the cloud does not have, unless an edit of them is on its way there."""
    dropped = [
        (kind, key, name) for name in names if not _is_waiting(connection, f"{kind}/{key}/{name}")
    ]
    connection.executemany(
        "DELETE FROM shared_fields WHERE kind = ? AND key = ? AND field = ?", dropped
    )
    return bool(dropped)


def _is_pending(connection: sqlite3.Connection, document: SharedDocumentV1, name: str) -> bool:
    return _is_waiting(connection, f"{document.kind}/{document.key}/{name}")


def _is_waiting(connection: sqlite3.Connection, subject: str) -> bool:
    found = connection.execute(
        f"SELECT 1 FROM outbox WHERE kind = '{EDIT_KIND}' AND subject = ?"
        " AND seq > (SELECT acked FROM sync)",
        (subject,),
    ).fetchone()
    return found is not None


def _has_waiting(connection: sqlite3.Connection, document: SharedDocumentV1) -> bool:
    names = set(document.fields) | set(_fields(connection, document.kind, document.key))
    return any(_is_pending(connection, document, name) for name in names)


def _recheck_later(connection: sqlite3.Connection, since: int) -> None:
    """Look at this page again once what waits is confirmed.

    The edit that waits may be the very one that was refused, its answer lost on the way.
    """
    connection.execute(
        "UPDATE sync SET recheck_from = min(coalesce(recheck_from, ?1), ?1)", (since,)
    )


def _see_stamps(connection: sqlite3.Connection, stamps: Iterable[int]) -> None:
    """Keep the hub's clock of edits ahead of every edit it has seen."""
    highest = max(stamps, default=0)
    connection.execute("UPDATE sync SET stamp = max(stamp, ?)", (highest,))


def take_command(connection: sqlite3.Connection, cmd_id: str) -> bool:
    """Note that a command is about to be carried out; False when it was before."""
    noted = connection.execute(
        "INSERT INTO cmd_seen (cmd_id, seen_ms) VALUES (?, wall_ms()) ON CONFLICT DO NOTHING",
        (cmd_id,),
    )
    connection.execute(
        "DELETE FROM cmd_seen WHERE rowid <= (SELECT max(rowid) FROM cmd_seen) - ?",
        (COMMANDS_REMEMBERED,),
    )
    return noted.rowcount == 1
