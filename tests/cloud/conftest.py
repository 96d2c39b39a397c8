"""Fixtures of the cloud's tests: a real, migrated database of each test's own, and a clock."""

from collections.abc import AsyncIterator

import pytest

from cloud.foundation.database import Database
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told to."""
    return ManualClock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The cloud's Database, without event handlers, on a fresh migrated database."""
    database = Database(database_url)
    yield database
    await database.close()
