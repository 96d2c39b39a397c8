"""The rows of what happened: blocks of entries, compressed, bounded in age and size.

Every function takes a connection inside a write or a read.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import zstandard

from scentd.contracts.moments import moment_of, unix_ms

Entry = Sequence[Any]
"""What happened as JSON holds it: milliseconds since 1970 first, then a letter for its kind."""

_LEVEL = 6
_MOST_BYTES = 64 * 1024 * 1024
"""No block unpacks to more; what claims to is damaged."""


def add_block(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Keep entries, in order, as one block."""
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    body = zstandard.ZstdCompressor(level=_LEVEL).compress(text.encode(errors="replace"))
    connection.execute(
        "INSERT INTO rule_record (from_ms, until_ms, entries, body) VALUES (?, ?, ?, ?)",
        (entries[0][0], entries[-1][0], len(entries), body),
    )


def prune(connection: sqlite3.Connection, before: datetime, most_bytes: int) -> None:
    """Forget the blocks that end before a moment, and the oldest beyond so many bytes."""
    connection.execute("DELETE FROM rule_record WHERE until_ms < ?", (unix_ms(before),))
    connection.execute(
        "DELETE FROM rule_record WHERE id <= coalesce((SELECT max(id) FROM (SELECT id,"
        " sum(length(body)) OVER (ORDER BY id DESC) AS total FROM rule_record)"
        " WHERE total > ?), 0)",
        (most_bytes,),
    )


def forget_all(connection: sqlite3.Connection) -> None:
    """Forget everything: there is no room."""
    connection.execute("DELETE FROM rule_record")


def read_blocks(connection: sqlite3.Connection, since: datetime, until: datetime) -> list[bytes]:
    """Give the blocks that reach into that time, in order, still packed: see `entries`."""
    found = connection.execute(
        "SELECT body FROM rule_record WHERE until_ms >= ? AND from_ms <= ? ORDER BY id",
        (unix_ms(since), unix_ms(until)),
    )
    return [row["body"] for row in found]


def entries(blocks: Iterable[bytes], since: datetime, until: datetime) -> Iterator[Entry]:
    """Unpack what happened in that time, a block at a time, in order.

    A clock that was set back may leave moments that go back with it.
    """
    unpacker = zstandard.ZstdDecompressor()
    first_ms, last_ms = unix_ms(since), unix_ms(until)
    for body in blocks:
        for entry in json.loads(unpacker.decompress(body, max_output_size=_MOST_BYTES)):
            if first_ms <= entry[0] <= last_ms:
                yield entry


def oldest(connection: sqlite3.Connection) -> datetime | None:
    """Give since when there is a record; None when there is none."""
    row = connection.execute("SELECT min(from_ms) AS first_ms FROM rule_record").fetchone()
    return None if row["first_ms"] is None else moment_of(row["first_ms"])
