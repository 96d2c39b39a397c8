"""A hub's database and clock for tests, moving together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from scentd.store.database import Database
from tests.fakes.clock import ManualClock

ROUNDS = 4
"""How often a task may write and go on before the clock moves again."""


async def catch_up(database: Database) -> None:
    """Let every task that waits for the database go on, a few writes deep."""
    for _ in range(ROUNDS):
        for _ in range(10):
            await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait
        await database.write(lambda _: None)
        await database.read(lambda _: None)


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
