"""Two servers, a worker, a payment provider and PostgreSQL, started once for all races."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.two_servers import Town, TwoServers, fill, two_servers, visiting
from tools.postgres_server import PostgresServer

_UNEXPLAINED = """
    SELECT count(*) FROM (
        SELECT l.on_hand, coalesce(sum(m.delta), 0) AS booked
        FROM stock_levels l LEFT JOIN stock_movements m USING (variant_id, location_id)
        GROUP BY l.variant_id, l.location_id) s
    WHERE on_hand <> booked
"""


@pytest.fixture(scope="session")
def servers(
    postgres_server: PostgresServer, migrated_template: str, tmp_path_factory
) -> Iterator[TwoServers]:
    """The processes of a shop that delivers to Germany."""
    postgres_server.create_database("races", migrated_template)
    url = postgres_server.sqlalchemy_url("races")
    fill(url)
    yield from two_servers(url, tmp_path_factory.mktemp("races"))


@pytest.fixture
async def town(servers: TwoServers) -> AsyncIterator[Town]:
    """The shop, open to one test; whatever raced in it, the ledger explains every shelf."""
    async with visiting(servers) as town:
        yield town
        assert await town.scalar(_UNEXPLAINED) == 0
