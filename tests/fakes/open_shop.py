"""A shop with the whole demo catalogue on its shelves, to be copied for each test.

The fixtures stand in for those of `tests.cloud.conftest` and `tests.fakes.market` wherever a
conftest imports them.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.shelf_file import read_shelf_file
from cloud.composition import Parts
from cloud.foundation.database import Database
from cloud.inventory.seed import seed_stock
from cloud.recommendations.seed import seed_quiz
from cloud.site.seed import seed_site
from tests.fakes.clock import ManualClock
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Relay
from tests.fakes.stripe.server import FakeStripe
from tools.postgres_server import PostgresServer

_SHELF = Path(__file__).parents[2] / "config" / "demo_catalogue.toml"
_OPENED = datetime(2026, 11, 1, tzinfo=UTC)
_numbers = itertools.count(1)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that moves only when told to; every scent of the catalogue is on sale by then."""
    return ManualClock(datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def open_shop(postgres_server: PostgresServer, migrated_template: str) -> str:
    """The name of a database with a shop that is ready to open, to be copied."""
    name = f"open_shop_{next(_numbers)}"
    postgres_server.create_database(name, migrated_template)
    asyncio.run(_fill(postgres_server.sqlalchemy_url(name)))
    return name


@pytest.fixture
def database_url(postgres_server: PostgresServer, open_shop: str) -> Iterator[str]:
    """A shop of the test's own."""
    name = f"shop_{next(_numbers)}"
    postgres_server.create_database(name, open_shop)
    try:
        yield postgres_server.sqlalchemy_url(name)
    finally:
        postgres_server.drop_database(name)


@pytest.fixture
async def market(
    app: FastAPI,
    parts: Parts,
    clock: ManualClock,
    fake_stripe: FakeStripe,
    relay: Relay,
    do_jobs: Callable[[], Awaitable[None]],
) -> AsyncIterator[Market]:
    """The shop with a payment provider whose webhooks arrive."""
    async with CloudClient(app) as client:
        relay.client = client
        yield Market(app, parts, clock, fake_stripe, do_jobs)
    relay.client = None


async def _fill(url: str) -> None:
    shelf = read_shelf_file(_SHELF)
    database = Database(url)
    async with database.unit_of_work() as session:
        await seed_site(session)
        await seed_catalogue(session, shelf)
        await seed_stock(session, shelf.stock)
        await seed_quiz(session, _OPENED)
    await database.close()
