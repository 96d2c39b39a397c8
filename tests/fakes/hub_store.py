"""A hub's database and clock for tests, moving together."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

from scentd.store.database import Database
from tests.fakes.clock import ManualClock

T = TypeVar("T")

_TURNS = 12
"""Turns of the loop between a moment of the clock and the next thing anybody waits for."""
ROUNDS = 4
"""How often a task may write and go on before the clock moves again."""


async def catch_up(database: Database) -> None:
    """Let every task that waits for the database go on, a few writes deep."""
    for _ in range(ROUNDS):
        for _ in range(10):
            await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait
        await database.write(lambda _: None)
        await database.read(lambda _: None)


class WatchedDatabase(Database):
    """Knows whether anybody waits for it, so that a test waits no longer than they do."""

    waiting = 0

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.waiting += 1
        try:
            return await super().write(work)
        finally:
            self.waiting -= 1

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.waiting += 1
        try:
            return await super().read(work)
        finally:
            self.waiting -= 1

    async def settle(self) -> None:
        """Let every task go on until none waits for the database any more."""
        while True:
            for _ in range(_TURNS):
                await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait
            if not self.waiting:
                return
            await super().write(lambda _: None)
            await super().read(lambda _: None)

    def committed(self, path: Path) -> None:
        """Put into a new file what a power cut at this very moment would leave."""
        with closing(sqlite3.connect(self.path)) as here, closing(sqlite3.connect(path)) as there:
            here.backup(there)


@asynccontextmanager
async def open_database(folder: Path, clock: ManualClock) -> AsyncIterator[Database]:
    """Open the hub's file in that folder; the clock then waits for its writers."""
    database = Database(folder / "hub.db", clock)
    await database.open()

    async def settle() -> None:
        await catch_up(database)

    clock.settle = settle
    try:
        yield database
    finally:
        await database.close()
