"""The shop of these tests, and its subscriber."""

import pytest

from cloud.inventory.service import receive
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import Club, open_club
from tests.fakes.market import Market, fake_stripe, market, relay, settings

__all__ = ["fake_stripe", "market", "relay", "settings"]


@pytest.fixture
async def club(market: Market, customer: CloudClient) -> Club:
    """A member with an address and a card, in a shop with bottles enough."""
    club = await open_club(market, customer)
    async with market.database.unit_of_work() as session:
        await receive(session, club.variant_id, 90, "test")
    return club
