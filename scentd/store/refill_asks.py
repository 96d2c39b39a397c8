"""The rows of refills that were asked for and not answered yet."""

import sqlite3
from datetime import datetime
from typing import NamedTuple

from scentd.contracts.moments import moment_of, unix_ms


class AskRow(NamedTuple):
    """One ask: the slot, who asked on whose account, and when (aware UTC, to the millisecond)."""

    diffuser_id: str
    slot_no: int
    origin: str
    reference: str
    at: datetime


def read_asks(connection: sqlite3.Connection) -> list[AskRow]:
    """Give every ask, the oldest first."""
    rows = connection.execute(
        "SELECT diffuser_id, slot_no, origin, reference, at_ms FROM refill_asks"
        " ORDER BY at_ms, diffuser_id, slot_no"
    )
    return [
        AskRow(
            row["diffuser_id"],
            row["slot_no"],
            row["origin"],
            row["reference"],
            moment_of(row["at_ms"]),
        )
        for row in rows
    ]


def keep_ask(connection: sqlite3.Connection, row: AskRow) -> None:
    """Keep an ask in place of any for the slot."""
    connection.execute(
        "INSERT OR REPLACE INTO refill_asks (diffuser_id, slot_no, origin, reference, at_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        (row.diffuser_id, row.slot_no, row.origin, row.reference, unix_ms(row.at)),
    )


def forget_ask(connection: sqlite3.Connection, diffuser_id: str, slot_no: int) -> None:
    """Forget the ask for a slot, if there is one."""
    connection.execute(
        "DELETE FROM refill_asks WHERE diffuser_id = ? AND slot_no = ?", (diffuser_id, slot_no)
    )
