"""The rows of cartridges: refill cycles, levels for the plot, use outside the plan.

Every function takes a connection inside a write or a read.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scentd.contracts.moments import moment_of, unix_ms


@dataclass(frozen=True, slots=True)
class CartridgeRow:
    """A refill cycle of a slot; `level` and `first_look` are JSON."""

    install_id: str
    diffuser_id: str
    slot_no: int
    cycle: int
    sku: str | None
    scent_name: str
    fitted_at: datetime
    is_low: bool
    is_empty: bool
    tag: str | None
    level: str
    level_at: datetime
    first_look: str | None
    fitted_by: str
    goes_on: bool
    is_suspected: bool


def read_current(connection: sqlite3.Connection) -> list[CartridgeRow]:
    """Give what sits in the slots now."""
    found = connection.execute(
        "SELECT * FROM cartridges WHERE is_current = 1 ORDER BY diffuser_id, slot_no"
    )
    return [_row(row) for row in found]


def find_installs(connection: sqlite3.Connection, install_id: str) -> list[CartridgeRow]:
    """Give the rows of one cartridge in every slot it ever sat in, the latest level first."""
    found = connection.execute(
        "SELECT * FROM cartridges WHERE install_id = ? ORDER BY level_ms DESC", (install_id,)
    )
    return [_row(row) for row in found]


def last_cycle(connection: sqlite3.Connection, diffuser_id: str, slot_no: int) -> int:
    """Give the number of the slot's latest refill cycle, 0 before the first."""
    (cycle,) = connection.execute(
        "SELECT coalesce(max(cycle), 0) FROM cartridges WHERE diffuser_id = ? AND slot_no = ?",
        (diffuser_id, slot_no),
    ).fetchone()
    return int(cycle)


def put_in(connection: sqlite3.Connection, row: CartridgeRow) -> None:
    """Make this the cartridge of its slot, in place of the one before; it left any other slot."""
    connection.execute(
        "UPDATE cartridges SET is_current = 0"
        " WHERE (diffuser_id = ? AND slot_no = ?) OR install_id = ?",
        (row.diffuser_id, row.slot_no, row.install_id),
    )
    connection.execute(
        "INSERT OR REPLACE INTO cartridges (install_id, diffuser_id, slot_no, cycle, sku,"
        " scent_name, fitted_ms, is_current, is_low, is_empty, tag, level, level_ms, first_look,"
        " fitted_by, goes_on, is_suspected)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.install_id,
            row.diffuser_id,
            row.slot_no,
            row.cycle,
            row.sku,
            row.scent_name,
            unix_ms(row.fitted_at),
            row.is_low,
            row.is_empty,
            row.tag,
            row.level,
            unix_ms(row.level_at),
            row.first_look,
            row.fitted_by,
            row.goes_on,
            row.is_suspected,
        ),
    )


def keep_state(connection: sqlite3.Connection, row: CartridgeRow) -> None:
    """Write what changes while a cartridge sits in its slot; `is_low` is only ever set."""
    connection.execute(
        "UPDATE cartridges SET scent_name = ?, is_low = max(is_low, ?), is_empty = ?, tag = ?,"
        " level = ?, level_ms = ?, first_look = ?, goes_on = ?, is_suspected = ?"
        " WHERE install_id = ? AND diffuser_id = ? AND slot_no = ?",
        (
            row.scent_name,
            row.is_low,
            row.is_empty,
            row.tag,
            row.level,
            unix_ms(row.level_at),
            row.first_look,
            row.goes_on,
            row.is_suspected,
            row.install_id,
            row.diffuser_id,
            row.slot_no,
        ),
    )


def is_low(connection: sqlite3.Connection, row: CartridgeRow) -> bool:
    """Tell whether this refill cycle was already said to run low, in whichever slot it sat."""
    (found,) = connection.execute(
        "SELECT coalesce(max(is_low), 0) FROM cartridges WHERE install_id = ?", (row.install_id,)
    ).fetchone()
    return bool(found)


