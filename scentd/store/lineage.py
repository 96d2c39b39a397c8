"""The log as the cloud is to hold it: what goes out next, what is confirmed, when to begin anew.

A lineage is one log, numbered from 1 without a hole, with a history hash over its lines. As long
as the cloud's end of it lies on our own history, it goes on; otherwise this file or the cloud's
came from a copy, and a new lineage is begun in which everything unconfirmed is sent again.
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scentd.contracts.bodies import EventClass, GapV1
from scentd.contracts.history import GENESIS, extend, extend_all
from scentd.contracts.merging import next_stamp
from scentd.store.outbox import EDIT_KIND, GAP_KIND, this_moment, write_line

KEPT_MS = int(timedelta(days=7) / timedelta(milliseconds=1))
"""How long confirmed events stay: the cloud may come back from a copy that lacks them."""

AHEAD_MS = 60_000
"""A stamp further ahead of the cloud than this was made by a wrong clock."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the log stands: 0 <= acked <= sent <= last, `chain` the history hash at `acked`."""

    lineage: str
    node: str
    last: int
    sent: int
    acked: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Events first..last as they go out, with the history hash before and after them."""

    lineage: str
    first: int
    last: int
    prev_chain: bytes
    chain: bytes
    lines: tuple[bytes, ...]


class Verdict(StrEnum):
    """What the cloud's word about the log meant.

    SAME: nothing new. CONFIRMED: events were taken. REWOUND: the cloud lost some that are still
    here, they go out again. FORKED: the histories differ, a new lineage was begun.
    STALE: the word is about something long settled, or about another lineage.
    """

    SAME = "same"
    CONFIRMED = "confirmed"
    REWOUND = "rewound"
    FORKED = "forked"
    STALE = "stale"


def position(connection: sqlite3.Connection) -> Position:
    """Give where the log stands."""
    row = connection.execute("SELECT lineage, node, last, sent, acked, chain FROM sync").fetchone()
    return Position(*row)


def waiting_classes(connection: sqlite3.Connection) -> frozenset[EventClass]:
    """Give the classes of the events the cloud has not confirmed."""
    rows = connection.execute(
        "SELECT DISTINCT class FROM outbox WHERE seq > (SELECT acked FROM sync)"
    )
    return frozenset(EventClass(row["class"]) for row in rows)


def next_batch(
    connection: sqlite3.Connection, *, most_events: int, most_bytes: int
) -> Outgoing | None:
    """Give the oldest unconfirmed events and freeze them; None when there are none.

    At least one event, whatever its size; `most_bytes` counts lines with their breaks.
    """
    here = position(connection)
    lines: list[bytes] = []
    last, size = here.acked, 0
    for row in connection.execute(
        "SELECT last, line FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?",
        (here.acked, most_events),
    ):
        size += len(row["line"]) + 1
        if lines and size > most_bytes:
            break
        lines.append(row["line"])
        last = row["last"]
    if not lines:
        return None
    connection.execute("UPDATE sync SET sent = max(sent, ?)", (last,))
    chain = extend_all(here.chain, lines)
    return Outgoing(here.lineage, here.acked + 1, last, here.chain, chain, tuple(lines))


def take_ack(connection: sqlite3.Connection, lineage: str, acked: int, chain: bytes) -> Verdict:
    """Believe the answer to a batch, if our own history agrees.

    An answer that comes late, after more was confirmed, changes nothing.
    """
    here = position(connection)
    if lineage != here.lineage or acked < here.acked:
        return Verdict.STALE
    return settle(connection, acked, chain)


def take_position(
    connection: sqlite3.Connection, lineage: str, confirmed: int, acked: int, chain: bytes
) -> Verdict:
    """Believe the cloud's word on where our log ends, unless the log went on since it was asked.

    `confirmed` is how far the log was confirmed when the question was sent: a word that was
    overtaken by a later one says less than we know, and acting on it could call our own past a
    fork.
    """
    here = position(connection)
    if lineage != here.lineage or confirmed < here.acked:
        return Verdict.STALE
    return settle(connection, acked, chain)


def settle(connection: sqlite3.Connection, acked: int, chain: bytes) -> Verdict:
    """Compare where the cloud says our lineage ends with our own history, and act on it."""
    here = position(connection)
    if acked > here.sent or _chain_at(connection, here, acked) != chain:
        begin_lineage(connection)
        return Verdict.FORKED
    if acked > here.acked:
        _confirm(connection, acked, chain)
        return Verdict.CONFIRMED
    if acked == here.acked:
        return Verdict.SAME
    if not _is_kept_from(connection, acked + 1):
        begin_lineage(connection)
        return Verdict.FORKED
    _rewind(connection, acked, chain)
    return Verdict.REWOUND


def begin_lineage(connection: sqlite3.Connection) -> None:
    """Begin a new log with everything unconfirmed, numbered from 1, under new names."""
    (acked,) = connection.execute("SELECT acked FROM sync").fetchone()
    connection.execute("DELETE FROM outbox WHERE seq <= ?", (acked,))
    connection.execute("DELETE FROM acks")
    connection.execute(
        "UPDATE sync SET lineage = random_id(), node = random_id(), chain = ?,"
        " last = last - acked, sent = 0, acked = 0",
        (GENESIS,),
    )
    # By way of negative numbers, so that no row meets another one's old number.
    connection.execute("UPDATE outbox SET seq = ? - seq, last = last - ?", (acked, acked))
    connection.execute("UPDATE outbox SET seq = -seq")
    _renumber_gaps(connection)


def restamp(connection: sqlite3.Connection, server_ms: int) -> int:
    """Give unsent edits made by a wrong clock stamps of the cloud's time; how many there were.

    Their order among themselves stays. `server_ms` is the cloud's time now.
    """
    latest = (server_ms + AHEAD_MS) << 16
    rows = connection.execute(
        "SELECT seq, line FROM outbox INDEXED BY outbox_edits"
        f" WHERE kind = '{EDIT_KIND}' AND seq > (SELECT sent FROM sync)"
        " AND (clock_ok = 0 OR json_extract(CAST(line AS TEXT), '$.body.stamp') > ?)",
        (latest,),
    ).fetchall()
    events = sorted(
        ((row["seq"], json.loads(row["line"])) for row in rows),
        key=lambda event: event[1]["body"]["stamp"],
    )
    stamp = _highest_sound_stamp(connection, latest)
    for seq, event in events:
        stamp = next_stamp(stamp, server_ms)
        _restamp_one(connection, seq, event, stamp)
    connection.execute("UPDATE sync SET stamp = ? WHERE stamp > ?", (stamp, latest))
    connection.execute("UPDATE sync SET stamp = max(stamp, ?)", (stamp,))
    return len(events)


def _chain_at(connection: sqlite3.Connection, here: Position, number: int) -> bytes | None:
    if number == here.acked:
        return here.chain
    if number == 0:
        return GENESIS
    if number < here.acked:
        row = connection.execute("SELECT chain FROM acks WHERE seq = ?", (number,)).fetchone()
        return row["chain"] if row else None
    chain = here.chain
    for row in connection.execute(
        "SELECT last, line FROM outbox WHERE seq > ? AND seq <= ? ORDER BY seq",
        (here.acked, number),
    ):
        chain = extend(chain, row["line"])
        if row["last"] == number:
            return chain
    return None


def _confirm(connection: sqlite3.Connection, acked: int, chain: bytes) -> None:
    connection.execute(
        "UPDATE sync SET acked = ?, chain = ?, droppable_bytes = droppable_bytes - ("
        "SELECT coalesce(sum(size), 0) FROM outbox WHERE seq > sync.acked AND seq <= ?)",
        (acked, chain, acked),
    )
    connection.execute("INSERT OR REPLACE INTO acks VALUES (?, ?, wall_ms())", (acked, chain))
    connection.execute(
        "UPDATE sync SET pull_cursor = min(pull_cursor, recheck_from), recheck_from = NULL"
        " WHERE recheck_from IS NOT NULL"
    )
    forget_confirmed(connection, kept_ms=KEPT_MS)


def forget_confirmed(connection: sqlite3.Connection, *, kept_ms: int) -> None:
    """Delete events confirmed longer ago than that, by the hub's own clock."""
    (old,) = connection.execute(
        "SELECT max(seq) FROM acks WHERE at_ms <= wall_ms() - ?", (kept_ms,)
    ).fetchone()
    if old is not None:
        connection.execute("DELETE FROM outbox WHERE seq <= ?", (old,))
        connection.execute("DELETE FROM acks WHERE seq < ?", (old,))


