"""The outbox: what happened, waiting in order for the cloud, kept with the state it tells of."""

import json
import sqlite3

from scentd.contracts.bodies import Body, EventClass

LINE_OVERHEAD = 64
"""Bytes a row costs the file beside its line, for the budget."""


def append(
    connection: sqlite3.Connection,
    event_class: EventClass,
    kind: str,
    version: int,
    body: Body,
    *,
    subject: str = "",
) -> int:
    """Add an event and give its number; call it inside the write of the state it tells of.

    `subject` names what the event is about (a slot, a diffuser), so that a full outbox can keep
    the last word on each; empty takes it from the body's slot or diffuser. The moment is that of
    the database's clock.
    """
    line, clock_ok, at_ms = write_line(connection, event_class, kind, version, body)
    size = 0 if event_class is EventClass.CRITICAL else len(line) + LINE_OVERHEAD
    (number,) = connection.execute(
        "UPDATE sync SET last = last + 1, droppable_bytes = droppable_bytes + ? RETURNING last",
        (size,),
    ).fetchone()
    connection.execute(
        "INSERT INTO outbox (seq, last, class, kind, subject, clock_ok, at_ms, size, line)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            number,
            event_class.value,
            kind,
            subject or _subject_of(body),
            clock_ok,
            at_ms,
            size,
            line,
        ),
    )
    return int(number)


def write_line(
    connection: sqlite3.Connection, event_class: EventClass, kind: str, version: int, body: Body
) -> tuple[bytes, int, int]:
    """Give the bytes an event is sent as, whether the clock was believed (0, 1), and unix ms.

    One JSON object without a line break and without its number, which is the place in the log.
    """
    at_ms, mono_ms, clock_ok, boot_id = connection.execute(
        "SELECT wall_ms(), mono_ms(), clock_trusted(), boot_id()"
    ).fetchone()
    head = (
        f'{{"kind":{json.dumps(kind)},"v":{version},"class":"{event_class.value}",'
        f'"at_ms":{at_ms},"mono_ms":{mono_ms},"boot":"{boot_id}",'
        f'"clock_ok":{"true" if clock_ok else "false"},"body":'
    )
    return f"{head}{body.model_dump_json()}}}".encode(), clock_ok, at_ms


def waiting(connection: sqlite3.Connection) -> int:
    """Give how many events the cloud has not confirmed yet."""
    (count,) = connection.execute("SELECT last - acked FROM sync").fetchone()
    return int(count)


def waiting_facts(connection: sqlite3.Connection) -> int:
    """Give how many events that may never be dropped the cloud has not confirmed yet."""
    (count,) = connection.execute(
        "SELECT count(*) FROM outbox WHERE class = 'critical' AND seq > (SELECT acked FROM sync)"
    ).fetchone()
    return int(count)


def rewrite(
    connection: sqlite3.Connection, number: int, kind: str, version: int, body: Body
) -> None:
    """Replace the body of a critical event that was never sent; its number and place stay.

    Raises sqlite3.IntegrityError when it may have been sent.
    """
    line, clock_ok, at_ms = write_line(connection, EventClass.CRITICAL, kind, version, body)
    connection.execute(
        "UPDATE outbox SET line = ?, clock_ok = ?, at_ms = ? WHERE seq = ?",
        (line, clock_ok, at_ms, number),
    )


def _subject_of(body: Body) -> str:
    slot = getattr(body, "slot", None)
    if slot is not None:
        return f"{slot.diffuser_id}/{slot.slot_no}"
    return str(getattr(body, "diffuser_id", ""))
