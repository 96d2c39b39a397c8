"""The whole shop with the demo catalogue on its shelves."""

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.shelf_file import read_shelf_file
from cloud.foundation.database import Database
from cloud.inventory.seed import seed_stock
from cloud.site.seed import seed_site
from tools.postgres_server import PostgresServer

_SHELF = Path(__file__).parents[3] / "config" / "demo_catalogue.toml"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def open_shop(postgres_server: PostgresServer, migrated_template: str) -> str:
    """The name of a database with a shop that is ready to open, to be copied."""
    postgres_server.create_database("open_shop", migrated_template)
    asyncio.run(_fill(postgres_server.sqlalchemy_url("open_shop")))
    return "open_shop"


@pytest.fixture
def database_url(postgres_server: PostgresServer, open_shop: str) -> Iterator[str]:
    """A shop of the test's own."""
    name = f"shop_{next(_numbers)}"
    postgres_server.create_database(name, open_shop)
    try:
        yield postgres_server.sqlalchemy_url(name)
    finally:
        postgres_server.drop_database(name)


async def _fill(url: str) -> None:
    shelf = read_shelf_file(_SHELF)
    database = Database(url)
    async with database.unit_of_work() as session:
        await seed_site(session)
        await seed_catalogue(session, shelf)
        await seed_stock(session, shelf.stock)
    await database.close()
