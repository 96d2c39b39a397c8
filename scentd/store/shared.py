"""Whole shared documents, kept field by field so that two editors' changes can both stand."""

import sqlite3
from collections.abc import Mapping

from scentd.contracts.merging import DELETED
from scentd.store.documents import SharedKind, record_edit


def keep_document(
    connection: sqlite3.Connection, kind: SharedKind, key: str, fields: Mapping[str, object]
) -> None:
    """Set each field; the cloud is told of those that change. Brings a deleted one back."""
    row = connection.execute(
        "SELECT value FROM shared_fields WHERE kind = ? AND key = ? AND field = ?",
        (kind, key, DELETED),
    ).fetchone()
    if row is not None and row["value"] == "true":
        record_edit(connection, kind, key, DELETED, value=False)
    for field, value in fields.items():
        record_edit(connection, kind, key, field, value)


def forget_document(connection: sqlite3.Connection, kind: SharedKind, key: str) -> None:
    """Delete the document here and, when the cloud hears of it, everywhere."""
    record_edit(connection, kind, key, DELETED, value=True)