def _is_kept_from(connection: sqlite3.Connection, number: int) -> bool:
    found = connection.execute("SELECT 1 FROM outbox WHERE seq = ?", (number,)).fetchone()
    return found is not None


def _rewind(connection: sqlite3.Connection, acked: int, chain: bytes) -> None:
    connection.execute(
        "UPDATE sync SET chain = ?, acked = ?, droppable_bytes = droppable_bytes + ("
        "SELECT coalesce(sum(size), 0) FROM outbox WHERE seq > ? AND seq <= sync.acked)",
        (chain, acked, acked),
    )
    connection.execute("DELETE FROM acks WHERE seq > ?", (acked,))


def _renumber_gaps(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        f"SELECT seq, last, class, line FROM outbox WHERE kind = '{GAP_KIND}'"
    ).fetchall()
    for row in rows:
        body = GapV1.model_validate(json.loads(row["line"])["body"])
        moved = body.model_copy(update={"first": row["seq"], "last": row["last"]})
        line = write_line(
            this_moment(connection),
            EventClass(row["class"]),
            GAP_KIND,
            1,
            moved.model_dump_json(),
        )
        connection.execute("UPDATE outbox SET line = ? WHERE seq = ?", (line, row["seq"]))


def _highest_sound_stamp(connection: sqlite3.Connection, latest: int) -> int:
    (stamp,) = connection.execute(
        "SELECT coalesce(max(stamp), 0) FROM shared_fields WHERE stamp <= ?", (latest,)
    ).fetchone()
    return int(stamp)


def _restamp_one(
    connection: sqlite3.Connection, seq: int, event: dict[str, dict[str, object]], stamp: int
) -> None:
    body = event["body"]
    connection.execute(
        "UPDATE shared_fields SET stamp = ?"
        " WHERE kind = ? AND key = ? AND field = ? AND stamp = ? AND node = ?",
        (stamp, body["kind"], body["key"], body["field"], body["stamp"], body["node"]),
    )
    body["stamp"] = stamp
    line = json.dumps(event, separators=(",", ":")).encode()
    # The column says from now on that the stamp is sound; the line keeps what the clock was.
    connection.execute("UPDATE outbox SET line = ?, clock_ok = 1 WHERE seq = ?", (line, seq))
