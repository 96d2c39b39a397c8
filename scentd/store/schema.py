"""The hub's file made ready: sound, and with every migration applied.

Migrations are the SQL files in `migrations/`, applied once each in order of their names and
remembered by name, so that a number reserved for a part that comes later leaves no hole.
"""

import logging
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from scentd.clock import Clock
from scentd.store.connection import open_writer, unix_ms

_log = logging.getLogger(__name__)

_APPLIED = """
CREATE TABLE IF NOT EXISTS applied_migrations (
    name TEXT PRIMARY KEY,
    applied_ms INTEGER NOT NULL
) STRICT
"""


def prepare(path: Path, clock: Clock) -> tuple[sqlite3.Connection, Path | None]:
    """Open the writing connection on a sound file with the newest schema.

    A file that is not a sound database is set aside beside itself and a new one begun; the second
    value is where the old one went, else None. Raises sqlite3.Error when the folder cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    set_aside = None
    if not _is_sound(path):
        set_aside = _set_aside(path, clock)
    connection = open_writer(path, clock)
    apply_migrations(connection)
    return connection, set_aside


def apply_migrations(connection: sqlite3.Connection) -> None:
    """Apply what is not applied yet, each file in a transaction of its own."""
    connection.execute(_APPLIED)
    applied = {row["name"] for row in connection.execute("SELECT name FROM applied_migrations")}
    for name, script in _migrations():
        if name not in applied:
            _apply(connection, name, script)


def _apply(connection: sqlite3.Connection, name: str, script: str) -> None:
    note = f"INSERT INTO applied_migrations VALUES ('{name}', wall_ms());"
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n;{note}\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        _log.error("the migration %s failed", name)
        raise


def _migrations() -> Iterator[tuple[str, str]]:
    folder = resources.files("scentd.store").joinpath("migrations")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            yield file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")


def _is_sound(path: Path) -> bool:
    if not path.exists() or path.stat().st_size == 0:
        return True
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        return bool(verdict == "ok")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # locked or unreadable says nothing about the content
        return False
    finally:
        connection.close()


def _set_aside(path: Path, clock: Clock) -> Path:
    """Rename the file with its log, which together may still be worth a rescue by hand."""
    new_name = f"{path.name}.corrupt-{unix_ms(clock.now())}"
    for suffix in ("-wal", "-shm", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(new_name + suffix))
    _log.error("%s is damaged; it was set aside as %s and a new one begun", path, new_name)
    return path.with_name(new_name)
