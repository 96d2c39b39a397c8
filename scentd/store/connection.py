"""Connections to the hub's file, set up alike, with the clock inside SQL.

Work inside a transaction needs the time and chance too; it gets them from the same injected
clock as everyone, through the SQL functions registered here.
"""

import secrets
import sqlite3
from pathlib import Path

from scentd.clock import Clock
from scentd.contracts.moments import moment_of, unix_ms

__all__ = ["moment_of", "open_reader", "open_writer", "unix_ms"]

BUSY_TIMEOUT_MS = 5_000
"""How long to wait for another process on the file (a backup, a look with the shell)."""

JOURNAL_LIMIT_BYTES = 4 * 1024 * 1024
"""The write-ahead log is cut back to this after a checkpoint; a burst must not keep the disk."""


def open_writer(path: Path, clock: Clock) -> sqlite3.Connection:
    """Open the one connection that may write: WAL, every commit on the disk when it returns.

    SQL finds here `wall_ms()`, `mono_ms()`, `clock_trusted()`, `boot_id()` (64 random bits that
    change with every opening, so that `mono_ms` values can be compared) and `random_id()`
    (128 bits from the operating system, in hex).
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"journal_size_limit = {JOURNAL_LIMIT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _bring_clock(connection, clock)
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write; several may look while one writes."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection


def _bring_clock(connection: sqlite3.Connection, clock: Clock) -> None:
    boot_id = secrets.token_hex(8)
    connection.create_function("wall_ms", 0, lambda: unix_ms(clock.now()))
    connection.create_function("mono_ms", 0, lambda: int(clock.monotonic() * 1000))
    connection.create_function("clock_trusted", 0, lambda: int(clock.is_trusted()))
    connection.create_function("boot_id", 0, lambda: boot_id)
    connection.create_function("random_id", 0, lambda: secrets.token_hex(16))
