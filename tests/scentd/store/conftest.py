from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from sqlite3 import Connection

import pytest

from scentd.store.connection import open_writer
from scentd.store.database import Database
from scentd.store.schema import apply_migrations
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def hub_database(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Database]:
    """A hub's database as the daemon opens it."""
    database = Database(tmp_path / "hub.db", clock)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def connection(tmp_path: Path, clock: ManualClock) -> Iterator[Connection]:
    """A writing connection to a migrated hub file, for SQL that needs no threads."""
    connection = open_writer(tmp_path / "plain.db", clock)
    apply_migrations(connection)
    yield connection
    connection.close()