def last_level(connection: sqlite3.Connection, diffuser_id: str, slot_no: int) -> str | None:
    """Give the estimate last kept of a slot, JSON; None before its first cartridge."""
    found = connection.execute(
        "SELECT level FROM cartridges WHERE diffuser_id = ? AND slot_no = ?"
        " ORDER BY is_current DESC, level_ms DESC LIMIT 1",
        (diffuser_id, slot_no),
    ).fetchone()
    return found["level"] if found else None


def read_fittings(
    connection: sqlite3.Connection, diffuser_id: str, slot_no: int, since: datetime
) -> list[CartridgeRow]:
    """Give the refill cycles that began in the slot from then on, oldest first."""
    found = connection.execute(
        "SELECT * FROM cartridges WHERE diffuser_id = ? AND slot_no = ? AND fitted_ms >= ?"
        " ORDER BY fitted_ms",
        (diffuser_id, slot_no, unix_ms(since)),
    )
    return [_row(row) for row in found]


def add_history(
    connection: sqlite3.Connection,
    diffuser_id: str,
    slot_no: int,
    at: datetime,
    remaining_ul: int,
    error_ul: int,
    *,
    kept_since: datetime,
) -> None:
    """Remember a level for the plot, and forget those before `kept_since`."""
    connection.execute(
        "INSERT OR REPLACE INTO cartridge_history VALUES (?, ?, ?, ?, ?)",
        (diffuser_id, slot_no, unix_ms(at), remaining_ul, error_ul),
    )
    connection.execute(
        "DELETE FROM cartridge_history WHERE diffuser_id = ? AND slot_no = ? AND at_ms < ?",
        (diffuser_id, slot_no, unix_ms(kept_since)),
    )


def read_history(
    connection: sqlite3.Connection, diffuser_id: str, slot_no: int, since: datetime
) -> list[tuple[datetime, int, int]]:
    """Give (moment, remaining microlitres, error microlitres) from then on, oldest first."""
    found = connection.execute(
        "SELECT at_ms, remaining_ul, error_ul FROM cartridge_history"
        " WHERE diffuser_id = ? AND slot_no = ? AND at_ms >= ? ORDER BY at_ms",
        (diffuser_id, slot_no, unix_ms(since)),
    )
    return [(moment_of(row["at_ms"]), row["remaining_ul"], row["error_ul"]) for row in found]


def read_unplanned(connection: sqlite3.Connection) -> dict[str, dict[str, float]]:
    """Give the microlitres used beside the plan, by diffuser and ISO day; less is negative."""
    found: dict[str, dict[str, float]] = {}
    for row in connection.execute("SELECT diffuser_id, day, ul FROM unplanned_use"):
        found.setdefault(row["diffuser_id"], {})[row["day"]] = row["ul"]
    return found


def keep_unplanned(
    connection: sqlite3.Connection, diffuser_id: str, days: Mapping[str, float]
) -> None:
    """Write a diffuser's days; those not in `days` are forgotten."""
    connection.execute("DELETE FROM unplanned_use WHERE diffuser_id = ?", (diffuser_id,))
    connection.executemany(
        "INSERT INTO unplanned_use (diffuser_id, day, ul) VALUES (?, ?, ?)",
        [(diffuser_id, day, ul) for day, ul in days.items()],
    )


def _row(row: sqlite3.Row) -> CartridgeRow:
    return CartridgeRow(
        row["install_id"],
        row["diffuser_id"],
        row["slot_no"],
        row["cycle"],
        row["sku"],
        row["scent_name"],
        moment_of(row["fitted_ms"]),
        bool(row["is_low"]),
        bool(row["is_empty"]),
        row["tag"],
        row["level"],
        moment_of(row["level_ms"]),
        row["first_look"],
        row["fitted_by"],
        bool(row["goes_on"]),
        bool(row["is_suspected"]),
    )
