"""Making room in the outbox: what may be dropped, in which order, leaving a note of each drop.

Events that may have been sent are never touched, nor facts and edits. What is dropped keeps its
number in a `gap`, so that the cloud can tell “the hub dropped this” from “this was lost”.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from itertools import groupby

from scentd.contracts.bodies import EventClass, GapV1
from scentd.store.lineage import forget_confirmed
from scentd.store.outbox import GAP_KIND, this_moment, write_line

LOW_WATER = 0.6
"""Once over the budget, room is made down to this part of it, so that it is not made often."""

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_UNSENT = "seq > (SELECT sent FROM sync)"


def make_room(connection: sqlite3.Connection, budget_bytes: int) -> int:
    """Drop events until the droppable ones take at most the budget; how many were dropped.

    In this order: debug; telemetry thinned to one a minute, an hour, a day for each thing it is
    about, then all of it; device state but the last of each; history, the oldest first; last
    what is left of state. Nothing happens within the budget.
    """
    if _droppable_bytes(connection) <= budget_bytes:
        return 0
    forget_confirmed(connection, kept_ms=0)
    target = int(budget_bytes * LOW_WATER)
    dropped = 0
    for choose in _STAGES:
        excess = _droppable_bytes(connection) - target
        if excess <= 0:
            break
        dropped += _drop(connection, choose(connection), excess)
    return dropped


def drop_everything_droppable(connection: sqlite3.Connection) -> None:
    """Drop all that may be dropped: the disk is full and facts must still be written."""
    forget_confirmed(connection, kept_ms=0)
    for choose in _STAGES:
        _drop(connection, choose(connection), None)


def dropped_events(connection: sqlite3.Connection) -> int:
    """Give how many events were ever dropped on this hub."""
    (count,) = connection.execute("SELECT dropped FROM sync").fetchone()
    return int(count)


def _droppable_bytes(connection: sqlite3.Connection) -> int:
    (size,) = connection.execute("SELECT droppable_bytes FROM sync").fetchone()
    return int(size)


def _all_of(event_class: EventClass) -> Callable[[sqlite3.Connection], list[sqlite3.Row]]:
    def choose(connection: sqlite3.Connection) -> list[sqlite3.Row]:
        return connection.execute(
            "SELECT seq, last, kind, size, line FROM outbox"
            f" WHERE class = ? AND {_UNSENT} AND kind <> '{GAP_KIND}' ORDER BY seq",
            (event_class.value,),
        ).fetchall()

    return choose


def _all_but_last_a(
    event_class: EventClass, bucket_ms: int | None
) -> Callable[[sqlite3.Connection], list[sqlite3.Row]]:
    """Choose all but the last event of each kind, subject and bucket of time (None: ever)."""
    bucket = f"at_ms / {bucket_ms}" if bucket_ms else "0"

    def choose(connection: sqlite3.Connection) -> list[sqlite3.Row]:
        return connection.execute(
            "SELECT seq, last, kind, size, line FROM ("
            " SELECT *, row_number() OVER"
            f" (PARTITION BY kind, subject, {bucket} ORDER BY seq DESC) AS place"
            f" FROM outbox WHERE class = ? AND {_UNSENT} AND kind <> '{GAP_KIND}'"
            ") WHERE place > 1 ORDER BY seq",
            (event_class.value,),
        ).fetchall()

    return choose


_STAGES: tuple[Callable[[sqlite3.Connection], list[sqlite3.Row]], ...] = (
    _all_of(EventClass.DEBUG),
    _all_but_last_a(EventClass.TELEMETRY, _MINUTE_MS),
    _all_but_last_a(EventClass.TELEMETRY, _HOUR_MS),
    _all_but_last_a(EventClass.TELEMETRY, _DAY_MS),
    _all_of(EventClass.TELEMETRY),
    _all_but_last_a(EventClass.STATE, None),
    _all_of(EventClass.HISTORY),
    _all_of(EventClass.STATE),
)


def _drop(
    connection: sqlite3.Connection, rows: Iterable[sqlite3.Row], excess_bytes: int | None
) -> int:
    """Turn rows into gaps, the oldest first, until so much is freed (None: all of them)."""
    chosen: list[sqlite3.Row] = []
    freed = 0
    for row in rows:
        if excess_bytes is not None and freed >= excess_bytes:
            break
        chosen.append(row)
        freed += row["size"]
    for _, run in groupby(enumerate(chosen), key=lambda placed: placed[1]["seq"] - placed[0]):
        _replace_by_gap(connection, [row for _, row in run])
    if chosen:
        connection.execute(
            "UPDATE sync SET droppable_bytes = droppable_bytes - ?, dropped = dropped + ?",
            (freed, len(chosen)),
        )
    return len(chosen)


def _replace_by_gap(connection: sqlite3.Connection, run: list[sqlite3.Row]) -> None:
    """Put one gap in the place of a run of neighbours, taking in gaps that touch it."""
    first, last = run[0]["seq"], run[-1]["last"]
    before = _gap(connection, "seq < ? ORDER BY seq DESC LIMIT 1", first)
    before = before if before and before.last == first - 1 else None
    after = _gap(connection, "seq = ?", last + 1)
    kinds: dict[str, int] = {}
    for row in run:
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
    for neighbour in (before, after):
        for kind, count in neighbour.kinds.items() if neighbour else ():
            kinds[kind] = kinds.get(kind, 0) + count
    first = before.first if before else first
    last = after.last if after else last
    body = GapV1(first=first, last=last, count=last - first + 1, kinds=kinds)
    moment = this_moment(connection)
    line = write_line(moment, EventClass.CRITICAL, GAP_KIND, 1, body.model_dump_json())
    connection.execute("DELETE FROM outbox WHERE seq BETWEEN ? AND ?", (first, last))
    connection.execute(
        "INSERT INTO outbox (seq, last, class, kind, subject, clock_ok, at_ms, size, line)"
        " VALUES (?, ?, 'critical', ?, '', ?, ?, 0, ?)",
        (first, last, GAP_KIND, moment.clock_ok, moment.at_ms, line),
    )


def _gap(connection: sqlite3.Connection, where: str, number: int) -> GapV1 | None:
    row = connection.execute(
        f"SELECT kind, line FROM outbox WHERE {_UNSENT} AND {where}", (number,)
    ).fetchone()
    if row is None or row["kind"] != GAP_KIND:
        return None
    return GapV1.model_validate(json.loads(row["line"])["body"])
