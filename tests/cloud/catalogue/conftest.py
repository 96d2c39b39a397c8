"""The demo catalogue in a database, read from its file once."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.shelf_file import ShelfFile, read_shelf_file
from cloud.catalogue.shop_window import ShopWindow
from cloud.foundation.database import Database
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.inventory.seed import seed_stock
from tools.postgres_server import PostgresServer

SHELF = Path(__file__).parents[3] / "config" / "demo_catalogue.toml"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shelf() -> ShelfFile:
    """The demo catalogue as its file says."""
    return read_shelf_file(SHELF)


@pytest.fixture(scope="session")
def shelf_template(
    postgres_server: PostgresServer, migrated_template: str, shelf: ShelfFile
) -> str:
    """The name of a database with the demo catalogue and its first bottles, to be copied."""
    postgres_server.create_database("shelf", migrated_template)
    asyncio.run(_fill(postgres_server.sqlalchemy_url("shelf"), shelf))
    return "shelf"


@pytest.fixture(scope="session")
def shown_url(postgres_server: PostgresServer, shelf_template: str) -> str:
    """The URL of a copy that all tests read and none changes."""
    postgres_server.create_database("shown", shelf_template)
    return postgres_server.sqlalchemy_url("shown")


@pytest.fixture
async def shown(shown_url: str) -> AsyncIterator[Database]:
    """The demo catalogue, only to be read."""
    database = Database(shown_url)
    yield database
    await database.close()


@pytest.fixture
async def stocked(postgres_server: PostgresServer, shelf_template: str) -> AsyncIterator[Database]:
    """The demo catalogue in a database of the test's own."""
    name = f"stocked_{next(_numbers)}"
    postgres_server.create_database(name, shelf_template)
    database = Database(postgres_server.sqlalchemy_url(name))
    yield database
    await database.close()
    postgres_server.drop_database(name)


async def _fill(url: str, shelf: ShelfFile) -> None:
    database = Database(url)
    async with database.unit_of_work() as session:
        await seed_catalogue(session, shelf)
        await seed_stock(session, shelf.stock)
    await database.close()


@pytest.fixture
def window() -> ShopWindow:
    """The shop's hot reads over real stock."""
    return ShopWindow(AVAILABLE_UNITS)


@pytest.fixture
def now() -> datetime:
    """A moment at which the whole demo catalogue is on sale."""
    return NOW
