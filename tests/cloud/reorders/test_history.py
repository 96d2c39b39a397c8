"""The history of refills, as a member takes it along."""

import pytest
from sqlalchemy import event

from cloud.reorders import service
from cloud.reorders.schemas import ExplainedReorder
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Home, Market
from tests.fakes.refills import agree, bottle, runs_low

pytestmark = pytest.mark.needs_postgres


async def test_the_history_asks_the_database_as_often_for_many_refills_as_for_one(
    market: Market, home: Home, customer: CloudClient
) -> None:
    await agree(market, customer, home, mode="ask")
    await runs_low(market, home)
    for_one, one = await _statements(market, home)
    for cycle in (2, 3):
        install = f"install-{cycle}"
        await home.says("cartridge.fitted", bottle(market, 50_000, install, cycle))
        await market.run(_OVER_AND_SETTLED)
        await runs_low(market, home, install_id=install, cycle=cycle)

    for_many, many = await _statements(market, home)

    assert (len(one), len(many)) == (1, 3)
    assert for_many == for_one
    assert all(found.steps and found.consent for found in many)


_OVER_AND_SETTLED = """
    WITH settled AS (UPDATE slots SET joined_at = joined_at - interval '2 hours',
        fitted_at = fitted_at - interval '2 hours')
    UPDATE reorders SET stage = 'declined' WHERE stage = 'proposed'
"""


async def _statements(market: Market, home: Home) -> tuple[int, list[ExplainedReorder]]:
    """Return how many statements the history takes, and the history."""
    asked = []
    async with market.database.unit_of_work() as session:
        connection = await session.connection()

        def note(*facts: object) -> None:
            asked.append(facts[2])

        event.listen(connection.sync_connection, "before_cursor_execute", note)
        found = await service.list_history(session, market.parts.reorders, home.user_id)
        event.remove(connection.sync_connection, "before_cursor_execute", note)
    return len(asked), found
