"""The outbox: what happened, waiting in order for the cloud, kept with the state it tells of."""

import json
import sqlite3
from typing import NamedTuple

from scentd.contracts.bodies import Body, EventClass

EDIT_KIND = "document.edit"
GAP_KIND = "gap"

ROW_OVERHEAD = 240
"""Bytes an event costs the file beside its body: its moment and the row's other columns."""

_TAKE_NUMBER = """
UPDATE sync SET last = last + 1, droppable_bytes = droppable_bytes + ?
RETURNING last, wall_ms(), mono_ms(), clock_trusted(), boot_id()
"""


class Moment(NamedTuple):
    """When something is written: unix ms, monotonic ms, whether to believe the first, the boot.

    `mono_ms` can be compared among moments with one `boot_id`.
    """

    at_ms: int
    mono_ms: int
    clock_ok: int
    boot_id: str


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
    text = body.model_dump_json()
    size = 0 if event_class is EventClass.CRITICAL else len(text) + ROW_OVERHEAD
    number, *facts = connection.execute(_TAKE_NUMBER, (size,)).fetchone()
    moment = Moment(*facts)
    line = write_line(moment, event_class, kind, version, text)
    connection.execute(
        "INSERT INTO outbox (seq, last, class, kind, subject, clock_ok, at_ms, size, line)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            number,
            event_class.value,
            kind,
            subject or _subject_of(body),
            moment.clock_ok,
            moment.at_ms,
            size,
            line,
        ),
    )
    return int(number)


def write_line(
    moment: Moment, event_class: EventClass, kind: str, version: int, body_json: str
) -> bytes:
    """Give the bytes an event is sent as: one JSON object on one line, without its number.

    The number is the event's place in the log, so that a new lineage can count anew.
    """
    return (
        f'{{"kind":{json.dumps(kind)},"v":{version},"class":"{event_class.value}",'
        f'"at_ms":{moment.at_ms},"mono_ms":{moment.mono_ms},"boot":"{moment.boot_id}",'
        f'"clock_ok":{"true" if moment.clock_ok else "false"},"body":{body_json}}}'
    ).encode()


def this_moment(connection: sqlite3.Connection) -> Moment:
    """Give the time inside a write, by the database's clock."""
    row = connection.execute("SELECT wall_ms(), mono_ms(), clock_trusted(), boot_id()")
    return Moment(*row.fetchone())


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


def has_waiting_facts(connection: sqlite3.Connection) -> bool:
    """Tell whether an event that may never be dropped waits for the cloud."""
    found = connection.execute(
        "SELECT 1 FROM outbox WHERE class = 'critical' AND seq > (SELECT acked FROM sync) LIMIT 1"
    ).fetchone()
    return found is not None


def rewrite(
    connection: sqlite3.Connection, number: int, kind: str, version: int, body: Body
) -> None:
    """Replace the body of a critical event that was never sent; its number and place stay.

    Raises sqlite3.IntegrityError when it may have been sent.
    """
    moment = this_moment(connection)
    line = write_line(moment, EventClass.CRITICAL, kind, version, body.model_dump_json())
    connection.execute(
        "UPDATE outbox SET line = ?, clock_ok = ?, at_ms = ? WHERE seq = ?",
        (line, moment.clock_ok, moment.at_ms, number),
    )


def _subject_of(body: Body) -> str:
    slot = getattr(body, "slot", None)
    if slot is not None:
        return f"{slot.diffuser_id}/{slot.slot_no}"
    return str(getattr(body, "diffuser_id", ""))
