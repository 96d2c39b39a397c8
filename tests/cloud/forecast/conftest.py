"""A bottle with half a year of steady sales, and the night's work done."""

import pytest

from cloud.inventory.forecast import nightly
from cloud.reorders.fleet import FleetReader
from tests.cloud.purchasing.conftest import deliver, purchase, supplier_id
from tests.fakes.ledger import live_through
from tests.fakes.shelf import put_on_shelf

__all__ = ["deliver", "purchase", "supplier_id"]


@pytest.fixture
async def variant_id(parts, clock):
    """A bottle of which two were sold every day for 26 weeks; 40 are left."""
    async with parts.database.unit_of_work() as session:
        variant = await put_on_shelf(session, bottles=0, cost_minor=1000)
        changes = [404 - 2, *[-2] * 181]
        await live_through(session, variant.id, changes, clock.now().date())
        # The first day's two are sold from what came in on that day.
        return variant.id


@pytest.fixture
def dream(parts, clock):
    """Do the night's work for some bottles."""

    async def run(*variant_ids):
        async with parts.database.unit_of_work() as session:
            await nightly.forecast_some(session, FleetReader(), list(variant_ids), clock.now())

    return run
