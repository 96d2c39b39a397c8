"""A hub's file driven by hand, statement by statement: the real store and the real letters.

Every step is one write as the daemon would make it; `dies_during` makes it and loses the power
before its commit.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scentd.store.connection import open_writer
from scentd.store.schema import apply_migrations
from tests.fakes.clock import ManualClock

T = TypeVar("T")


class SyncHub:
    """One hub: its file and its clock."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        self.path = path
        self.clock = clock
        self._connection = open_writer(path, clock)
        # These tests kill between statements, not between sectors.
        self._connection.execute("PRAGMA synchronous = OFF")
        apply_migrations(self._connection)

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        return result

    def dies_during(self, work: Callable[[sqlite3.Connection], object]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            work(self._connection)
        finally:
            self._connection.execute("ROLLBACK")

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return work(self._connection)

    def image(self, path: Path) -> None:
        """Copy the card as it is now."""
        copy = sqlite3.connect(path)
        self._connection.backup(copy)
        copy.close()

    def close(self) -> None:
        self._connection.close()
