"""The shop of these tests: bottles for 28.90 EUR, delivered to Germany."""

import pytest

from tests.fakes.buying import Buying
from tests.fakes.market import fake_stripe, market, relay, settings

__all__ = ["fake_stripe", "market", "relay", "settings"]


@pytest.fixture
def buying(market, client) -> Buying:
    """A guest with an empty cart."""
    return Buying(client)


@pytest.fixture
async def bottle(market) -> int:
    """The id of a variant for 28.90 EUR."""
    found: int = await market.scalar("SELECT id FROM variants")
    return found
